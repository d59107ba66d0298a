/**
 * Brings the tables to the newest version, one numbered migration after the other, and records each one. A migration may
 * be run again after a crash in its middle: its statements say IF NOT EXISTS, or are harmless twice.
 */
import type { ClickHouseClient } from './clickhouse-client.ts';
import { events } from './migrations/001-events.ts';
import { removals } from './migrations/002-removals.ts';

export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

export const migrations: readonly Migration[] = [events, removals];

const versionsTable = `CREATE TABLE IF NOT EXISTS migrations (version UInt32, applied_at DateTime DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY version SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/** Errors: ClickHouseError. */
export async function migrate(client: ClickHouseClient): Promise<void> {
  await client.command(versionsTable);
  const [[applied]] = (await client.rows<[number]>('SELECT max(version) FROM migrations')) as [[number]];
  for (const { version, statements } of migrations) {
    if (version <= applied) continue;
    for (const statement of statements) await client.command(statement);
    await client.command(`INSERT INTO migrations (version) SELECT ${version}`);
  }
}
