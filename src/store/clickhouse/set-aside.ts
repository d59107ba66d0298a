/**
 * Parts that the engine found broken when it started and set aside, in `detached/` of their table. It goes on with the parts that
 * such a part was merged from; where there are none, its rows are gone. Rollups of their months are made again from the rows.
 */
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';

export interface SetAside {
  readonly table: string;
  readonly name: string;
  /** Of the table: a month. */
  readonly partition: string;
}

export async function partsSetAside(client: ClickHouseClient): Promise<readonly SetAside[]> {
  const rows = await client.rows<[string, string, string]>(
    `SELECT table, name, partition_id FROM system.detached_parts
WHERE database = currentDatabase() AND startsWith(reason, 'broken') ORDER BY table, name`,
  );
  return rows.map(([table, name, partition]) => ({ table, name, partition }));
}

const isOfRollup = ({ table }: SetAside): boolean => table.startsWith('rollup_');

/** The days of the months of which rows or rollups were set aside; numbers since 1970-01-01. */
export async function daysSetAside(
  client: ClickHouseClient,
  parts: readonly SetAside[],
): Promise<readonly number[]> {
  const some = parts.filter((part) => isOfRollup(part) || part.table === 'events');
  if (some.length === 0) return [];
  const months = [...new Set(some.map(({ partition }) => stringLiteral(partition)))].join(', ');
  const rows = await client.rows<[number]>(
    `SELECT DISTINCT toInt32(day) FROM events WHERE _partition_id IN (${months})
UNION DISTINCT SELECT DISTINCT toInt32(toDate32(start)) FROM rollup_counts WHERE _partition_id IN (${months})`,
  );
  return rows.map(([day]) => day);
}

/** Rollups are right again, and with all rows there the parts set aside of them were merges: neither is of use. */
export async function dropSetAside(
  client: ClickHouseClient,
  parts: readonly SetAside[],
  isComplete: boolean,
): Promise<void> {
  const useless = parts.filter((part) => isOfRollup(part) || (isComplete && part.table === 'events'));
  for (const { table, name } of useless)
    await client.command(`ALTER TABLE ${table} DROP DETACHED PART ${stringLiteral(name)}`, {
      settings: { allow_drop_detached: 1 },
    });
}
