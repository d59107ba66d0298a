/**
 * Numbers of sessions as a SELECT: rows to sessions, sessions to groups, groups to those that stand by themselves, `other` and
 * `all`, each kept in a state that can be merged, so that rows are read once. There are about as many sessions as events, so what
 * is kept of one is what the question costs: times are counted from the range's begin, and persons are the least and the greatest key.
 */
import type { SessionCell, SessionsQuestion } from '../analyses.ts';
import { places } from '../sql/question-compiler.ts';
import { indent } from '../sql/select.ts';
import { valueOfKey } from './answer-form.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';
import { position } from './position-sql.ts';

/** 64-bit integers as text. */
export type SessionAnswer = readonly [
  place: number,
  label: string,
  sessions: string,
  users: string,
  durationMs: string,
  medianMs: number,
  bounces: string,
  pageviews: string,
  /** Sessions of more than two persons, of whom not all were counted. */
  crowded: string,
];

/** The field whose values a dimension has. */
const fieldOf = (dimension: string): string =>
  dimension === 'entryPath' || dimension === 'exitPath' ? 'path' : dimension;

/** `everyone`: all persons of a session are counted, however many; it is needed where the answer without it tells of crowded ones. */
export function sessionsSelect(
  compiler: ClickHouseCompiler,
  question: SessionsQuestion,
  everyone = false,
): string {
  const { scope, by } = question;
  const isAsked = scope.filter !== undefined || scope.sample !== undefined;
  // every event of a person has a session: without sessions to choose from, persons need not be known by session
  const people = !isAsked && by === undefined ? 'of rows' : everyone ? 'all' : 'two';
  const sessions = `SELECT ${[
    'max(since) - min(since) AS duration',
    'countIf(is_pageview) AS views',
    'count() = 1 AND views = 1 AS is_bounce',
    ...personsOf[people],
    `${labelOf(by?.dimension)} AS label`,
  ].join(', ')}
FROM (
${indent(rowsOf(compiler, question))}
)
GROUP BY session${isAsked ? '\nHAVING max(is_asked)' : ''}`;
  const order = by === undefined ? [] : compiler.orderOf(fieldOf(by.dimension), 'label');
  const groups = `SELECT label, count() AS counted, ${people === 'of rows' ? '' : 'uniqExactArrayIfState(persons, latter <> 0) AS people, countIf(is_crowded) AS crowds, '}sum(duration) AS durations,
  quantileExactInclusiveState(0.5)(duration) AS median, sum(is_bounce) AS bounced, sum(views) AS viewed,
  row_number() OVER (ORDER BY ${['counted DESC', ...order].join(', ')}) AS rank
FROM (
${indent(sessions)}
)
GROUP BY label`;
  const limit = by?.limit ?? 0;
  const shown =
    by === undefined
      ? `[${places.all}]`
      : `[${places.all}, if(rank <= ${limit}, toInt64(rank), ${places.other})]`;
  const users =
    people === 'of rows' ? `(${personsOfRows(compiler, question)})` : 'uniqExactArrayIfMerge(people)';
  const crowded = people === 'of rows' ? '0' : 'sum(crowds)';
  return `${compiler.constants()}SELECT toInt32(place) AS place_, if(place > 0, label, '') AS name, toString(sum(counted)), toString(${users}),
  toString(sum(durations)), toFloat64(quantileExactInclusiveMerge(0.5)(median)), toString(sum(bounced)), toString(sum(viewed)), toString(${crowded})
FROM (
${indent(groups)}
)
ARRAY JOIN ${shown} AS place
GROUP BY place_, name
HAVING sum(counted) > 0
ORDER BY place_ = ${places.other}, place_`;
}

/** Where an answer has these, it is to be asked for with `everyone`. */
export const hasCrowded = (rows: readonly SessionAnswer[]): boolean =>
  rows.some(([, , , , , , , , crowded]) => crowded !== '0');

/** What is kept of a session's persons: `persons`, and `latter`, 0 where there are none. A set takes ten times the memory of two numbers. */
const personsOf = {
  'of rows': [],
  two: [
    '[minIf(person, person <> 0), max(person)] AS persons',
    'max(person) AS latter',
    'uniqUpTo(2)(person) > 2 AS is_crowded',
  ],
  all: [
    'groupUniqArrayIf(person, person <> 0) AS persons',
    'length(persons) AS latter',
    'false AS is_crowded',
  ],
} as const;

function rowsOf(compiler: ClickHouseCompiler, { scope, by }: SessionsQuestion): string {
  const since = `toUnixTimestamp64Milli(timestamp) - ${scope.from}`;
  // 49 days in milliseconds fit 32 bits
  const type = scope.to - scope.from < 2 ** 32 ? 'toUInt32' : 'toInt64';
  return compiler.sessionsOf(scope, [
    ['since', `${type}(${since})`],
    ['at', position],
    ['person', compiler.person],
    ['is_pageview', "type IN ('pageview', 'PAGEVIEW')"],
    ['value', by === undefined ? "''" : `CAST(${compiler.keyOf(fieldOf(by.dimension))}, 'String')`],
  ]);
}

const personsOfRows = (compiler: ClickHouseCompiler, { scope }: SessionsQuestion): string =>
  `SELECT uniqExact(${compiler.person}) FROM events WHERE ${[...compiler.inScope(scope), 'user_key <> 0'].join(' AND ')}`;

/** Out of a session's rows: the value of its first event, or of its first or last page view. */
function labelOf(dimension: string | undefined): string {
  switch (dimension) {
    case undefined:
      return "''";
    case 'entryPath':
      return 'argMinIf(value, at, is_pageview)';
    case 'exitPath':
      return 'argMaxIf(value, at, is_pageview)';
    default:
      return 'argMin(value, at)';
  }
}

export function sessionCells(
  { by }: SessionsQuestion,
  rows: readonly SessionAnswer[],
): readonly SessionCell[] {
  return rows.map(([place, label, sessions, users, durationMs, medianDurationMs, bounces, pageviews]) => ({
    group:
      place === places.all
        ? { kind: 'all' }
        : place === places.other
          ? { kind: 'other' }
          : { kind: 'values', values: [valueOfKey(fieldOf(by!.dimension), label)] },
    sessions: Number(sessions),
    users: Number(users),
    durationMs: Number(durationMs),
    medianDurationMs,
    bounces: Number(bounces),
    pageviews: Number(pageviews),
  }));
}
