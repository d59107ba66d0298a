/**
 * `events` under the extension timescaledb: a hypertable whose chunks take the place of our partitions, compressed once their
 * time is past. Everything else is the same: rollups, progress, dedupe.
 */
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';
import { ask } from './ask.ts';
import type { PieceInterval } from './piece.ts';

const intervals: Readonly<Record<PieceInterval, string>> = { month: '1 month', week: '1 week', day: '1 day' };
/** Late events still find their chunk uncompressed. */
const compressAfter = '14 days';
const dropTimeoutMs = 60_000;

export const hypertable = (interval: PieceInterval): string =>
  `SELECT create_hypertable('events', 'timestamp', chunk_time_interval => interval '${intervals[interval]}', create_default_indexes => false)`;

/** Compression comes with the extension's own license alone. */
export async function compressChunks(connection: Connection): Promise<void> {
  const license = `SELECT current_setting('timescaledb.license', true) = 'timescale' AS has`;
  if (!(await ask<{ has: boolean | null }>(connection, license))[0]?.has) return;
  await connection.query(
    `ALTER TABLE events SET (timescaledb.compress, timescaledb.compress_segmentby = 'project, type', timescaledb.compress_orderby = 'timestamp, _partition, _offset')`,
  );
  await connection.query(`SELECT add_compression_policy('events', interval '${compressAfter}')`);
}

/** Chunks from before the time that have no rows any more go. Every insert locks its row of `progress` first, so none comes in between. */
export async function dropEmptyChunks(pool: PostgresPool, before: string): Promise<void> {
  await pool.transaction(
    async (connection) => {
      await connection.query('SELECT FROM progress ORDER BY _partition FOR UPDATE');
      const left = await connection.query(`SELECT FROM events WHERE timestamp < ${before} LIMIT 1`);
      if (left.rowCount === 0) await connection.query(`SELECT drop_chunks('events', ${before})`);
    },
    { timeoutMs: dropTimeoutMs },
  );
}
