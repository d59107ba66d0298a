/**
 * The questions of analyses.ts in SQL that somebody who knows the tables and the data writes by hand: every event of the data set
 * names its session, nobody has two ids, a session is of one person, no two events of a person share a millisecond, a code stands for a path.
 * Everything is added up by the engine, whose answer is small: of a funnel no times are told. Nor is there a bound on memory.
 */
import type { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import { type AnalysisName, funnelSteps, groupsMax, pathSteps, valuesMax } from './analyses.ts';
import { counted, instant, people } from './hand-written.ts';
import type { Range } from './questions.ts';

const dayMs = 86_400_000;
const windowMs = 7 * dayMs;
/** Bits of a path's code. */
const codeBits = 8;

/** The number that the answer must come to. */
export async function analyzeByHand(
  engine: ClickHouseClient,
  name: AnalysisName,
  range: Range,
): Promise<number> {
  const rows = await engine.rows<[n: string, ...unknown[]]>(statements[name](range));
  return rows.reduce((total, [n]) => total + Number(n), 0);
}

const statements: Readonly<Record<AnalysisName, (range: Range) => string>> = {
  byType: (
    range,
  ) => `SELECT toString(sum(events)), type, 0 FROM rollup_counts WHERE ${counted(range)} GROUP BY type
UNION ALL
SELECT '0', type, uniqCombined64Merge(15)(users) FROM rollup_users WHERE ${people(range, "type <> ''")} GROUP BY type
UNION ALL
SELECT '0', '', uniqCombined64Merge(15)(users) FROM rollup_users WHERE ${people(range)}`,
  byCountry: (range) => grouped('country', range),
  byPath: (range) => grouped('path', range),
  funnel: (range) => `SELECT toString(sum(level)) FROM (
  SELECT windowFunnel(${windowMs})(toUInt64(toUnixTimestamp64Milli(timestamp)), ${funnelSteps.map((type) => `type = '${type}'`).join(', ')}) AS level
  FROM events WHERE ${asked(range)} AND user_key <> 0 AND type IN (${funnelSteps.map((type) => `'${type}'`).join(', ')})
  GROUP BY user_key
)`,
  retention: (range) => retained(range, asked(range)),
  retentionEver: (range) =>
    retained(range, `project = 'default' AND NOT bot AND timestamp < ${instant(range.to)}`),
  pathsByUser: (range) => paths(range, 'user_key', 'AND user_key <> 0'),
  pathsBySession: (range) => paths(range, 'session_id', ''),
  sessions: (
    range,
  ) => `SELECT toString(count()), uniqExact(person), sum(duration), quantileExactInclusive(0.5)(duration), countIf(n = 1 AND views = 1), sum(views) FROM (
  SELECT toUnixTimestamp64Milli(max(timestamp)) - toUnixTimestamp64Milli(min(timestamp)) AS duration, count() AS n, any(user_key) AS person,
    countIf(type IN ('pageview', 'PAGEVIEW')) AS views
  FROM events WHERE ${asked(range)} GROUP BY session_id
)`,
  users: (
    range,
  ) => `SELECT toString(count()), min(timestamp), max(timestamp), any(user_id), any(anonymous_id) FROM events
WHERE ${asked(range)} AND user_key IN (
  SELECT user_key FROM events WHERE ${asked(range)} AND user_key <> 0 GROUP BY user_key ORDER BY max(timestamp) DESC, user_key LIMIT 50
)
GROUP BY user_key`,
};

const asked = ({ from, to }: Range): string =>
  `project = 'default' AND NOT bot AND timestamp >= ${instant(from)} AND timestamp < ${instant(to)}`;

/** The groups with most events first, then those with the others, then all. */
const grouped = (column: string, range: Range): string => `WITH (
  SELECT groupArray(toString(${column})) FROM (SELECT ${column} FROM events WHERE ${asked(range)} GROUP BY ${column} ORDER BY count() DESC, ${column} LIMIT ${groupsMax})
) AS top
SELECT toString(sum(n)), place, uniqExactMerge(persons) FROM (
  SELECT transform(toString(${column}), top, arrayEnumerate(top), 0) AS place, count() AS n, uniqExactState(user_key) AS persons
  FROM events WHERE ${asked(range)} GROUP BY place
)
GROUP BY place WITH TOTALS`;

const retained = ({ from, to }: Range, where: string): string => {
  const days = Math.ceil((to - from) / dayMs);
  return `SELECT toString(sum(bitCount(bitShiftRight(seen, started)))) FROM (
  SELECT intDiv(min(toUnixTimestamp64Milli(timestamp)) - ${from}, ${dayMs}) AS started, min(toUnixTimestamp64Milli(timestamp)) >= ${from} AS is_new,
    groupBitOrIf(bitShiftLeft(toUInt64(1), toUInt8(positiveModulo(intDiv(toUnixTimestamp64Milli(timestamp) - ${from}, ${dayMs}), ${days}))), timestamp >= ${instant(from)}) AS seen
  FROM events WHERE ${where} AND user_key <> 0 GROUP BY user_key
)
WHERE is_new`;
};

/** An event is its time and the code of its path in one integer; 0 is any path past those with most events. */
const paths = (range: Range, key: string, and: string): string => `WITH (
  SELECT groupArray(toString(path)) FROM (SELECT path FROM events WHERE ${asked(range)} AND path <> '' GROUP BY path ORDER BY count() DESC, path LIMIT ${valuesMax})
) AS top
SELECT toString(sum(n)), step, from, to FROM (
  SELECT tupleElement(link, 1) AS step, tupleElement(link, 2) AS from, tupleElement(link, 3) AS to, count() AS n FROM (
    SELECT arraySlice(arrayCompact(arrayMap(one -> toUInt8(bitAnd(one, ${2 ** codeBits - 1})), arraySort(groupArray(
      bitShiftLeft(toUInt64(toUnixTimestamp64Milli(timestamp) - ${range.from}), ${codeBits}) + transform(toString(path), top, arrayEnumerate(top), 0)
    )))), 1, ${pathSteps}) AS visited
    FROM events WHERE ${asked(range)} AND path <> '' ${and} GROUP BY ${key}
  )
  ARRAY JOIN arrayMap((a, b, i) -> (i, a, b), arrayPopBack(visited), arrayPopFront(visited), arrayEnumerate(arrayPopBack(visited))) AS link
  GROUP BY step, from, to
)
GROUP BY step, from, to`;
