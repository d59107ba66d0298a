/**
 * Retention: whole UTC days go from rows and rollups together. Months that are past are dropped, which costs nothing; of the
 * month in which the bound lies, rows are deleted and its rollups rebuilt. Nobody may insert meanwhile (gate.ts).
 */
import type { Clock } from '../../clock.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { deleteRows } from './delete-rows.ts';
import type { FencedCalls } from './fenced-calls.ts';
import { dayText, rebuildDays } from './repair.ts';

const rollupTables = ['rollup_counts', 'rollup_users'] as const;
const timeoutMs = 10 * 60_000;

/** SQL for the rows from before a UTC day. */
export const before = (column: 'day' | 'toDate32(start)', day: number): string =>
  `${column} < toDate32('${dayText(day)}')`;

/** Days that have rows or rollups and lie before `day`, or all of them; numbers since 1970-01-01, ascending. */
export async function daysBefore(client: ClickHouseClient, day?: number): Promise<readonly number[]> {
  const bound = (column: 'day' | 'toDate32(start)') => (day === undefined ? 'true' : before(column, day));
  const ofRollups = rollupTables.map(
    (table) => `SELECT toDate32(start) AS day FROM ${table} WHERE ${bound('toDate32(start)')}`,
  );
  const rows = await client.rows<[number]>(
    `SELECT DISTINCT toInt32(day) AS number FROM (
  SELECT day FROM events WHERE ${bound('day')} UNION ALL ${ofRollups.join(' UNION ALL ')}
) ORDER BY number`,
    { timeoutMs },
  );
  return rows.map(([each]) => each);
}

export async function expireRows(client: ClickHouseClient, clock: Clock, day: number): Promise<void> {
  for (const month of await monthsBefore(client, 'events', 'day', day))
    await client.command(`ALTER TABLE events DROP PARTITION ID '${month}'`);
  await deleteRows(client, clock, 'events', before('day', day));
}

export async function expireRollups(
  client: ClickHouseClient,
  calls: FencedCalls,
  day: number,
): Promise<void> {
  for (const table of rollupTables) {
    for (const month of await monthsBefore(client, table, 'toDate32(start)', day))
      await client.command(`ALTER TABLE ${table} DROP PARTITION ID '${month}'`);
  }
  const left = await daysBefore(client, day);
  if (left.length > 0) await rebuildDays(client, calls, left);
}

/** The table's months that hold nothing from that day or later. */
async function monthsBefore(
  client: ClickHouseClient,
  table: string,
  column: 'day' | 'toDate32(start)',
  day: number,
): Promise<readonly string[]> {
  const rows = await client.rows<[string]>(
    `SELECT _partition_id FROM ${table} GROUP BY _partition_id HAVING max(${column}) < toDate32('${dayText(day)}')`,
    { timeoutMs },
  );
  return rows.map(([month]) => month);
}
