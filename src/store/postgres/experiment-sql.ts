/**
 * The numbers of an experiment as a SELECT: who saw which variant since when, by user and by session, joined with what they did. The
 * arms of the answer are those of experiment-cells.ts.
 */
import { conversionTypes, exposureTypes, pageviewTypes } from '../../plan/experiment.ts';
import type { Filter } from '../../plan/plan.ts';
import type { ExperimentQuestion } from '../experiments.ts';
import { chosenCells } from '../sql/experiment-cells.ts';
import { indent } from '../sql/select.ts';
import type { PostgresCompiler } from './postgres-compiler.ts';
import { holdsNul } from './without-nul.ts';

const typesOf = (types: readonly string[]): string =>
  `type IN (${types.map((type) => `'${type}'`).join(', ')})`;
const unnamedUnit = `'person ' || owner || ' ' || number`;

/** Rows of these types are all that is looked at, unless money is asked for. */
export const typesRead: Filter = {
  field: 'type',
  op: 'in',
  value: [...exposureTypes, ...conversionTypes, ...pageviewTypes],
};

/**
 * What must be known first: exposures that name no variant, and those of persons that name no session. Of what is joined afterwards the
 * planner knows no numbers, and a nested loop over two tables of 100,000 rows does not end: the transaction goes on without them.
 */
export function exposuresSelect(compiler: PostgresCompiler, question: ExperimentQuestion): string {
  const where = [
    ...compiler.conditions(question.scope),
    compiler.inRanges('timestamp', [question.scope]),
    isOfExperiment(compiler, question),
  ];
  return `SELECT count(*) FILTER (WHERE variant_key = ''), count(*) FILTER (WHERE variant_key <> '' AND session_id = '' AND user_key <> 0),
  set_config('enable_nestloop', 'off', true)
FROM ${compiler.rowsTable}
WHERE ${where.join(' AND ')}`;
}

/** `named`: every exposure of a person names its session. */
export function experimentSelect(
  compiler: PostgresCompiler,
  question: ExperimentQuestion,
  named: boolean,
): string {
  const sql = new ExperimentSql(compiler, question, named);
  const tables = sql.tables().map(([name, text]) => `${name} AS MATERIALIZED (\n${indent(text)}\n)`);
  const numbers = ['units', 'paid', 'x', 'y', 'xx', 'yy', 'xy'].map((name) => `${name}::text`);
  return `WITH ${tables.join(',\n')}
SELECT arm, variant, key, ${numbers.join(', ')}
FROM (
${indent(chosenCells(question, `(\n${indent(sql.arms().join('\nUNION ALL\n'))}\n) AS cells`))}
) AS chosen`;
}

function isOfExperiment(compiler: PostgresCompiler, { experiment }: ExperimentQuestion): string {
  return `experiment_id = ${compiler.text(experiment)} AND experiment_id <> '' AND ${typesOf(exposureTypes)}`;
}

type Per = ExperimentQuestion['per'];
type Table = readonly [name: string, sql: string];

class ExperimentSql {
  readonly #compiler: PostgresCompiler;
  readonly #question: ExperimentQuestion;
  readonly #named: boolean;
  readonly #isExposure: string;
  readonly #goal: string;

  constructor(compiler: PostgresCompiler, question: ExperimentQuestion, named: boolean) {
    this.#compiler = compiler;
    this.#question = question;
    this.#named = named;
    const { filter } = question.scope;
    const matches = filter === undefined ? '' : ` AND (${compiler.filter(filter)})`;
    this.#isExposure = `${isOfExperiment(compiler, question)} AND variant_key <> ''${matches}`;
    this.#goal = `coalesce(${compiler.property('goal', 'string')}, '')`;
  }

