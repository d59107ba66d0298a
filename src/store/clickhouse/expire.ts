/**
 * Retention: whole UTC days go from the rows, and their rollups are rebuilt from what is left. Months that are past are
 * dropped, which costs nothing; of the month in which the bound lies, rows are deleted. Nobody may insert meanwhile (gate.ts).
 */
import type { Clock } from '../../clock.ts';
import type { Progress } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { deleteRows } from './delete-rows.ts';
import { dayText } from './repair.ts';

const rollupTables = ['rollup_counts', 'rollup_users'] as const;
const timeoutMs = 10 * 60_000;

const before = (column: 'day' | 'toDate32(start)', day: number): string =>
  `${column} < toDate32('${dayText(day)}')`;

/** SQL for the rows from before a UTC day that the writer is done with. */
export const expirable = (day: number, progress: ReadonlyMap<number, Progress>): string =>
  `${before('day', day)} AND ${isTaken(progress)}`;

/** SQL for the rows that the writer is done with: one past them would be taken for missing, and be stored once more. */
export function isTaken(progress: ReadonlyMap<number, Progress>): string {
  const done = [...progress].map(
    ([partition, { next }]) => `(_partition = ${partition} AND _offset < ${next})`,
  );
  return `(${done.join(' OR ') || 'false'})`;
}

/** Days that have rows of this condition (SQL); numbers since 1970-01-01, ascending. */
export async function daysWith(client: ClickHouseClient, condition: string): Promise<readonly number[]> {
  const rows = await client.rows<[number]>(
    `SELECT DISTINCT toInt32(day) AS number FROM events WHERE ${condition} ORDER BY number`,
    { timeoutMs },
  );
  return rows.map(([each]) => each);
}

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

/** `rows`: what `expirable` says of that day. */
export async function expireRows(
  client: ClickHouseClient,
  clock: Clock,
  day: number,
  rows: string,
): Promise<void> {
  const months = await client.rows<[string]>(
    `SELECT _partition_id FROM events WHERE ${before('day', day)} GROUP BY _partition_id`,
    { timeoutMs },
  );
  for (const [month] of months) {
    const [[left]] = (await client.rows<[string]>(
      `SELECT toString(count()) FROM events WHERE _partition_id = '${month}' AND NOT (${rows})`,
      { timeoutMs },
    )) as [[string]];
    if (left === '0') await client.command(`ALTER TABLE events DROP PARTITION ID '${month}'`);
  }
  await deleteRows(client, clock, 'events', rows);
}
