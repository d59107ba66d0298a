/**
 * Brings the tables to the newest version, one numbered migration after the other, and records each one. A migration may
 * be run again after a crash in its middle: its statements say IF NOT EXISTS, or are harmless twice.
 */
import type { ClickHouseClient } from './clickhouse-client.ts';
import { events } from './migrations/001-events.ts';
import { removals } from './migrations/002-removals.ts';
import { smallGranules } from './migrations/003-small-granules.ts';
import { identity } from './migrations/004-identity.ts';
import { merges } from './migrations/005-merges.ts';

export interface Migration {
  readonly version: number;
  readonly statements: readonly string[];
}

export const migrations: readonly Migration[] = [events, removals, ...smallGranules, identity, merges];

/** Of one statement: a migration may copy a table. */
const statementMsMax = 60 * 60_000;

const versionsTable = `CREATE TABLE IF NOT EXISTS migrations (version UInt32, applied_at DateTime DEFAULT now())
ENGINE = ReplacingMergeTree ORDER BY version SETTINGS fsync_after_insert = 1, fsync_part_directory = 1`;

/** `all`: those to bring the tables to. Errors: ClickHouseError. */
export async function migrate(client: ClickHouseClient, all = migrations): Promise<void> {
  // a definition needs room on the disk, also when there is nothing to define
  const [[exists]] = (await client.rows<[number]>('EXISTS TABLE migrations')) as [[number]];
  if (exists === 0) await client.command(versionsTable);
  const [[applied]] = (await client.rows<[number]>('SELECT max(version) FROM migrations')) as [[number]];
  for (const { version, statements } of all) {
    if (version <= applied) continue;
    for (const statement of statements) await client.command(statement, { timeoutMs: statementMsMax });
    await client.command(`INSERT INTO migrations (version) SELECT ${version}`);
  }
}
