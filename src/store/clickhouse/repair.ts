/**
 * Rebuilds the rollups of whole UTC days from the rows, by month: the days' rows are deleted from the rollup tables and
 * made anew. Nobody may insert meanwhile (gate.ts). It may be broken off anywhere and begun again: a delete only touches
 * what was there when it began, and the days stay dirty until the end.
 */
import { millisecondsPerDay } from '../../clock.ts';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import type { FencedCalls } from './fenced-calls.ts';
import { countsSelect, usersSelect } from './rollups.ts';

const settings = {
  lightweight_deletes_sync: 2,
  max_insert_threads: 1,
  // of one month of days at a time; past it the grouping goes through the disk
  max_bytes_before_external_group_by: 256 * 1024 * 1024,
};
const timeoutMs = 10 * 60_000;

export async function rebuildDays(
  client: ClickHouseClient,
  calls: FencedCalls,
  days: readonly number[],
): Promise<void> {
  for (const month of Map.groupBy(days, monthOf).values()) {
    const rollupRows = daysCondition('start', month);
    const rows = `WHERE ${daysCondition('timestamp', month)}`;
    for (const statement of [
      `DELETE FROM rollup_counts WHERE ${rollupRows}`,
      `DELETE FROM rollup_users WHERE ${rollupRows}`,
      `INSERT INTO rollup_counts ${countsSelect('events', rows)}`,
      `INSERT INTO rollup_users ${usersSelect('events', rows)}`,
    ]) {
      await calls.run((queryId) => client.command(statement, { queryId, settings, timeoutMs }));
    }
  }
}

export const dayText = (day: number): string =>
  new Date(day * millisecondsPerDay).toISOString().slice(0, 'yyyy-mm-dd'.length);

const monthOf = (day: number): string => dayText(day).slice(0, 'yyyy-mm'.length);

/** Rows of these days; the outer bounds let the engine skip other months and, in `events`, granules of other days. */
export function daysCondition(column: 'timestamp' | 'start', days: readonly number[]): string {
  const sorted = [...days].sort((a, b) => a - b);
  const literal = (day: number): string => `toDateTime64('${dayText(day)} 00:00:00', 3, 'UTC')`;
  const bounds = `${column} >= ${literal(sorted[0]!)} AND ${column} < ${literal(sorted.at(-1)! + 1)}`;
  const list = sorted.map((day) => `toDate32('${dayText(day)}')`).join(', ');
  return `${bounds} AND ${column === 'start' ? 'toDate32(start)' : 'day'} IN (${list})`;
}

/** Removes a project's rows and rollups. May be broken off anywhere and begun again. */
export async function deleteProjectRows(
  client: ClickHouseClient,
  calls: FencedCalls,
  project: string,
): Promise<void> {
  for (const table of ['rollup_counts', 'rollup_users', 'events']) {
    const statement = `DELETE FROM ${table} WHERE project = ${stringLiteral(project)}`;
    await calls.run((queryId) => client.command(statement, { queryId, settings, timeoutMs }));
  }
}
