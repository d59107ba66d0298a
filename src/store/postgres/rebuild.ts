/**
 * Makes the rollups of a stretch of time anew from its rows, in one statement: what it takes out and what it puts in are of one
 * moment, and what batches add meanwhile is seen by neither and stays. So nobody who writes has to wait.
 */
import { millisecondsPerDay } from '../../clock.ts';
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import type { Features } from './features.ts';
import { locks } from './locks.ts';
import { piecesFound } from './make-pieces.ts';
import { type Cut, pieceOf } from './piece.ts';
import { addedRollups, changedDays, noPartition, rollupSource } from './rollups.ts';

/** Half-open, epoch ms, whole UTC days; -Infinity and Infinity for what has no bound. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export const longMs = 10 * 60_000;

/** An instant as SQL. */
export function instant(ms: number): string {
  if (ms === Number.NEGATIVE_INFINITY) return `'-infinity'::timestamptz`;
  if (ms === Number.POSITIVE_INFINITY) return `'infinity'::timestamptz`;
  return `'${new Date(ms).toISOString()}'::timestamptz`;
}

export const within = (column: 'timestamp' | 'start', { from, to }: Stretch): string =>
  `${column} >= ${instant(from)} AND ${column} < ${instant(to)}`;

/**
 * CTEs, without WITH: the rollups of the stretch become those of its rows for which `condition` (SQL) holds, and the versions of its
 * days change. Needs `locks.rollups`.
 */
export function replacedRollups(features: Features, stretch: Stretch, condition = 'true'): string {
  const source = `(${rollupSource(`${within('timestamp', stretch)} AND ${condition}`)})`;
  return `gone_counts AS (DELETE FROM rollup_counts WHERE ${within('start', stretch)} RETURNING project, start),
gone_users AS (DELETE FROM rollup_users WHERE ${within('start', stretch)}),
${addedRollups(features, source, false)},
changed AS (${changedDays(
    noPartition,
    `SELECT project, (start AT TIME ZONE 'UTC')::date AS day FROM (
  SELECT project, start FROM gone_counts UNION SELECT project, start FROM added_counts) AS starts GROUP BY 1, 2`,
  )})`;
}

export async function rebuildStretch(
  pool: PostgresPool,
  features: Features,
  stretch: Stretch,
): Promise<void> {
  await pool.transaction(
    async (connection) => {
      await connection.query(locks.rollups);
      await connection.query(`WITH ${replacedRollups(features, stretch)} SELECT`);
    },
    { timeoutMs: longMs },
  );
}

/** Stretches, not touching, that together hold all rows and rollups. */
export async function storedStretches(pool: PostgresPool, cut: Cut): Promise<readonly Stretch[]> {
  const found = await piecesFound(pool, cut);
  const { rows } = await pool.query<{ day: string }>(
    'SELECT DISTINCT extract(epoch FROM start) * 1000 AS day FROM rollup_counts WHERE tier = 86400',
    [],
    { timeoutMs: longMs },
  );
  const pieces = [...found, ...rows.map(({ day }) => pieceOf(cut, Number(day)))];
  return [...new Map(pieces.map(({ name, from, to }) => [name, { from, to }])).values()];
}

/** The UTC days that have rows or rollups, as epoch ms of their begin. */
export async function daysToRebuild(pool: PostgresPool, cut: Cut): Promise<readonly number[]> {
  const days: number[] = [];
  for (const stretch of await storedStretches(pool, cut)) {
    const { rows } = await pool.query<{ day: string }>(
      `SELECT DISTINCT day FROM (
  SELECT floor(extract(epoch FROM timestamp) / 86400) AS day FROM events WHERE ${within('timestamp', stretch)}
  UNION ALL SELECT extract(epoch FROM start) / 86400 FROM rollup_counts WHERE tier = 86400 AND ${within('start', stretch)}
) AS days ORDER BY day`,
      [],
      { timeoutMs: longMs },
    );
    days.push(...rows.map(({ day }) => Number(day) * millisecondsPerDay));
  }
  return days;
}

export const dayFrom = (from: number): Stretch => ({ from, to: from + millisecondsPerDay });
