/**
 * Removes the events of an experiment, a UTC day at a time: rows, rollups and the numbers of what went are changed in one statement
 * each, so that they agree whenever it is broken off, and it goes on when it is called again. Rows at or past the writer's
 * progress stay: they would be taken for ones that never landed, and be stored once more.
 */
import { millisecondsPerDay } from '../../clock.ts';
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import { correct } from './corrections.ts';
import type { Features } from './features.ts';
import { locks } from './locks.ts';
import { dayFrom, longMs, replacedRollups, type Stretch, within } from './rebuild.ts';
import { isTaken } from './retention.ts';
import { changedDays, linkedProjects, noPartition } from './rollups.ts';

const own = `project = $1 AND experiment_id = $2 AND experiment_id <> '' AND ${isTaken('events')}`;

/** Resolves with how many events went. Errors: those of the pool. */
export async function removeExperiment(
  pool: PostgresPool,
  features: Features,
  project: string,
  experimentId: string,
): Promise<number> {
  const { rows } = await pool.query<{ day: string }>(
    `SELECT DISTINCT floor(extract(epoch FROM timestamp) / 86400) AS day FROM events WHERE ${own} ORDER BY day`,
    [project, experimentId],
    { timeoutMs: longMs },
  );
  let gone = 0;
  for (const { day } of rows)
    gone += await removeDay(
      pool,
      features,
      [project, experimentId],
      dayFrom(Number(day) * millisecondsPerDay),
    );
  return gone;
}

async function removeDay(
  pool: PostgresPool,
  features: Features,
  values: readonly [project: string, experimentId: string],
  day: Stretch,
): Promise<number> {
  return pool.transaction(
    async (connection) => {
      await connection.query(locks.rollups);
      const { rows } = await connection.query<{ gone: string }>(
        `WITH gone AS (DELETE FROM events WHERE ${within('timestamp', day)} AND ${own} RETURNING _partition),
corrected AS (${correct('gone', 'deleted')}),
${replacedRollups(features, day, `NOT (${own})`)}
SELECT count(*) AS gone FROM gone`,
        [...values],
      );
      await connection.query(changedDays(noPartition, linkedProjects('project = $1')), [values[0]]);
      return Number(rows[0]!.gone);
    },
    { timeoutMs: longMs, totalMs: longMs },
  );
}
