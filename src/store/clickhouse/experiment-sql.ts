/**
 * The numbers of an experiment as a SELECT over rows: rows to units, units to one row for each variant that they saw, those to cells
 * (experiment-cells.ts says which), which are added up. Each row is read once for the units, and page views once for who has one.
 */
import { conversionTypes, exposureTypes, pageviewTypes } from '../../plan/experiment.ts';
import type { ExperimentQuestion } from '../experiments.ts';
import { chosenCells } from '../sql/experiment-cells.ts';
import { indent } from '../sql/select.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';

const typesOf = (types: readonly string[]): string =>
  `type IN (${types.map((type) => `'${type}'`).join(', ')})`;
const milliseconds = 'toUnixTimestamp64Milli(timestamp)';

/** What must be known first: exposures that name no variant, and those of persons that name no session. */
export function exposuresSelect(compiler: ClickHouseCompiler, question: ExperimentQuestion): string {
  const where = [...compiler.inScope(question.scope), isOfExperiment(compiler, question)].join(' AND ');
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
  const ofUsers = cellsOfUnits(question, usersRows(compiler, question), 'user');
  const sessions = named ? namedSessions(compiler, question) : allSessions(compiler, question);
  const ofSessions = cellsOfUnits(question, sessions, 'session');
  const cells = `SELECT * FROM (\n${indent(ofUsers)}\n) UNION ALL SELECT * FROM (\n${indent(ofSessions)}\n)`;
  return `${compiler.constants()}SELECT arm, variant, key, toString(units), toString(paid), toString(x), toString(y), toString(xx), toString(yy), toString(xy)
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

function isOfExperiment(compiler: ClickHouseCompiler, { experiment }: ExperimentQuestion): string {
  return `${typesOf(exposureTypes)} AND experiment_id = ${compiler.text(experiment)}`;
}

const whole = ({ scope: { filter: _, ...rest } }: ExperimentQuestion) => rest;

/** The columns that a row of a unit has, by name. */
function columnsOf(
  compiler: ClickHouseCompiler,
  question: ExperimentQuestion,
  per: 'user' | 'session',
): readonly (readonly [name: string, value: string])[] {
  const { scope, goals } = question;
  const filter = scope.filter === undefined ? '' : ` AND (${compiler.filter(scope.filter)})`;
  const isExposure = `${isOfExperiment(compiler, question)} AND variant_key <> ''${filter}`;
  const counts = per === question.per;
  const goal = `coalesce(${compiler.property('goal', 'string')}, '')`;
  const isConversion = typesOf(conversionTypes);
  return [
    ['ms', milliseconds],
    ['variant', "CAST(variant_key, 'String')"],
    ['is_exposure', isExposure],
    ['is_conversion', isConversion],
    ...(counts
      ? ([
          ['goal', `if(${isConversion}, ${goal}, '')`],
          [
            'is_goal',
            goals === undefined
              ? isConversion
              : `${isConversion} AND ${goal} IN (${goals.map((one) => compiler.text(one)).join(', ')})`,
          ],
        ] as const)
      : []),
    ...(counts && question.money
      ? ([
          ['is_paid', 'amount IS NOT NULL'],
          ['paid', 'toInt128(reinterpretAsInt64(ifNull(amount, toDecimal64(0, 4))))'],
          ['money', "CAST(currency, 'String')"],
        ] as const)
      : []),
  ];
}

/** Which rows a unit is made of, but for their time. */
function isOfUnit(
  compiler: ClickHouseCompiler,
  question: ExperimentQuestion,
  per: 'user' | 'session',
): string {
  const own = `(${isOfExperiment(compiler, question)} OR ${typesOf(conversionTypes)})`;
  return per === question.per && question.money ? `(${own} OR amount IS NOT NULL)` : own;
}

function usersRows(compiler: ClickHouseCompiler, question: ExperimentQuestion): UnitRows {
  const scope = whole(question);
  const { from, to } = scope;
  const hasBefore = question.per === 'user' && question.money;
  const earliest = hasBefore ? from - (to - from) : from;
  const inRange = hasBefore ? `timestamp >= ${compiler.instant(from)}` : 'true';
  const columns = columnsOf(compiler, question, 'user').map(([name, value]) =>
    hasBefore && (name.startsWith('is_e') || name === 'is_conversion' || name === 'is_goal')
      ? `${inRange} AND ${value} AS ${name}`
      : `${value} AS ${name}`,
  );
  const which = isOfUnit(compiler, question, 'user');
  const where = [
    ...compiler.inScope({ ...scope, from: earliest }),
    'user_key <> 0',
    hasBefore ? `(${which} AND (${inRange} OR amount IS NOT NULL))` : which,
  ];
  const pageviews = `SELECT DISTINCT ${compiler.person} FROM events
WHERE ${[...compiler.inScope(scope), 'user_key <> 0', typesOf(pageviewTypes)].join(' AND ')}`;
  return {
    sql: `SELECT ${[`${compiler.person} AS unit`, ...columns].join(', ')}\nFROM events\nWHERE ${where.join(' AND ')}`,
    hasPageview: `unit IN (${pageviews})`,
  };
}

function namedSessions(compiler: ClickHouseCompiler, question: ExperimentQuestion): UnitRows {
  const scope = whole(question);
  const where = [...compiler.inScope(scope), "session_id <> ''"];
  const columns = columnsOf(compiler, question, 'session').map(([name, value]) => `${value} AS ${name}`);
  const pageviews = `SELECT DISTINCT session_id FROM events WHERE ${[...where, typesOf(pageviewTypes)].join(' AND ')}`;
  return {
    sql: `SELECT ${['session_id AS unit', ...columns].join(', ')}\nFROM events\nWHERE ${[...where, isOfUnit(compiler, question, 'session')].join(' AND ')}`,
    hasPageview: `unit IN (${pageviews})`,
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
    sql: `SELECT (session, owner, number) AS unit, ${columns.map(([name]) => name).join(', ')}\nFROM (\n${indent(rows)}\n)`,
    hasPageview: 'has_pageview',
  };
}

/** One row for each arm, variant and key. */
function cellsOfUnits(
  question: ExperimentQuestion,
  { sql, hasPageview }: UnitRows,
  per: 'user' | 'session',
): string {
  const { includeMixed, money, edges } = question;
  const counts = per === question.per;
  const paid = counts && money;
  const number = paid ? 'Int256' : 'Int64';
  const units = `SELECT unit, groupUniqArrayIf(variant, is_exposure) AS seen, minIf(ms, is_exposure) AS first_ms,
  countIf(is_conversion) > 0 AS has_conversion${hasPageview === 'has_pageview' ? ', countIf(is_pageview) > 0 AS has_pageview' : ''}${
    counts ? `,\n  groupArrayIf((ms, goal), is_goal) AS goals` : ''
  }${paid ? ',\n  groupArrayIf((ms, money, paid), is_paid) AS payments' : ''}${
    counts && includeMixed ? ',\n  groupArrayIf((variant, ms), is_exposure) AS exposures' : ''
  }
FROM (
${indent(sql)}
)
GROUP BY unit
HAVING notEmpty(seen)`;
  const cell = (arm: string, more = `'', 0, 0, 0`): string => `('${arm}', ${more})`;
  const reach = `[${cell(per === 'user' ? 'users' : 'sessions', `'', 0, toInt64(viewed), toInt64(has_conversion)`)}]`;
  const mixed = `if(length(seen) > 1 AND seen_variant = seen[1], [${cell('mixed')}], [])`;
  const since = includeMixed
    ? `if(length(seen) = 1, first_ms, arrayMin(e -> e.2, arrayFilter(e -> e.1 = seen_variant, exposures)))`
    : 'first_ms';
  const bucket = (ms: string): string =>
    `toString(roundDown(${ms}, CAST([${edges.join(', ')}], 'Array(Int64)')))`;
  const days =
    edges.length > 2
      ? [
          `[${cell('entered', `${bucket('since')}, 0, 0, 0`)}]`,
          `if(notEmpty(reached), [${cell('first', `${bucket('arrayMin(c -> c.1, reached)')}, 0, 0, 0`)}], [])`,
        ]
      : [];
  const own = [
    `[${cell('units')}]`,
    `if(notEmpty(reached), [${cell('converted')}], [])`,
    `arrayMap(g -> ${cell('goal', 'g, 0, 0, 0')}, arrayDistinct(arrayMap(c -> c.2, reached)))`,
    ...days,
    ...(paid ? [moneyCells(question)] : []),
  ].map((one) => typed(one, number));
  const isCounted = includeMixed ? 'true' : 'length(seen) = 1';
  const all = counts
    ? `arrayConcat(${typed(reach, number)}, ${typed(mixed, number)}, if(${isCounted}, arrayConcat(${own.join(', ')}), ${typed('[]', number)}))`
    : typed(reach, number);
  const seen = counts
    ? `SELECT seen, viewed, has_conversion, seen_variant, ${since} AS since, arrayFilter(c -> c.1 >= since, goals) AS reached${paid ? ', payments' : ''}`
    : 'SELECT seen, viewed, has_conversion, seen_variant';
  const sums = paid
    ? ['sum(cell.4 * cell.4)', 'sum(cell.5 * cell.5)', 'sum(cell.4 * cell.5)']
    : ['toInt256(0)', 'toInt256(0)', 'toInt256(0)'];
  return `SELECT cell.1 AS arm, if(arm = 'mixed', '', seen_variant) AS variant, cell.2 AS key, count() AS units, toUInt64(sum(cell.3)) AS paid,
  toInt256(sum(cell.4)) AS x, toInt256(sum(cell.5)) AS y, ${sums[0]} AS xx, ${sums[1]} AS yy, ${sums[2]} AS xy
FROM (
  ${seen}
  FROM (
    SELECT *, ${hasPageview} AS viewed FROM (
${indent(indent(indent(units)))}
    )
  )
  ARRAY JOIN seen AS seen_variant
)
ARRAY JOIN ${all} AS cell
GROUP BY arm, variant, key`;
}

const typed = (cells: string, number: string): string =>
  `CAST(${cells}, 'Array(Tuple(String, String, UInt8, ${number}, ${number}))')`;

/** Before the range there are amounts alone. */
function moneyCells({ scope: { from } }: ExperimentQuestion): string {
  const after = 'p.1 >= since';
  const before = `p.1 < ${from}`;
  const sum = (which: string): string =>
    `toInt256(arraySum(arrayMap(p -> p.3, arrayFilter(p -> p.2 = m AND ${which}, payments))))`;
  return `arrayMap(m -> ('money', m, toUInt8(arrayExists(p -> p.2 = m AND ${after}, payments)), ${sum(after)}, ${sum(before)}),
  arrayDistinct(arrayMap(p -> p.2, arrayFilter(p -> ${after} OR ${before}, payments))))`;
}
