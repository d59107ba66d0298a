/**
 * Numbers of sessions as a SELECT: rows to sessions, sessions to groups, groups to those that stand by themselves, `other` and
 * `all`, each kept in a state that can be merged, so that rows are read once. There are about as many sessions as events, so what
 * is kept of one is what the question costs: times are counted from the range's begin, and persons are the least and the greatest key.
 */
import type { SessionCell, SessionsQuestion } from '../analyses.ts';
import { places } from '../sql/question-compiler.ts';
import { indent } from '../sql/select.ts';
import { valueOfKey } from './answer-form.ts';
import type { ClickHouseCompiler, Slice } from './clickhouse-compiler.ts';
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

export interface SessionsAsked {
  /** All persons of a session are counted, however many; it is needed where the answer without it tells of crowded ones. */
  readonly everyone: boolean;
  /** So many shares of the sessions are looked at one after the other, for less memory. Of one where groups are told. */
  readonly slices: number;
}

export function sessionsSelect(
  compiler: ClickHouseCompiler,
  question: SessionsQuestion,
  asked: SessionsAsked,
): string {
  return question.by === undefined ? ofAll(compiler, question, asked) : byGroup(compiler, question, asked);
}

/** A slice is a scalar of its own: the engine computes one after the other. */
function ofAll(
  compiler: ClickHouseCompiler,
  question: SessionsQuestion,
  { everyone, slices }: SessionsAsked,
): string {
  const people = peopleIn(question, everyone);
  const ofRows = people === 'of rows';
  const numbers = [
    'count()',
    'sum(duration)',
    'sum(is_bounce)',
    'sum(views)',
    ofRows ? '0' : 'countIf(is_crowded)',
  ];
  const states = [medianState, ...(ofRows ? [] : [peopleState])];
  const partOf = (remainder: number): string => `(
  SELECT tuple(${[...numbers, ...states].join(', ')})
  FROM (
${indent(indent(sessionsOf(compiler, question, people, { of: slices, remainder })))}
  )
)`;
  const parts = Array.from({ length: slices }, (_, i) => `${partOf(i)} AS part_${i}`);
  const added = (column: number): string => parts.map((_, i) => `part_${i}.${column}`).join(' + ');
  const merged = (column: number): string => `finalizeAggregation(${added(column)})`;
  const users = ofRows ? `(${personsOfRows(compiler, question)})` : merged(numbers.length + 2);
  return `${compiler.constants(parts)}SELECT ${[
    `toInt32(${places.all})`,
    "''",
    `toString(${added(1)})`,
    `toString(${users})`,
    `toString(${added(2)})`,
    `toFloat64(${merged(numbers.length + 1)})`,
    `toString(${added(3)})`,
    `toString(${added(4)})`,
    `toString(${added(5)})`,
  ].join(', ')}`;
}

function byGroup(
  compiler: ClickHouseCompiler,
  question: SessionsQuestion,
  { everyone }: SessionsAsked,
): string {
  const { dimension, limit } = question.by!;
  const order = compiler.orderOf(fieldOf(dimension), 'label');
  const sessions = sessionsOf(compiler, question, peopleIn(question, everyone), { of: 1, remainder: 0 });
  const groups = `SELECT label, count() AS counted, ${peopleState} AS people, countIf(is_crowded) AS crowds, sum(duration) AS durations,
  ${medianState} AS median, sum(is_bounce) AS bounced, sum(views) AS viewed,
  row_number() OVER (ORDER BY ${['counted DESC', ...order].join(', ')}) AS rank
FROM (
${indent(sessions)}
)
GROUP BY label`;
  const shown = `[${places.all}, if(rank <= ${limit}, toInt64(rank), ${places.other})]`;
  return `${compiler.constants()}SELECT toInt32(place) AS place_, if(place > 0, label, '') AS name, toString(sum(counted)), toString(uniqExactArrayIfMerge(people)),
  toString(sum(durations)), toFloat64(quantileExactInclusiveMerge(0.5)(median)), toString(sum(bounced)), toString(sum(viewed)), toString(sum(crowds))
FROM (
${indent(groups)}
)
ARRAY JOIN ${shown} AS place
GROUP BY place_, name
ORDER BY place_ = ${places.other}, place_`;
}

const medianState = 'quantileExactInclusiveState(0.5)(duration)';
const peopleState = 'uniqExactArrayIfState(persons, latter <> 0)';

type People = keyof typeof personsOf;

/** Every event of a person has a session: without sessions to choose from, persons need not be known by session. */
function peopleIn({ scope, by }: SessionsQuestion, everyone: boolean): People {
  if (!chooses(scope) && by === undefined) return 'of rows';
  return everyone ? 'all' : 'two';
}

const chooses = ({ filter, sample }: SessionsQuestion['scope']): boolean =>
  filter !== undefined || sample !== undefined;

/** One row a session. Page views and events share a number, page views in the upper half. */
function sessionsOf(
  compiler: ClickHouseCompiler,
  question: SessionsQuestion,
  people: People,
  slice: Slice,
): string {
  const columns = [
    'toUInt64(max(since) - min(since)) AS duration',
    `sum(toUInt64(is_pageview) * ${2 ** 32} + 1) AS counts`,
    'bitShiftRight(counts, 32) AS views',
    `counts = ${2 ** 32 + 1} AS is_bounce`,
    ...personsOf[people],
    `${labelOf(question.by?.dimension)} AS label`,
  ];
  return `SELECT ${columns.join(', ')}
FROM (
${indent(rowsOf(compiler, question, slice))}
)
GROUP BY session${chooses(question.scope) ? '\nHAVING max(is_asked)' : ''}`;
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

function rowsOf(compiler: ClickHouseCompiler, { scope, by }: SessionsQuestion, slice: Slice): string {
  const since = `toUnixTimestamp64Milli(timestamp) - ${scope.from}`;
  // 49 days in milliseconds fit 32 bits
  const type = scope.to - scope.from < 2 ** 32 ? 'toUInt32' : 'toInt64';
  return compiler.sessionsOf(
    scope,
    [
      ['since', `${type}(${since})`],
      ['at', position],
      ['person', compiler.person],
      ['is_pageview', "type IN ('pageview', 'PAGEVIEW')"],
      ['value', by === undefined ? "''" : `CAST(${compiler.keyOf(fieldOf(by.dimension))}, 'String')`],
    ],
    slice,
  );
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
  const found = rows.filter(([, , sessions]) => sessions !== '0');
  return found.map(([place, label, sessions, users, durationMs, medianDurationMs, bounces, pageviews]) => ({
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
