/**
 * What keeps the tables in shape: partitions ahead of time, rollups folded, statistics, retention. Each part may run twice and at once
 * from several machines: who comes second waits, finds it done, or leaves it to the first.
 */
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import type { MaintenanceReport, MaintenanceTasks, PartitionReport } from '../store.ts';
import type { SetUp } from './features.ts';
import { foldRollups } from './fold.ts';
import { type Pieces, piecesFound } from './make-pieces.ts';
import { type PieceInterval, piecesAhead } from './piece.ts';
import { longMs } from './rebuild.ts';
import { expireEvents, settleDetached } from './retention.ts';

export interface MaintenanceParts {
  readonly pool: PostgresPool;
  readonly setUp: SetUp;
  readonly pieces: Pieces;
  /** Epoch ms. */
  readonly now: number;
}

/** A partition is ten relations with its indexes, and a question without bounds locks them all: days are made for a month. */
const daysAhead = { month: 366, week: 366, day: 31 } as const;
const defaultRowsMax = 1_000;
const dayMs = 86_400_000;
/** Whatever changes much. */
const tables = ['events', 'rollup_counts', 'rollup_users', 'day_versions', 'quarantine'];

/** Errors: those of the pool. */
export async function maintain(parts: MaintenanceParts, tasks: MaintenanceTasks): Promise<MaintenanceReport> {
  const { pool, setUp } = parts;
  const partitionsMade = tasks.createPartitions ? await makeAhead(parts) : 0;
  const retention = { pool, features: setUp, cut: setUp.cut };
  const { dropBefore } = tasks;
  const expired = await (dropBefore === undefined
    ? settleDetached(retention)
    : expireEvents(retention, dropBefore));
  if (tasks.refreshViews) await foldRollups(pool, setUp);
  if (tasks.vacuum) await vacuum(pool, tasks.analyze);
  else if (tasks.analyze) await analyze(pool);
  return { partitionsMade, expired, partitions: await partitionReport(parts) };
}

/** Resolves with how many were missing. */
export async function makeAhead({ pieces, setUp, now }: MaintenanceParts): Promise<number> {
  if (setUp.pieces === 'timescale') return 0;
  return pieces.cover(piecesAhead(setUp.cut, now, daysAhead[setUp.cut.interval]));
}

/** Of the table as a whole too, which the server's own autovacuum never looks at. */
async function analyze(pool: PostgresPool): Promise<void> {
  await pool.query(`ANALYZE (SKIP_LOCKED) ${tables.join(', ')}`, [], { timeoutMs: longMs });
}

async function vacuum(pool: PostgresPool, andAnalyze: boolean): Promise<void> {
  const { rows } = await pool.query<{ schema: string }>('SELECT current_schema() AS schema');
  const names = tables.map((table) => `${rows[0]!.schema}.${table}`).join(', ');
  await pool.alone(`VACUUM (SKIP_LOCKED${andAnalyze ? ', ANALYZE' : ''}) ${names}`, { timeoutMs: longMs });
}

export async function partitionReport({ pool, setUp, now }: MaintenanceParts): Promise<PartitionReport> {
  if (setUp.pieces === 'timescale')
    return { attached: 0, daysAhead: Number.POSITIVE_INFINITY, rowsInDefault: 0 };
  const found = (await piecesFound(pool, setUp.cut)).filter(({ state }) => state === 'attached');
  let covered = now;
  for (const { from, to } of found) if (from <= covered && to > covered) covered = to;
  return {
    attached: found.length,
    daysAhead: Math.floor((covered - now) / dayMs),
    rowsInDefault: await rowsInDefault(pool),
  };
}

async function rowsInDefault(pool: PostgresPool): Promise<number> {
  const { rows } = await pool.query<{ name: string }>(
    `SELECT partdefid::regclass::text AS name FROM pg_partitioned_table WHERE partrelid = 'events'::regclass AND partdefid <> 0`,
  );
  if (rows[0] === undefined) return 0;
  const counted = await pool.query<{ count: string }>(
    `SELECT count(*) FROM (SELECT FROM ${rows[0].name} LIMIT ${defaultRowsMax}) AS first`,
  );
  return Number(counted.rows[0]!.count);
}

/** What a person should see to. */
export const oddities = ({ rowsInDefault }: PartitionReport): readonly string[] =>
  rowsInDefault === 0
    ? []
    : [
        `the table events has a default partition with rows in it (${rowsInDefault} or more), which no retention removes: give their times partitions of their own and detach it`,
      ];

/** The setting is another one than that which the tables were made with. */
export const keptInterval = ({ cut, pieces }: SetUp, asked: PieceInterval): readonly string[] =>
  cut.interval === asked || pieces === 'timescale'
    ? []
    : [
        `MILLRACE_POSTGRES_PARTITION is ${asked}, but the tables were made with one partition a ${cut.interval}, which stays: move to a new schema (MILLRACE_POSTGRES_SCHEMA) to change it`,
      ];
