/**
 * Retention: events from before a UTC day go from rows and rollups, and how many went is counted, exactly, by partition of the log.
 *
 *   whole pieces   are detached (CONCURRENTLY: nobody who reads or writes waits), then settled in one transaction: their rows counted,
 *                  the rollups of their time made anew, the table dropped. Broken off between the two, the detached table is
 *                  found and settled the next time; its rows are in no answer any more, its rollups still are
 *   the rest       is deleted, some days at a time, each in one statement with its rollups and its count
 *
 * Rows at or past the writer's progress stay: they would be taken for ones that never landed, and be stored once more.
 */
import { millisecondsPerDay } from '../../clock.ts';
import { exclusively } from '../../postgres/exclusively.ts';
import { PostgresError } from '../../postgres/postgres-error.ts';
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';
import { correct } from './corrections.ts';
import type { Features } from './features.ts';
import { locks } from './locks.ts';
import { attachMissing, type Found, finishDetaching, piecesFound } from './make-pieces.ts';
import type { Cut } from './piece.ts';
import { instant, longMs, replacedRollups, type Stretch, within } from './rebuild.ts';
import { changedDays, linkedProjects, noPartition } from './rollups.ts';
import { dropEmptyChunks } from './timescale.ts';

export interface RetentionOptions {
  readonly pool: PostgresPool;
  readonly features: Features;
  readonly cut: Cut;
  /** How long detaching may wait for others before it is broken off, to be finished another time. */
  readonly detachMs?: number;
}

/** Of one transaction, about. */
const rowsMax = 200_000;
const defaultDetachMs = 60_000;
const lockTimeoutMs = 5_000;
/** Of the lock that one process at a time has. */
const name = 'retention';
/** Rows that the writer is done with. */
export const isTaken = (rows: string): string =>
  `EXISTS (SELECT FROM progress WHERE progress._partition = ${rows}._partition AND ${rows}._offset < progress.next)`;

/** Resolves with how many events went; 0 while another process is at it. Errors: those of the pool. */
export async function expireEvents(options: RetentionOptions, before: number): Promise<number> {
  const done = await exclusively(options.pool, name, () => expire(options, before));
  return done?.result ?? 0;
}

/** Ends what an earlier removal left half done, alone. */
export async function settleDetached(options: RetentionOptions): Promise<number> {
  const done = await exclusively(options.pool, name, () => settleAll(options));
  return done?.result ?? 0;
}

async function expire(options: RetentionOptions, before: number): Promise<number> {
  let gone = await settleAll(options);
  if (options.features.pieces === 'partitions') {
    for (const piece of await piecesFound(options.pool, options.cut)) {
      if (piece.to <= before) gone += await dropPiece(options, piece);
    }
  }
  for (const stretch of await stretchesBefore(options.pool, before))
    gone += await deleteStretch(options, stretch);
  if (options.features.pieces === 'timescale') await dropEmptyChunks(options.pool, instant(before));
  return gone;
}

async function settleAll(options: RetentionOptions): Promise<number> {
  if (options.features.pieces === 'timescale') return 0;
  let gone = 0;
  await finishDetaching(options.pool, options.cut);
  for (const piece of await piecesFound(options.pool, options.cut)) {
    if (piece.state === 'detached') gone += await settle(options, piece);
  }
  return gone;
}

const detach = ({ schema, table }: Found, how: 'CONCURRENTLY' | ''): string =>
  `ALTER TABLE ${schema}.events DETACH PARTITION ${schema}.${table} ${how}`;

async function dropPiece(options: RetentionOptions, piece: Found): Promise<number> {
  const { pool, cut, detachMs = defaultDetachMs } = options;
  const { rows } = await pool.query<{ left: boolean }>(
    `SELECT EXISTS (SELECT FROM ${piece.table} AS piece WHERE NOT ${isTaken('piece')}) AS left`,
    [],
    { timeoutMs: longMs },
  );
  // the rest of it is deleted below
  if (rows[0]!.left) return 0;
  try {
    await pool.alone(detach(piece, 'CONCURRENTLY'), { timeoutMs: detachMs });
  } catch (error) {
    // an insert into its time may have ended the detaching
    if (await isAttached(pool, cut, piece)) {
      if (!hasDefaultPartition(error)) throw error;
      await detachAtOnce(pool, piece);
    }
  }
  return settle(options, piece);
}

