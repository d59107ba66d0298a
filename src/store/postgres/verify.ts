/** Compares the rollups with what the rows say, cell for cell; each comparison is of one moment, so inserts may go on. */
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import type { RollupDifference } from '../store.ts';
import type { Features } from './features.ts';
import { longMs, type Stretch, within } from './rebuild.ts';
import { countColumns, countsSelect, rollupSource, userColumns, usersSelect } from './rollups.ts';
import { mergedSketch } from './sketch.ts';

/** Enough to see what is wrong. */
const differencesMax = 1_000;

/** Errors: those of the pool. */
export async function verifyStretches(
  pool: PostgresPool,
  features: Features,
  stretches: readonly Stretch[],
): Promise<readonly RollupDifference[]> {
  const found: RollupDifference[] = [];
  for (const stretch of stretches) {
    for (const sql of [countsComparison(stretch), usersComparison(features, stretch)]) {
      const { rows } = await pool.query<RollupDifference & Record<string, string>>(sql, [], {
        timeoutMs: longMs,
      });
      found.push(...rows.map(({ project, day, detail }) => ({ project, day, detail })));
      if (found.length >= differencesMax) return found.slice(0, differencesMax);
    }
  }
  return found;
}

const sourceOf = (stretch: Stretch): string => `(${rollupSource(within('timestamp', stretch))})`;

function countsComparison(stretch: Stretch): string {
  const counted = (events: string, count: string, sum: string, least: string, most: string): string =>
    `concat(${events}, ' events, ', ${count}, ' amounts, sum ', trim_scale(${sum}), ', ', coalesce(${least}::text, 'none'), ' to ', coalesce(${most}::text, 'none'))`;
  const summed = counted(
    'sum(events)',
    'sum(amount_count)',
    'sum(amount_sum)',
    'min(amount_min)',
    'max(amount_max)',
  );
  const named = counted('events', 'amount_count', 'amount_sum', 'amount_min', 'amount_max');
  return comparison(
    countColumns,
    `SELECT ${countColumns}, ${summed} AS counted FROM rollup_counts WHERE ${within('start', stretch)} GROUP BY ${countColumns}`,
    `SELECT ${countColumns}, ${named} AS counted FROM (${countsSelect(sourceOf(stretch))}) AS counts`,
  );
}

function usersComparison(features: Features, stretch: Stretch): string {
  const persons = `(${usersSelect(features, sourceOf(stretch))}) AS persons`;
  const count =
    features.users === 'hll'
      ? `hll_cardinality(${mergedSketch('users')})::text`
      : 'count(DISTINCT user_key)::text';
  return comparison(
    userColumns,
    `SELECT ${userColumns}, ${count} AS counted FROM rollup_users WHERE ${within('start', stretch)} GROUP BY ${userColumns}`,
    `SELECT ${userColumns}, ${count} AS counted FROM ${persons} GROUP BY ${userColumns}`,
  );
}

/** Both sides must have every cell and say the same of it. */
function comparison(columns: string, rollup: string, rows: string): string {
  return `SELECT project, to_char(start AT TIME ZONE 'UTC', 'YYYY-MM-DD') AS day,
  concat(start, ' ', (${columns}), ': the rollup has ', rollup.counted, ', the rows ', source.counted) AS detail
FROM (${rollup}) AS rollup FULL JOIN (${rows}) AS source USING (${columns})
WHERE rollup.counted IS DISTINCT FROM source.counted
ORDER BY start, project LIMIT ${differencesMax}`;
}
