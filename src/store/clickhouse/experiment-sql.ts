/**
 * The numbers of an experiment as a SELECT over rows: rows to units, units to one row for each variant that they saw, those to cells
 * (experiment-cells.ts says which), which are added up. Each row is read once for the units, and page views once for who has one.
 */
import { conversionTypes, exposureTypes, pageviewTypes } from '../../plan/experiment.ts';
import type { Scope } from '../../plan/plan.ts';
import type { ExperimentQuestion } from '../experiments.ts';
import { chosenCells } from '../sql/experiment-cells.ts';
import { indent } from '../sql/select.ts';
import { type ClickHouseCompiler, namedSessionKey } from './clickhouse-compiler.ts';

const typesOf = (types: readonly string[]): string =>
  `type IN (${types.map((type) => `'${type}'`).join(', ')})`;
const milliseconds = 'toUnixTimestamp64Milli(timestamp)';

/** What must be known first: exposures that name no variant, and those of persons that name no session. */
export function exposuresSelect(compiler: ClickHouseCompiler, question: ExperimentQuestion): string {
  const where = [...inScope(compiler, question.scope), isOfExperiment(compiler, question)].join(' AND ');
  return `${compiler.constants()}SELECT toString(countIf(variant_key = '')), toString(countIf(variant_key <> '' AND session_id = '' AND user_key <> 0))
FROM events
WHERE ${where}`;
}

/** `named`: every exposure of a person names its session. */
export function experimentSelect(
  compiler: ClickHouseCompiler,
  question: ExperimentQuestion,
  named: boolean,
): string {
  const { per, reach } = question;
  const rowsOf = { user: usersRows, session: named ? namedSessions : allSessions };
  const parts = (reach ? (['user', 'session'] as const) : [per]).map((one) =>
    cellsOfUnits(question, rowsOf[one](compiler, question), one),
  );
  const cells = parts.map((part) => `SELECT * FROM (\n${indent(part)}\n)`).join(' UNION ALL ');
  const numbers = ['units', 'paid', 'x', 'y', 'xx', 'yy', 'xy'];
  return `${compiler.constants()}SELECT arm, variant, key, ${numbers.map((name) => `toString(${name})`).join(', ')}
FROM (
${indent(chosenCells(question, `(\n${indent(cells)}\n)`))}
)`;
}

/** Rows as units are made of: `unit`, and what the row is. */
interface UnitRows {
  readonly sql: string;
  /** Whether a unit has a page view, once rows are grouped. */
  readonly hasPageview: string;
}

type Per = ExperimentQuestion['per'];
const dayMs = 86_400_000;

function isOfExperiment(compiler: ClickHouseCompiler, { experiment }: ExperimentQuestion): string {
  return `${typesOf(exposureTypes)} AND experiment_id = ${compiler.text(experiment)}`;
}

const whole = ({ scope: { filter: _, ...rest } }: ExperimentQuestion) => rest;

/** Of a range of whole days the times need not be read, which takes a third of the time. */
function inScope(
  compiler: ClickHouseCompiler,
  scope: Omit<Scope, 'version' | 'timeZone'>,
): readonly string[] {
  const { from, to } = scope;
  if (from % dayMs !== 0 || to % dayMs !== 0) return compiler.inScope({ ...scope });
  return [...compiler.conditions(scope), compiler.inDays(scope)];
}

/** The columns that a row of a unit has, by name. */
function columnsOf(
  compiler: ClickHouseCompiler,
  question: ExperimentQuestion,
  per: Per,
): readonly (readonly [name: string, value: string])[] {
  const { scope, goals } = question;
  const filter = scope.filter === undefined ? '' : ` AND (${compiler.filter(scope.filter)})`;
  const isExposure = `${isOfExperiment(compiler, question)} AND variant_key <> ''${filter}`;
  const counts = per === question.per;
  const goal = `coalesce(${compiler.property('goal', 'string')}, '')`;
  const isConversion = typesOf(conversionTypes);
  const asked = goals?.map((one) => compiler.text(one)).join(', ');
  return [
    ['ms', milliseconds],
    ['variant', 'variant_key'],
    ['is_exposure', isExposure],
    ['is_conversion', isConversion],
    ...(counts
      ? ([
          ['goal', goal],
          ['is_goal', asked === undefined ? isConversion : `${isConversion} AND ${goal} IN (${asked})`],
        ] as const)
      : []),
    ...(counts && question.money
      ? ([
          ['is_paid', 'amount IS NOT NULL'],
          ['paid', 'toInt128(reinterpretAsInt64(ifNull(amount, toDecimal64(0, 4))))'],
          ['money', 'currency'],
        ] as const)
      : []),
  ];
}

/** Exposures of the experiment, and all conversions: what every unit is made of. */
const isOfUnit = (compiler: ClickHouseCompiler, question: ExperimentQuestion): string =>
  `((${isOfExperiment(compiler, question)}) OR ${typesOf(conversionTypes)})`;

