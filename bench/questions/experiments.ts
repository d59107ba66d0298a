/**
 * The question about an experiment as a client sends it, plain and with everything that people did besides (`reach`), and the same number
 * in SQL by somebody who knows the data: everybody saw one variant, every event names its session, conversions name one goal. Asked of a
 * data set in which a fifth of the people are in the experiment, and three of ten of their events are exposures or conversions.
 */
import type { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import type { AnalysisKind } from './analyses.ts';
import { instant } from './hand-written.ts';
import type { Range } from './questions.ts';

interface Reach {
  readonly exposed: number;
  readonly pageviews: number;
  readonly conversions: number;
}
interface Experiment {
  readonly conversion: readonly { readonly exposed: number; readonly converted: number }[];
  readonly variants: readonly { readonly users?: Reach; readonly sessions?: Reach }[];
}

const experiment = 'checkout';
const goal = 'paid';
const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
const reached = (reach?: Reach): number =>
  reach === undefined ? 0 : reach.exposed + reach.pageviews + reach.conversions;

function kind(name: string, reach: boolean): AnalysisKind {
  return {
    name,
    reachMs: 200,
    question: (range) => ({ kind: 'experiment', ...range, experiment, goals: [goal], reach }),
    numberOf: ({ conversion, variants }: Experiment) =>
      sum(conversion.map(({ exposed, converted }) => exposed + converted)) +
      sum(variants.map(({ users, sessions }) => reached(users) + reached(sessions))),
  };
}

export const experiments = {
  experiment: kind('experiment of two variants', false),
  experimentReach: kind('experiment of two variants, with reach', true),
} satisfies Readonly<Record<string, AnalysisKind>>;

export type ExperimentName = keyof typeof experiments;

/** The number that the answer must come to. */
export async function experimentByHand(
  engine: ClickHouseClient,
  name: ExperimentName,
  range: Range,
): Promise<number> {
  const parts = name === 'experiment' ? [converted(range)] : [converted(range), ...reach(range)];
  const rows = await engine.rows<[n: string, ...unknown[]]>(parts.join('\nUNION ALL\n'));
  return sum(rows.map(([n]) => Number(n)));
}

const asked = ({ from, to }: Range): string =>
  `project = 'default' AND NOT bot AND timestamp >= ${instant(from)} AND timestamp < ${instant(to)}`;
const isExposure = `type = 'EXPOSURE' AND experiment_id = '${experiment}'`;
const isConversion = `type = 'CONVERSION'`;

/** Who converted at or after the first exposure has a last conversion that is no earlier. */
const converted = (range: Range): string =>
  `SELECT toString(count() + countIf(last >= first)), toString(variant), count(), countIf(last >= first) FROM (
  SELECT anyIf(variant_key, ${isExposure}) AS variant, minIf(timestamp, ${isExposure}) AS first,
    maxIf(timestamp, ${isConversion} AND properties.goal.:String = '${goal}') AS last, countIf(${isExposure}) AS exposures
  FROM events WHERE ${asked(range)} AND user_key <> 0 AND ((${isExposure}) OR ${isConversion})
  GROUP BY user_key HAVING exposures > 0
)
GROUP BY variant`;

const reach = (range: Range): readonly string[] =>
  (['user_key', 'session_id'] as const).map(
    (
      key,
    ) => `SELECT toString(count() + countIf(viewed) + countIf(did)), toString(variant), countIf(viewed), countIf(did) FROM (
  SELECT anyIf(variant_key, ${isExposure}) AS variant, countIf(type = 'pageview') > 0 AS viewed, countIf(${isConversion}) > 0 AS did,
    countIf(${isExposure}) AS exposures
  FROM events WHERE ${asked(range)} AND type IN ('EXPOSURE', 'CONVERSION', 'pageview') AND ${key} <> ${key === 'user_key' ? 0 : "''"}
  GROUP BY ${key} HAVING exposures > 0
)
GROUP BY variant`,
  );
