/**
 * Numbers of sessions as a SELECT: rows to sessions, sessions to groups, groups to those that stand by themselves, `other` and
 * `all`, each kept in a state that can be merged, so that rows are read once.
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
];

/** The field whose values a dimension has. */
const fieldOf = (dimension: string): string =>
  dimension === 'entryPath' || dimension === 'exitPath' ? 'path' : dimension;

export function sessionsSelect(compiler: ClickHouseCompiler, { scope, by }: SessionsQuestion): string {
  const rows = compiler.sessionsOf(scope, [
    ['ms', 'toUnixTimestamp64Milli(timestamp)'],
    ['at', position],
    ['person', compiler.person],
    ['is_pageview', "type IN ('pageview', 'PAGEVIEW')"],
    ['value', by === undefined ? "''" : `CAST(${compiler.keyOf(fieldOf(by.dimension))}, 'String')`],
  ]);
  const sessions = `SELECT max(ms) - min(ms) AS duration, groupUniqArrayIf(person, person <> 0) AS persons,
  count() = 1 AND countIf(is_pageview) = 1 AS is_bounce, countIf(is_pageview) AS views, ${labelOf(by?.dimension)} AS label
FROM (
${indent(rows)}
)
GROUP BY session, owner, number
HAVING max(is_asked)`;
  const order = by === undefined ? [] : compiler.orderOf(fieldOf(by.dimension), 'label');
  const groups = `SELECT label, count() AS counted, uniqExactArrayState(persons) AS people, sum(duration) AS durations,
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
  return `${compiler.constants()}SELECT toInt32(place) AS place_, if(place > 0, label, '') AS name, toString(sum(counted)), toString(uniqExactArrayMerge(people)),
  toString(sum(durations)), toFloat64(quantileExactInclusiveMerge(0.5)(median)), toString(sum(bounced)), toString(sum(viewed))
FROM (
${indent(groups)}
)
ARRAY JOIN ${shown} AS place
GROUP BY place_, name
HAVING sum(counted) > 0
ORDER BY place_ = ${places.other}, place_`;
}

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