/** Rows of a unit, of any range. `isExposed`: the row is of a unit with an exposure. */
function unitRows(
  compiler: ClickHouseCompiler,
  question: ExperimentQuestion,
  per: Per,
  unit: string,
  isExposed: string,
): string {
  const scope = whole(question);
  const { from, to } = scope;
  const columns = columnsOf(compiler, question, per);
  const own = [...inScope(compiler, scope), isThere(unit), isOfUnit(compiler, question)];
  const rows = `SELECT ${[`${unit} AS unit`, ...columns.map(([name, value]) => `${value} AS ${name}`)].join(', ')}
FROM events
WHERE ${own.join(' AND ')}`;
  if (!question.money || per !== question.per) return rows;
  // few rows have an amount, and they are found by it first
  const earliest = per === 'user' ? from - (to - from) : from;
  const inRange = `timestamp >= ${compiler.instant(from)}`;
  const others = [
    ...inScope(compiler, { ...scope, from: earliest }),
    isExposed,
    `NOT (${inRange} AND ${isOfUnit(compiler, question)})`,
  ];
  const nothing: Readonly<Record<string, string>> = {
    variant: "CAST('', 'LowCardinality(String)')",
    goal: "''",
    is_exposure: 'false',
    is_conversion: 'false',
    is_goal: 'false',
    is_paid: 'true',
  };
  const amounts = columns.map(([name, value]) => `${nothing[name] ?? value} AS ${name}`);
  return `${rows}
UNION ALL
SELECT ${[`${unit} AS unit`, ...amounts].join(', ')}
FROM events
PREWHERE amount IS NOT NULL
WHERE ${others.join(' AND ')}`;
}

/** The units with an exposure: most rows are of others. */
function exposedUnits(compiler: ClickHouseCompiler, question: ExperimentQuestion, unit: string): string {
  const where = [
    ...inScope(compiler, question.scope),
    isOfExperiment(compiler, question),
    "variant_key <> ''",
    isThere(unit),
  ];
  return `SELECT ${unit} FROM events WHERE ${where.join(' AND ')}`;
}

function pageviewsOf(
  compiler: ClickHouseCompiler,
  question: ExperimentQuestion,
  unit: string,
  isExposed: string,
): string {
  const where = [...inScope(compiler, whole(question)), typesOf(pageviewTypes), isExposed];
  return `SELECT DISTINCT ${unit} FROM events WHERE ${where.join(' AND ')}`;
}

function usersRows(compiler: ClickHouseCompiler, question: ExperimentQuestion): UnitRows {
  const unit = compiler.person;
  const isExposed = `user_key <> 0 AND ${unit} IN (${exposedUnits(compiler, question, unit)})`;
  return {
    sql: unitRows(compiler, question, 'user', unit, isExposed),
    hasPageview: `unit IN (${pageviewsOf(compiler, question, unit, isExposed)})`,
  };
}

/** Sessions by their names are told apart as persons are: by 64 bits. */
const sessionKey = namedSessionKey;
const isThere = (unit: string): string => (unit === sessionKey ? "session_id <> ''" : 'user_key <> 0');

function namedSessions(compiler: ClickHouseCompiler, question: ExperimentQuestion): UnitRows {
  const isExposed = `session_id <> '' AND ${sessionKey} IN (${exposedUnits(compiler, question, sessionKey)})`;
  return {
    sql: unitRows(compiler, question, 'session', sessionKey, isExposed),
    hasPageview: `unit IN (${pageviewsOf(compiler, question, sessionKey, isExposed)})`,
  };
}

/** Sessions that are cut at pauses need every row of their persons. */
function allSessions(compiler: ClickHouseCompiler, question: ExperimentQuestion): UnitRows {
  const columns = [
    ...columnsOf(compiler, question, 'session'),
    ['is_pageview', typesOf(pageviewTypes)] as const,
  ];
  const rows = compiler.sessionsOf(whole(question), columns);
  return {
    sql: `SELECT session AS unit, ${columns.map(([name]) => name).join(', ')}\nFROM (\n${indent(rows)}\n)`,
    hasPageview: 'has_pageview',
  };
}

