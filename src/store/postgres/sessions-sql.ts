/** Numbers of sessions as a SELECT: rows to sessions, sessions to the groups that stand by themselves, `other` and `all`. */
import type { SessionCell, SessionsQuestion } from '../analyses.ts';
import type { GroupValue } from '../asking.ts';
import { places, rowField } from '../sql/question-compiler.ts';
import { indent } from '../sql/select.ts';
import type { PostgresCompiler } from './postgres-compiler.ts';

/** 64-bit integers as text. */
export type SessionAnswer = readonly [
  place: string,
  label: string | null,
  sessions: string,
  users: string | null,
  durationMs: string,
  medianMs: number,
  bounces: string,
  pageviews: string,
];

/** The field whose values a dimension has. */
const fieldOf = (dimension: string): string =>
  dimension === 'entryPath' || dimension === 'exitPath' ? 'path' : dimension;

export function sessionsSelect(compiler: PostgresCompiler, { scope, by }: SessionsQuestion): string {
  const rows = compiler.sessionsOf(scope, [
    ['at', 'timestamp'],
    ['on_partition', '_partition'],
    ['on_offset', '_offset'],
    ['member', 'user_key'],
    ['is_pageview', "type IN ('pageview', 'PAGEVIEW')"],
    ...(by === undefined ? [] : [['value', compiler.keyOf(fieldOf(by.dimension))] as const]),
  ]);
  const sessions = `SELECT extract(epoch FROM max(at) - min(at)) * 1000 AS duration, ${members} AS members,
  count(*) = 1 AND bool_or(is_pageview) AS is_bounce,
  count(*) FILTER (WHERE is_pageview) AS views${by === undefined ? '' : `,\n  ${labelOf(by.dimension)} AS label`}
FROM (
${indent(by === undefined ? rows : numbered(rows, by.dimension))}
) AS own
GROUP BY ${session}
HAVING bool_or(is_asked)`;
  const whole = `SELECT ${places.all} AS place, duration, members, is_bounce, views FROM sessions`;
  const tables = [
    `sessions AS MATERIALIZED (\n${indent(sessions)}\n)`,
    ...(by === undefined ? [] : [rankedTable(compiler, by.dimension)]),
    `placed AS (${whole}${by === undefined ? '' : `\n${groupsOf(by.limit)}`})`,
  ];
  const label = by === undefined ? 'NULL' : 'jsonb_build_array(label)::text';
  return `WITH ${tables.join(',\n')}
SELECT place, ${label}, sessions, users, durations::bigint, median, bounces, pageviews
FROM (
  SELECT place, count(*) AS sessions, sum(duration) AS durations,
    percentile_cont(0.5) WITHIN GROUP (ORDER BY duration::float8) AS median,
    count(*) FILTER (WHERE is_bounce) AS bounces, sum(views) AS pageviews
  FROM placed GROUP BY place
) AS counted
LEFT JOIN (
  SELECT place, count(DISTINCT member) AS users FROM placed CROSS JOIN unnest(members) AS member GROUP BY place
) AS counted_members USING (place)${by === undefined ? '' : '\nLEFT JOIN ranked ON nth = place'}
ORDER BY place = ${places.other}, place`;
}

const session = 'session, owner, number';
const known = 'FILTER (WHERE member <> 0)';
/** The session's persons; almost always one, and only then each once. */
const members = `CASE WHEN min(member) ${known} = max(member) ${known} THEN ARRAY[min(member) ${known}] ELSE array_agg(member) ${known} END`;

const isOfPages = (dimension: string): boolean => fieldOf(dimension) !== dimension;

/** The rows with their number in the session, or among its page views: an aggregate with an order would sort each session by itself. */
function numbered(rows: string, dimension: string): string {
  const sign = dimension === 'exitPath' ? ' DESC' : '';
  const order = ['at', 'on_partition', 'on_offset'].map((column) => `${column}${sign}`).join(', ');
  const among = isOfPages(dimension) ? `${session}, is_pageview` : session;
  return `SELECT *, row_number() OVER (PARTITION BY ${among} ORDER BY ${order}) AS nth_in_session FROM (
${indent(rows)}
) AS unnumbered`;
}

/** Out of a session's rows: the value of its first event, or of its first or last page view. */
const labelOf = (dimension: string): string =>
  isOfPages(dimension)
    ? `coalesce((array_agg(value) FILTER (WHERE is_pageview AND nth_in_session = 1))[1], '')`
    : '(array_agg(value) FILTER (WHERE nth_in_session = 1))[1]';

function rankedTable(compiler: PostgresCompiler, dimension: string): string {
  const order = ['count(*) DESC', ...compiler.orderOf(fieldOf(dimension), 'label')].join(', ');
  return `ranked AS (SELECT label, row_number() OVER (ORDER BY ${order}) AS nth FROM sessions GROUP BY label)`;
}

const groupsOf = (limit: number): string => `UNION ALL
SELECT CASE WHEN nth <= ${limit} THEN nth ELSE ${places.other} END, duration, members, is_bounce, views
FROM sessions JOIN ranked USING (label)`;

export function sessionCells(
  { by }: SessionsQuestion,
  rows: readonly SessionAnswer[],
): readonly SessionCell[] {
  return rows.map(([at, label, sessions, users, durationMs, medianDurationMs, bounces, pageviews]) => {
    const place = Number(at);
    return {
      group:
        place === places.all
          ? { kind: 'all' }
          : place === places.other
            ? { kind: 'other' }
            : { kind: 'values', values: [valueOfLabel(by!.dimension, label!)] },
      sessions: Number(sessions),
      users: Number(users ?? 0),
      durationMs: Number(durationMs),
      medianDurationMs,
      bounces: Number(bounces),
      pageviews: Number(pageviews),
    };
  });
}

function valueOfLabel(dimension: string, label: string): GroupValue {
  const [value] = JSON.parse(label) as [GroupValue];
  return value === '' && rowField(fieldOf(dimension))?.type === 'string' ? null : value;
}
