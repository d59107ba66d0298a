/**
 * The same questions as SQL that somebody who knows the tables writes by hand, asked of the engine over its socket: the counts
 * from one rollup, the people from the largest pieces of the other, in one statement. Two at a time were no faster.
 */
import type { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import type { Kind, Range } from './questions.ts';

const dayMs = 86_400_000;
const hourMs = 3_600_000;

/** How many events the answer counts. */
export async function askByHand(engine: ClickHouseClient, kind: Kind, range: Range): Promise<number> {
  const rows = await engine.rows<[what: string, name: string, n: string]>(
    kind === 'summary' ? summary(range) : trend(range),
  );
  return rows.reduce((sum, [what, , n]) => (what === 'events' ? sum + Number(n) : sum), 0);
}

const summary = (range: Range): string =>
  `SELECT 'events' AS what, toString(type) AS name, sum(events) AS n FROM rollup_counts WHERE ${counted(range)} GROUP BY type
UNION ALL
SELECT 'users' AS what, '' AS name, uniqCombined64Merge(15)(users) AS n FROM rollup_users WHERE ${people(range)}`;

const trend = (range: Range): string =>
  `SELECT 'events' AS what, toDate(start) AS name, sum(events) AS n FROM rollup_counts WHERE ${counted(range)} GROUP BY name
UNION ALL
SELECT 'users' AS what, toDate(start) AS name, uniqCombined64Merge(15)(users) AS n FROM rollup_users WHERE ${people(range)} GROUP BY name`;

export const counted = ({ from, to }: Range): string =>
  `project = 'default' AND NOT bot AND ${within(from, to)}`;

/** `from` begins a day, `to` a quarter of an hour. */
export function people({ from, to }: Range, types = "type = ''"): string {
  const lastDay = Math.floor(to / dayMs) * dayMs;
  const lastHour = Math.floor(to / hourMs) * hourMs;
  const pieces = [
    [86_400, from, lastDay],
    [3_600, lastDay, lastHour],
    [900, lastHour, to],
  ] as const;
  const asked = pieces
    .filter(([, begin, end]) => begin < end)
    .map(([tier, begin, end]) => `(tier = ${tier} AND ${within(begin, end)})`);
  return `project = 'default' AND ${types} AND NOT bot AND (${asked.join(' OR ')})`;
}

const within = (from: number, to: number): string => `start >= ${instant(from)} AND start < ${instant(to)}`;

export const instant = (ms: number): string =>
  `toDateTime64('${new Date(ms).toISOString().replace('T', ' ').slice(0, 19)}', 0, 'UTC')`;
