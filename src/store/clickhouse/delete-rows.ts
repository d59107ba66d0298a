/**
 * Removes rows for good where they cannot be replaced. The engine does it in the background, part by part; this waits for
 * its end by looking, so that inserts are not kept waiting behind it.
 */
import type { Clock } from '../../clock.ts';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';

const lookIntervalMs = 50;

/** `condition` is SQL. Errors: ClickHouseError, also when the engine could not do it. */
export async function deleteRows(
  client: ClickHouseClient,
  clock: Clock,
  table: string,
  condition: string,
): Promise<void> {
  const [[any]] = (await client.rows<[number]>(`SELECT count() > 0 FROM ${table} WHERE ${condition}`)) as [
    [number],
  ];
  if (!any) return;
  await client.command(`DELETE FROM ${table} WHERE ${condition}`, {
    settings: { lightweight_deletes_sync: 0 },
  });
  await mutationsEnded(client, clock, table);
}

/** Resolves when nothing is being deleted from the table any more; also what an earlier process began. */
export async function mutationsEnded(client: ClickHouseClient, clock: Clock, table: string): Promise<void> {
  const unfinished = `SELECT count() FROM system.mutations
WHERE database = currentDatabase() AND table = ${stringLiteral(table)} AND NOT is_done`;
  while ((await client.rows<[string]>(unfinished))[0]?.[0] !== '0') await clock.sleep(lookIntervalMs);
}
