/**
 * Questions about groups and about people on PostgreSQL, never from the cache; some beside SQL written by hand, asked of the same server in
 * turn. EVENTS and BENCH_POSTGRES_URL as in postgres.ts; ONLY and the time of each kind as in analyses.ts.
 */
import { join } from 'node:path';
import pg from 'pg';
import { type AnalysisName, analyses, analysisNames, askAnalysis } from '../questions/analyses.ts';
import { boundsOf, postgresByHand } from '../questions/analyses-on-postgres.ts';
import { Asker } from '../questions/asker.ts';
import { postgresData } from '../questions/postgres-data.ts';
import { type Range, rangeOf } from '../questions/questions.ts';
import { type DataSetShape, days } from '../questions/rows-in-sql.ts';
import type { BenchContext, Figure, Row } from '../row.ts';
import { keptDatabase, SecondStage } from '../second-stage.ts';
import { MillraceServer } from '../servers.ts';
import { median, quantile } from '../statistics.ts';

const events = Number((process.env.EVENTS ?? '1000000').split(',')[0]);
const asked = process.env.ONLY?.split(',') ?? analysisNames;
const kindMs = 22_000;
const scaleOfDevelopment = 0.2;
const turnsMin = 5;
const turnsMax = 60;
/** Of each kind, before what counts. */
const warmUps = 1;
const tolerance = 0.001;

export const postgresAnalysesRow: Row = {
  name: 'postgres-analyses',
  async run({ directory, scale, say }: BenchContext): Promise<readonly Figure[]> {
    const stage = await SecondStage.start();
    try {
      const kept = process.env.BENCH_POSTGRES_URL;
      const url = await keptDatabase(kept ?? stage.postgres.url(), `millrace_bench_${events}`);
      const data = await postgresData(url, events, say);
      const environment = {
        ...(await stage.environment(url)),
        MILLRACE_CACHE: 'memory:',
        MILLRACE_CACHE_BYTES_MAX: '0',
      };
      const server = await MillraceServer.open(join(directory, 'analyses'), environment);
      const asker = new Asker(server.server.base);
      const client = new pg.Client({ connectionString: url });
      await client.connect();
      await client.query('SET search_path TO millrace');
      const byHand = async (name: AnalysisName, range: Range): Promise<number> => {
        const { rows } = await client.query<{ n: string }>(postgresByHand[name]!, [...boundsOf(range)]);
        return Number(rows[0]!.n);
      };
      try {
        const figures: Figure[] = [];
        const ms = kindMs * Math.min(1, scale / scaleOfDevelopment);
        for (const name of analysisNames.filter((one) => asked.includes(one))) {
          const ours = (range: Range) => askAnalysis(asker.ask, name, range);
          const hand = postgresByHand[name] === undefined ? undefined : (range: Range) => byHand(name, range);
          figures.push(figure(name, data, await inTurn(data, ms, ours, hand)));
          say(`${figures.at(-1)!.name}: ${figures.at(-1)!.value}; ${figures.at(-1)!.detail}`);
        }
        return figures;
      } finally {
        await client.end();
        asker.close();
        await server.close();
      }
    } finally {
      await stage.close();
    }
  },
};

interface Times {
  readonly ours: readonly number[];
  readonly direct: readonly number[];
}

/** Errors: when the two numbers differ. */
async function inTurn(
  data: DataSetShape,
  ms: number,
  ours: (range: Range) => Promise<number>,
  byHand: ((range: Range) => Promise<number>) | undefined,
): Promise<Times> {
  const times = { ours: [] as number[], direct: [] as number[] };
  const timed = async (
    to: number[],
    ask: (range: Range) => Promise<number>,
    range: Range,
  ): Promise<number> => {
    const startedAt = performance.now();
    const number = await ask(range);
    to.push(performance.now() - startedAt);
    return number;
  };
  const endsAt = performance.now() + ms;
  const isEnough = (count: number): boolean =>
    count >= turnsMax || (count >= turnsMin && performance.now() > endsAt);
  for (let turn = 0; !isEnough(turn); turn++) {
    const range = rangeOf(data, days, turn);
    const number = await timed(times.ours, ours, range);
    if (byHand === undefined) continue;
    const direct = await timed(times.direct, byHand, range);
    if (Math.abs(number - direct) > tolerance * number)
      throw new Error(`ours comes to ${number}, by hand to ${direct}`);
  }
  return { ours: times.ours.slice(warmUps), direct: times.direct.slice(warmUps) };
}

function figure(name: AnalysisName, data: DataSetShape, { ours, direct }: Times): Figure {
  const { name: told, reachMs } = analyses[name];
  const own = quantile(ours, 0.95);
  const ratios = direct.map((each, i) => ours[i]! / each);
  const beside = ratios.length > 0;
  return {
    name: `${told} at ${data.events / 1_000_000} M events on PostgreSQL, uncached p95`,
    baseline: beside ? 'the same server asked directly, hand-written SQL' : '(absolute)',
    value: `${own.toFixed(0)} ms${beside ? ` against ${quantile(direct, 0.95).toFixed(0)}` : ''}`,
    samples: beside ? ratios : ours.map((each) => Number(each.toFixed(1))),
    reach: `${reachMs} ms${beside ? ', 1.3×' : ''}`,
    aim: '',
    isReached: own < reachMs && (!beside || median(ratios) <= 1.3),
    detail: `p50 ${median(ours).toFixed(0)} ms${beside ? ` against ${median(direct).toFixed(0)}, ${median(ratios).toFixed(2)}× in pairs` : ''}; ${ours.length} questions, about 30 of ${days} days`,
  };
}
