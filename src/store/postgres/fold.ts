/**
 * Adds up the rollup rows of one key, of which each batch adds one. One statement takes them out and puts their sum in, so whoever
 * reads sees either; what a batch adds meanwhile is not seen by it and stays. Two folds at once would only wait for each other,
 * so the second lets the first do it.
 */
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';
import type { Features } from './features.ts';
import { tryRollupsLock } from './locks.ts';
import { countColumns, userColumns } from './rollups.ts';
import { mergedSketch } from './sketch.ts';

/** In one transaction. */
const keysMax = 2_000;
const timeoutMs = 60_000;

/** Resolves once nothing is left to fold, or another does it. Errors: those of the pool. */
export async function foldRollups(
  pool: PostgresPool,
  features: Features,
  signal?: AbortSignal,
): Promise<void> {
  const statements = [foldCounts, ...(features.users === 'hll' ? [foldUsers] : [])];
  for (const sql of statements) {
    const more = () =>
      pool.transaction((connection) => foldSome(connection, sql), { timeoutMs, ...(signal && { signal }) });
    while (await more()) {
      // a bounded number of keys at a time
    }
  }
}

async function foldSome(connection: Connection, sql: string): Promise<boolean> {
  const { rows } = await connection.query<{ taken: boolean }>(tryRollupsLock);
  if (!rows[0]!.taken) return false;
  const folded = await connection.query<{ keys: string }>(sql);
  return Number(folded.rows[0]!.keys) === keysMax;
}

const foldCounts = `WITH keys AS (
  SELECT DISTINCT project, tier, start FROM rollup_counts WHERE is_delta LIMIT ${keysMax}
), gone AS (
  DELETE FROM rollup_counts AS rollup USING keys
  WHERE rollup.project = keys.project AND rollup.tier = keys.tier AND rollup.start = keys.start
  RETURNING rollup.*
), folded AS (
  INSERT INTO rollup_counts (${countColumns}, is_delta, events, amount_count, amount_sum, amount_min, amount_max)
  SELECT ${countColumns}, false, sum(events), sum(amount_count), sum(amount_sum), min(amount_min), max(amount_max)
  FROM gone GROUP BY ${countColumns}
)
SELECT count(*) AS keys FROM keys`;

const foldUsers = `WITH keys AS (
  SELECT DISTINCT project, tier, type, start FROM rollup_users WHERE is_delta LIMIT ${keysMax}
), gone AS (
  DELETE FROM rollup_users AS rollup USING keys
  WHERE rollup.project = keys.project AND rollup.tier = keys.tier AND rollup.type = keys.type AND rollup.start = keys.start
  RETURNING rollup.*
), folded AS (
  INSERT INTO rollup_users (${userColumns}, is_delta, users)
  SELECT ${userColumns}, false, ${mergedSketch('users')} FROM gone GROUP BY ${userColumns}
)
SELECT count(*) AS keys FROM keys`;
