/**
 * Removes all of a project, some days at a time: rows, rollups and the numbers of what went are changed in one statement each, so
 * that they agree whenever it is broken off, and it goes on when it is called again.
 */
import { millisecondsPerDay } from '../../clock.ts';
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import { correct } from './corrections.ts';
import { locks } from './locks.ts';
import { longMs, type Stretch, within } from './rebuild.ts';
import { changedDays, linkedProjects, noPartition } from './rollups.ts';

/** Of one transaction, about. */
const rowsMax = 200_000;

export async function removeProject(pool: PostgresPool, project: string): Promise<void> {
  for (const stretch of await stretchesOf(pool, project)) await removeStretch(pool, project, stretch);
  await pool.query(
    `WITH gone AS (DELETE FROM quarantine WHERE project = $1 RETURNING _partition) ${correct('gone', 'discarded')}`,
    [project],
  );
}

/** By what the rollups say of its days; the last one is everything, in case that they are wrong. */
async function stretchesOf(pool: PostgresPool, project: string): Promise<readonly Stretch[]> {
  const { rows } = await pool.query<{ day: string; events: string }>(
    `SELECT extract(epoch FROM start) * 1000 AS day, sum(events) AS events
FROM rollup_counts WHERE project = $1 AND tier = 86400 GROUP BY start ORDER BY start`,
    [project],
    { timeoutMs: longMs },
  );
  const stretches: Stretch[] = [];
  let from: number | undefined;
  let events = 0;
  for (const row of rows) {
    from ??= Number(row.day);
    events += Number(row.events);
    if (events < rowsMax) continue;
    stretches.push({ from, to: Number(row.day) + millisecondsPerDay });
    [from, events] = [undefined, 0];
  }
  return [...stretches, { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY }];
}

async function removeStretch(pool: PostgresPool, project: string, stretch: Stretch): Promise<void> {
  const mine = (column: 'timestamp' | 'start') => `project = $1 AND ${within(column, stretch)}`;
  await pool.transaction(
    async (connection) => {
      await connection.query(locks.rollups);
      await connection.query(
        `WITH gone AS (DELETE FROM events WHERE ${mine('timestamp')} RETURNING _partition, project, timestamp),
gone_counts AS (DELETE FROM rollup_counts WHERE ${mine('start')} RETURNING project, start),
gone_users AS (DELETE FROM rollup_users WHERE ${mine('start')}),
corrected AS (${correct('gone', 'deleted')})
${changedDays(
  noPartition,
  `SELECT DISTINCT project, (at AT TIME ZONE 'UTC')::date AS day FROM (
  SELECT project, start AS at FROM gone_counts UNION ALL SELECT project, timestamp FROM gone) AS changed
UNION ALL ${linkedProjects('project = $1')}`,
)}`,
        [project],
      );
    },
    { timeoutMs: longMs },
  );
}