  tables(): readonly Table[] {
    const { per, money, reach } = this.#question;
    const counted = this.#question.includeMixed ? '' : ' WHERE variants = 1';
    return [
      ...(this.#named || !(reach || per === 'session')
        ? []
        : [['session_rows', this.#sessionRows()] as const]),
      ...(reach ? (['user', 'session'] as const) : [per]).map(
        (one): Table => [`${one}s_seen`, this.#seen(one)],
      ),
      ['counted', `SELECT unit, variant, since FROM ${per}s_seen${counted}`],
      [
        'hits',
        `SELECT variant, unit, goal, min(at) AS at
FROM counted JOIN (
${indent(this.#rowsOf(per, ['at', 'goal'], this.#isGoal()))}
) AS conversions USING (unit)
WHERE at >= since
GROUP BY variant, unit, goal`,
      ],
      ['firsts', 'SELECT variant, unit, min(at) AS at FROM hits GROUP BY variant, unit'],
      ...(money ? [['payments', this.#payments()] as const] : []),
    ];
  }

  arms(): readonly string[] {
    const { per, edges, money, reach } = this.#question;
    const arm = (name: string, from: string, key = `''`): string =>
      `SELECT '${name}', variant, ${key}, count(*), 0, 0, 0, 0, 0, 0 FROM ${from} GROUP BY 2, 3`;
    return [
      ...(reach ? [this.#reach('user'), this.#reach('session')] : [seenArm(per)]),
      `SELECT 'mixed', '', '', count(DISTINCT unit), 0, 0, 0, 0, 0, 0 FROM ${per}s_seen WHERE variants > 1`,
      arm('units', 'counted'),
      arm('converted', 'firsts'),
      arm('goal', 'hits', 'goal'),
      ...(edges.length > 2
        ? [arm('entered', 'counted', this.#bucket('since')), arm('first', 'firsts', this.#bucket('at'))]
        : []),
      ...(money ? [moneyArm] : []),
    ];
  }

  /** Of rows that fulfil a condition, the unit and some columns. */
  #rowsOf(per: Per, columns: readonly ('at' | 'goal')[], condition: string): string {
    const { scope } = this.#question;
    const all = { at: 'timestamp', goal: this.#goal };
    if (per === 'session' && !this.#named) {
      const flag = { [this.#isExposure]: 'is_exposure', [this.#isGoal()]: 'is_goal' }[condition] ?? condition;
      return `SELECT unit, ${[...columns, 'variant_key'].join(', ')} FROM session_rows WHERE ${flag}`;
    }
    const { filter: _, ...whole } = scope;
    const where = [
      ...this.#compiler.conditions(whole),
      this.#compiler.inRanges('timestamp', [scope]),
      per === 'user' ? 'user_key <> 0' : `session_id <> ''`,
      condition,
    ];
    const named = columns.map((name) => `${all[name]} AS ${name}`);
    return `SELECT ${per === 'user' ? 'user_key' : 'session_id'} AS unit, ${[...named, 'variant_key'].join(', ')}
FROM ${this.#compiler.rowsTable}
WHERE ${where.join(' AND ')}`;
  }

  /** All rows that have a session, as sessions are cut. */
  #sessionRows(): string {
    const { filter: _, ...whole } = this.#question.scope;
    const columns: readonly Table[] = [
      ['at', 'timestamp'],
      ['variant_key', 'variant_key'],
      ['goal', this.#goal],
      ['is_exposure', `(${this.#isExposure})`],
      ['is_goal', `(${this.#isGoal()})`],
      ['is_conversion', `(${typesOf(conversionTypes)})`],
      ['is_pageview', `(${typesOf(pageviewTypes)})`],
      ['amount', 'amount'],
      ['currency', 'currency'],
    ];
    const names = columns.map(([name]) => name).join(', ');
    return `SELECT CASE WHEN session <> '' THEN 'named ' || session ELSE ${unnamedUnit} END AS unit, ${names}
FROM (
${indent(this.#compiler.sessionsOf(whole, columns))}
) AS in_sessions`;
  }

  /** Each unit and variant, and since when; `variants`: how many the unit saw. */
  #seen(per: Per): string {
    return `SELECT unit, variant_key AS variant, min(at) AS since, count(*) OVER (PARTITION BY unit) AS variants
FROM (
${indent(this.#rowsOf(per, ['at'], this.#isExposure))}
) AS exposures
GROUP BY unit, variant_key`;
  }

  #isGoal(): string {
    const { goals } = this.#question;
    const isConversion = typesOf(conversionTypes);
    if (goals === undefined) return isConversion;
    const known = goals.filter((goal) => !holdsNul(goal)).map((goal) => this.#compiler.text(goal));
    return `${isConversion} AND ${known.length === 0 ? 'false' : `${this.#goal} IN (${known.join(', ')})`}`;
  }

  #reach(per: Per): string {
    const own = per === 'session' && !this.#named;
    const did = (types: readonly string[], flag: string): string =>
      `(SELECT DISTINCT unit FROM (${this.#rowsOf(per, [], own ? flag : typesOf(types))}) AS done)`;
    return `SELECT '${per}s' AS arm, variant, '' AS key, count(*) AS units, 0 AS paid, count(viewed.unit)::numeric AS x, count(did.unit)::numeric AS y,
  0::numeric AS xx, 0::numeric AS yy, 0::numeric AS xy
FROM ${per}s_seen AS seen LEFT JOIN ${did(pageviewTypes, 'is_pageview')} AS viewed USING (unit)
LEFT JOIN ${did(conversionTypes, 'is_conversion')} AS did USING (unit)
GROUP BY variant`;
  }

  /** Of each counted unit and currency: what it had after its exposure, and before the range. */
  #payments(): string {
    const { scope, per } = this.#question;
    const { filter: _, ...whole } = scope;
    const { from, to } = scope;
    const begin = this.#compiler.instant(from);
    const range = per === 'user' ? { from: from - (to - from), to } : scope;
    const rows =
      per === 'session' && !this.#named
        ? 'SELECT unit, at, amount, currency FROM session_rows WHERE amount IS NOT NULL'
        : `SELECT ${per === 'user' ? 'user_key' : 'session_id'} AS unit, timestamp AS at, amount, currency
FROM ${this.#compiler.rowsTable}
WHERE ${[
            ...this.#compiler.conditions(whole),
            this.#compiler.inRanges('timestamp', [range]),
            per === 'user' ? 'user_key <> 0' : `session_id <> ''`,
            'amount IS NOT NULL',
          ].join(' AND ')}`;
    return `SELECT variant, unit, currency, count(*) FILTER (WHERE at >= since) > 0 AS is_paid,
  coalesce(sum(amount) FILTER (WHERE at >= since), 0) * 10000 AS after, coalesce(sum(amount) FILTER (WHERE at < ${begin}), 0) * 10000 AS before
FROM counted JOIN (
${indent(rows)}
) AS amounts USING (unit)
WHERE at >= since OR at < ${begin}
GROUP BY variant, unit, currency`;
  }

  /** The begin of the bucket, epoch ms. */
  #bucket(time: string): string {
    const begins = this.#question.edges.slice(0, -1);
    const { parameters } = this.#compiler;
    return `(${parameters.bind(`{${begins.join(',')}}`, 'bigint[]')})[width_bucket(${time}, ${parameters.instants(begins)})]::text`;
  }
}

/** Without what they did. */
const seenArm = (per: Per): string =>
  `SELECT '${per}s' AS arm, variant, '' AS key, count(*) AS units, 0 AS paid, 0::numeric AS x, 0::numeric AS y,
  0::numeric AS xx, 0::numeric AS yy, 0::numeric AS xy
FROM ${per}s_seen GROUP BY variant`;

const whole = (sum: string): string => `${sum}::numeric(200, 0)`;
const moneyArm = `SELECT 'money', variant, currency, count(*), count(*) FILTER (WHERE is_paid), ${[
  'sum(after)',
  'sum(before)',
  'sum(after * after)',
  'sum(before * before)',
  'sum(after * before)',
]
  .map(whole)
  .join(', ')} FROM payments GROUP BY variant, currency`;
