/**
 * Fills columns from properties in rows that are there, some days at a time: rows and the versions of their days change in one
 * statement, so it may be broken off anywhere, and nothing that is filled is filled again. No rollup holds a field that may be filled.
 */
import { millisecondsPerDay } from '../../clock.ts';
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import { columnName } from '../sql/column-name.ts';
import type { BackfillStep, BackfillTask } from '../store.ts';
import type { Features } from './features.ts';
import { PostgresCompiler } from './postgres-compiler.ts';
import { longMs, type Stretch, within } from './rebuild.ts';
import { changedDays, noPartition } from './rollups.ts';

/** Of one step, about. */
const rowsMax = 200_000;

/** Errors: those of the pool. */
export async function backfillStep(
  pool: PostgresPool,
  features: Features,
  task: BackfillTask,
): Promise<BackfillStep> {
  const { days, left } = await nextDays(pool, task);
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined) return { events: 0, stepsLeft: 0 };
  const stretch = { from: first, to: last + millisecondsPerDay };
  const events = task.dryRun
    ? await count(pool, features, task, stretch)
    : await fill(pool, features, task, stretch);
  const stepsLeft = Math.ceil(left / rowsMax);
  return {
    ...(events > 0 && { days: [dayText(first), dayText(last)] as const }),
    events,
    ...(left > 0 && { next: dayText(last) }),
    stepsLeft,
  };
}

const dayText = (day: number): string => new Date(day).toISOString().slice(0, 'yyyy-mm-dd'.length);

/** Days that have rows, as epoch ms, and how many events there are after them. */
async function nextDays(
  pool: PostgresPool,
  { project, after }: BackfillTask,
): Promise<{ readonly days: readonly number[]; readonly left: number }> {
  const conditions = [
    'tier = 86400',
    ...(project === undefined ? [] : ['project = $1']),
    ...(after === undefined ? [] : [`start > $${project === undefined ? 1 : 2}::timestamptz`]),
  ];
  const values = [
    ...(project === undefined ? [] : [project]),
    ...(after === undefined ? [] : [`${after}T00:00:00Z`]),
  ];
  const { rows } = await pool.query<{ day: string; events: string }>(
    `SELECT extract(epoch FROM start) * 1000 AS day, sum(events) AS events FROM rollup_counts
WHERE ${conditions.join(' AND ')} GROUP BY start ORDER BY start`,
    values,
    { timeoutMs: longMs },
  );
  let events = 0;
  const end = rows.findIndex((row) => {
    events += Number(row.events);
    return events >= rowsMax;
  });
  const taken = end < 0 ? rows.length : end + 1;
  return {
    days: rows.slice(0, taken).map(({ day }) => Number(day)),
    left: rows.slice(taken).reduce((sum, row) => sum + Number(row.events), 0),
  };
}

async function count(
  pool: PostgresPool,
  features: Features,
  task: BackfillTask,
  stretch: Stretch,
): Promise<number> {
  const filling = new Filling(features, task);
  const sql = `SELECT count(*) AS events FROM events WHERE ${filling.where(stretch)}`;
  const { rows } = await pool.query<{ events: string }>(sql, filling.values, { timeoutMs: longMs });
  return Number(rows[0]!.events);
}

async function fill(
  pool: PostgresPool,
  features: Features,
  task: BackfillTask,
  stretch: Stretch,
): Promise<number> {
  const filling = new Filling(features, task);
  const days = `SELECT DISTINCT project, (timestamp AT TIME ZONE 'UTC')::date AS day FROM filled`;
  const sql = `WITH filled AS (
UPDATE events SET ${filling.assignments()} WHERE ${filling.where(stretch)} RETURNING project, timestamp),
changed AS (${changedDays(noPartition, days)})
SELECT count(*) AS events FROM filled`;
  const { rows } = await pool.query<{ events: string }>(sql, filling.values, { timeoutMs: longMs });
  return Number(rows[0]!.events);
}

/** The parts of one statement. */
class Filling {
  readonly #compiler: PostgresCompiler;
  readonly #task: BackfillTask;

  constructor(features: Features, task: BackfillTask) {
    this.#compiler = new PostgresCompiler(features);
    this.#task = task;
  }

  get values(): unknown[] {
    return this.#compiler.parameters.values;
  }

  assignments(): string {
    return this.#task.fields
      .map((one) => {
        const column = columnName(one.field);
        return `${column} = CASE WHEN ${column} = '' THEN ${this.#valueOf(one)} ELSE ${column} END`;
      })
      .join(', ');
  }

  where(stretch: Stretch): string {
    const { fields, project } = this.#task;
    const any = fields.map((one) => `(${columnName(one.field)} = '' AND ${this.#valueOf(one)} <> '')`);
    return [
      within('timestamp', stretch),
      `(${any.join(' OR ')})`,
      ...(project === undefined ? [] : [`project = ${this.#compiler.text(project)}`]),
    ].join(' AND ');
  }

  /** '' when there is none. */
  #valueOf({ paths, charactersMax }: BackfillTask['fields'][number]): string {
    const values = paths.map((path) => {
      const value = this.#compiler.property(path, 'string');
      return `CASE WHEN char_length(${value}) BETWEEN 1 AND ${charactersMax} THEN ${value} END`;
    });
    return `coalesce(${values.join(', ')}, '')`;
  }
}