async function isAttached(pool: PostgresPool, cut: Cut, { table }: Found): Promise<boolean> {
  const found = await piecesFound(pool, cut);
  return found.some((each) => each.table === table && each.state !== 'detached');
}

/** Somebody has given `events` a default partition; PostgreSQL says so with "object not in prerequisite state". */
const hasDefaultPartition = (error: unknown): boolean =>
  error instanceof PostgresError && error.sqlState === '55000';

/** Locks all of `events` for a moment; gives up before it holds others up. */
async function detachAtOnce(pool: PostgresPool, piece: Found): Promise<void> {
  await pool.transaction(async (connection) => {
    await connection.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    await connection.query(detach(piece, ''));
  });
}

/** Ends a table that is detached. What must stay of it goes back to where it was. */
async function settle({ pool, features, cut }: RetentionOptions, piece: Found): Promise<number> {
  const { table } = piece;
  return pool.transaction(
    async (connection) => {
      await connection.query(locks.pieces);
      const there = await connection.query<{ there: boolean }>(
        'SELECT to_regclass($1) IS NOT NULL AS there',
        [table],
      );
      // another has settled it meanwhile
      if (!there.rows[0]!.there) return 0;
      await connection.query(locks.rollups);
      await putBack(connection, cut, piece);
      const gone = await connection.query<{ gone: string }>(
        `WITH gone AS (SELECT _partition FROM ${table}), corrected AS (${correct('gone', 'expired')})
SELECT count(*) AS gone FROM gone`,
      );
      await connection.query(`WITH ${replacedRollups(features, piece)} SELECT`);
      await connection.query(changedDays(noPartition, linkedProjects()));
      await connection.query(`DROP TABLE ${table}`);
      return Number(gone.rows[0]!.gone);
    },
    { timeoutMs: longMs, totalMs: longMs },
  );
}

/** Rows that came after the piece was looked at. What is taken stays taken, so it does not matter what the writers do meanwhile. */
async function putBack(connection: Connection, cut: Cut, piece: Found): Promise<void> {
  const left = await connection.query(
    `SELECT FROM ${piece.table} AS piece WHERE NOT ${isTaken('piece')} LIMIT 1`,
  );
  if (left.rowCount === 0) return;
  await attachMissing(connection, cut, [piece]);
  await connection.query(
    `WITH kept AS (DELETE FROM ${piece.table} AS piece WHERE NOT ${isTaken('piece')} RETURNING *)
INSERT INTO events SELECT * FROM kept`,
  );
}

/** Days before the bound that have rollups, in stretches of about `rowsMax` events. */
async function stretchesBefore(pool: PostgresPool, before: number): Promise<readonly Stretch[]> {
  const { rows } = await pool.query<{ day: string; events: string }>(
    `SELECT extract(epoch FROM start) * 1000 AS day, sum(events) AS events
FROM rollup_counts WHERE tier = 86400 AND start < ${instant(before)} GROUP BY start ORDER BY start`,
    [],
    { timeoutMs: longMs },
  );
  const stretches: Stretch[] = [];
  let from: number | undefined;
  let events = 0;
  for (const [i, row] of rows.entries()) {
    from ??= Number(row.day);
    events += Number(row.events);
    if (events < rowsMax && i < rows.length - 1) continue;
    stretches.push({ from, to: Number(row.day) + millisecondsPerDay });
    [from, events] = [undefined, 0];
  }
  return stretches;
}

async function deleteStretch({ pool, features }: RetentionOptions, stretch: Stretch): Promise<number> {
  return pool.transaction(
    async (connection) => {
      await connection.query(locks.rollups);
      const { rows } = await connection.query<{ gone: string }>(
        `WITH gone AS (DELETE FROM events WHERE ${within('timestamp', stretch)} AND ${isTaken('events')} RETURNING _partition),
corrected AS (${correct('gone', 'expired')}),
${replacedRollups(features, stretch, `NOT ${isTaken('events')}`)}
SELECT count(*) AS gone FROM gone`,
      );
      await connection.query(changedDays(noPartition, linkedProjects()));
      return Number(rows[0]!.gone);
    },
    { timeoutMs: longMs, totalMs: longMs },
  );
}