/** One row for each arm, variant and key. */
function cellsOfUnits(question: ExperimentQuestion, { sql, hasPageview }: UnitRows, per: Per): string {
  const { includeMixed, money } = question;
  const counts = per === question.per;
  const paid = counts && money;
  const inRows = hasPageview === 'has_pageview';
  const aggregates = [
    'groupUniqArrayIf(variant, is_exposure) AS seen',
    'minIf(ms, is_exposure) AS first_ms',
    'countIf(is_conversion) > 0 AS has_conversion',
    ...(inRows ? ['countIf(is_pageview) > 0 AS has_pageview'] : []),
    ...(counts ? ['groupArrayIf((ms, goal), is_goal) AS goals'] : []),
    ...(paid ? ['groupArrayIf((ms, money, paid), is_paid) AS payments'] : []),
    ...(counts && includeMixed ? ['groupArrayIf((variant, ms), is_exposure) AS exposures'] : []),
  ];
  const units = `SELECT unit, ${aggregates.join(', ')}\nFROM (\n${indent(sql)}\n)\nGROUP BY unit\nHAVING notEmpty(seen)`;
  const since = includeMixed
    ? 'if(length(seen) = 1, first_ms, arrayMin(e -> e.2, arrayFilter(e -> e.1 = own, exposures)))'
    : 'first_ms';
  const isCounted = includeMixed ? 'true' : 'length(seen) = 1';
  const columns = [
    'own',
    'has_conversion',
    `${question.reach ? hasPageview : 'false'} AS has_viewed`,
    'length(seen) > 1 AND own = seen[1] AS is_mixed',
    ...(counts
      ? [
          `${isCounted} AS is_counted`,
          `${since} AS since`,
          `arrayFilter(c -> c.1 >= since AND ${isCounted}, goals) AS reached`,
        ]
      : []),
    ...(paid ? ['payments'] : []),
  ];
  const number = paid ? 'Int256' : 'UInt8';
  const none = `0, CAST(0, '${number}'), CAST(0, '${number}')`;
  const all = `[('${per}s', '', ${none})]`;
  const keys = counts ? keyCells(question, none) : [];
  const sums = ['cell.4', 'cell.5', 'cell.4 * cell.4', 'cell.5 * cell.5', 'cell.4 * cell.5'];
  const [x, y, xx, yy, xy] = sums.map((sum) => (paid ? `sum(${sum})` : 'toInt256(0)'));
  const added = `SELECT cell.1 AS of_arm, CAST(own, 'String') AS of_variant, cell.2 AS key, count() AS n, countIf(has_viewed) AS viewed, countIf(has_conversion) AS did,
  countIf(is_mixed) AS mixed, ${counts ? 'countIf(is_counted) AS counted, countIf(notEmpty(reached)) AS converted' : '0 AS counted, 0 AS converted'},
  toUInt64(sum(cell.3)) AS paid_units, ${x} AS after, ${y} AS before, ${xx} AS xx, ${yy} AS yy, ${xy} AS xy
FROM (
  SELECT ${columns.join(', ')}
  FROM (
${indent(indent(units))}
  )
  ARRAY JOIN seen AS own
)
ARRAY JOIN ${keys.length === 0 ? all : `arrayConcat(${[all, ...keys].join(', ')})`} AS cell
GROUP BY of_arm, of_variant, key`;
  // a unit is counted for all of these at once
  const number256 = (value: string): string => `toInt256(${value})`;
  const one = (arm: string, variant: string, count: string, more = '0, 0'): string =>
    `('${arm}', ${variant}, toUInt64(${count}), ${more.split(', ').map(number256).join(', ')})`;
  const base = [
    one(`${per}s`, 'of_variant', 'n', 'viewed, did'),
    ...(counts
      ? [
          one('units', 'of_variant', 'counted'),
          one('converted', 'of_variant', 'converted'),
          one('mixed', `''`, 'mixed'),
        ]
      : []),
  ];
  return `SELECT told.1 AS arm, told.2 AS variant, key, told.3 AS units, paid_units AS paid, told.4 AS x, told.5 AS y, xx, yy, xy
FROM (
${indent(added)}
)
ARRAY JOIN if(of_arm = '${per}s', [${base.join(', ')}], [(of_arm, of_variant, toUInt64(n), toInt256(after), toInt256(before))]) AS told`;
}

/** What else a unit is counted for, each an array of cells. `none`: a cell's numbers when there are none. */
function keyCells({ edges, scope: { from }, money }: ExperimentQuestion, none: string): readonly string[] {
  const bucket = (ms: string): string =>
    `toString(roundDown(${ms}, CAST([${edges.join(', ')}], 'Array(Int64)')))`;
  const when = (condition: string, arm: string, key: string): string =>
    `arrayMap(k -> ('${arm}', k, ${none}), if(${condition}, [${key}], []))`;
  const after = 'p.1 >= since';
  const before = `p.1 < ${from}`;
  const sum = (which: string): string =>
    `toInt256(arraySum(arrayMap(p -> p.3, arrayFilter(p -> p.2 = m AND ${which}, payments))))`;
  return [
    `arrayMap(g -> ('goal', g, ${none}), arrayDistinct(arrayMap(c -> c.2, reached)))`,
    ...(edges.length > 2
      ? [
          when('is_counted', 'entered', bucket('since')),
          when('notEmpty(reached)', 'first', bucket('arrayMin(arrayMap(c -> c.1, reached))')),
        ]
      : []),
    ...(money
      ? [
          `arrayMap(m -> ('money', m, toUInt8(arrayExists(p -> p.2 = m AND ${after}, payments)), ${sum(after)}, ${sum(before)}),
  arrayDistinct(arrayMap(p -> CAST(p.2, 'String'), arrayFilter(p -> is_counted AND (${after} OR ${before}), payments))))`,
        ]
      : []),
  ];
}
