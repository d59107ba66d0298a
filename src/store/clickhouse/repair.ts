/**
 * Makes rollups anew, a partition (a month) at a time: what stays is copied aside, the days to rebuild are added from
 * the rows, and the partition is swapped in one step. Nobody may insert meanwhile (gate.ts). It may be broken off anywhere
 * and begun again. Not by deleting: a mutation took 0.15 s for every part of a table, whatever it touched; this takes
 * as long as the month's rollup is large.
 */
import { millisecondsPerDay } from '../../clock.ts';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import type { FencedCalls } from './fenced-calls.ts';
import { monthOf } from './partitions.ts';
import { countsSelect, usersSelect } from './rollups.ts';

export { monthOf };

const settings = {
  max_insert_threads: 1,
  // sketches take far more memory than the engine's usual bounds of a block know of: a day of a month with 3 million events took 1.3 GB
  max_block_size: 4_096,
  min_insert_block_size_rows: 16_384,
  max_threads: 1,
  // a month of which nothing is left is swapped for nothing
  allow_replace_partition_from_empty_source: 1,
  // beyond it the grouping goes through the disk
  max_bytes_before_external_group_by: 256 * 1024 * 1024,
};
const timeoutMs = 10 * 60_000;

const rollups = [
  { table: 'rollup_counts', select: countsSelect },
  { table: 'rollup_users', select: usersSelect },
] as const;

/** @param days since 1970-01-01, of any months */
export async function rebuildDays(
  client: ClickHouseClient,
  calls: FencedCalls,
  days: readonly number[],
): Promise<void> {
  const run = (sql: string) => calls.run((queryId) => client.command(sql, { queryId, settings, timeoutMs }));
  for (const [partition, some] of Map.groupBy(days, monthOf)) {
    for (const { table, select } of rollups) {
      const rebuilt = daysCondition('start', some);
      await run(`TRUNCATE TABLE ${table}_stage`);
      await run(
        `INSERT INTO ${table}_stage SELECT * FROM ${table} WHERE ${isOf(partition)} AND NOT (${rebuilt})`,
      );
      await run(
        `INSERT INTO ${table}_stage ${select('events', `WHERE ${daysCondition('timestamp', some)}`)}`,
      );
      await run(`ALTER TABLE ${table} REPLACE PARTITION ID '${partition}' FROM ${table}_stage`);
      await run(`TRUNCATE TABLE ${table}_stage`);
    }
  }
}

/** The rollups of every month without the project. */
export async function deleteProjectRollups(
  client: ClickHouseClient,
  calls: FencedCalls,
  project: string,
): Promise<void> {
  const run = (sql: string) => calls.run((queryId) => client.command(sql, { queryId, settings, timeoutMs }));
  for (const { table } of rollups) {
    const isGone = `project = ${stringLiteral(project)}`;
    const partitions = await client.rows<[string]>(
      `SELECT DISTINCT _partition_id FROM ${table} WHERE ${isGone}`,
    );
    for (const [partition] of partitions) {
      const kept = `${isOf(partition)} AND NOT (${isGone})`;
      await run(`TRUNCATE TABLE ${table}_stage`);
      await run(`INSERT INTO ${table}_stage SELECT * FROM ${table} WHERE ${kept}`);
      await run(`ALTER TABLE ${table} REPLACE PARTITION ID '${partition}' FROM ${table}_stage`);
      await run(`TRUNCATE TABLE ${table}_stage`);
    }
  }
}

export const dayText = (day: number): string =>
  new Date(day * millisecondsPerDay).toISOString().slice(0, 'yyyy-mm-dd'.length);

const isOf = (partition: string): string => `_partition_id = ${stringLiteral(partition)}`;

/** Rows of these days; the outer bounds let the engine skip other months and, in `events`, granules of other days. */
export function daysCondition(column: 'timestamp' | 'start', days: readonly number[]): string {
  const sorted = [...days].sort((a, b) => a - b);
  const literal = (day: number): string => `toDateTime64('${dayText(day)} 00:00:00', 3, 'UTC')`;
  const bounds = `${column} >= ${literal(sorted[0]!)} AND ${column} < ${literal(sorted.at(-1)! + 1)}`;
  const list = sorted.map((day) => `toDate32('${dayText(day)}')`).join(', ');
  return `${bounds} AND ${column === 'start' ? 'toDate32(start)' : 'day'} IN (${list})`;
}
