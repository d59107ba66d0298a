/**
 * How the tables are cut into partitions: by calendar month (UTC), all months before 2010 together. So their number is
 * bounded whatever times are sent, and with it the parts that the engine holds in memory.
 */
import { millisecondsPerDay } from '../../clock.ts';

/** Stands for itself and for all months before it. */
const firstMonth = '200912';
const firstMonthBegin = '2009-12-01 00:00:00';

/** The partition key of a table, as SQL. */
export const partitionBy = (column: 'timestamp' | 'start'): string =>
  `toYYYYMM(greatest(${column}, toDateTime64('${firstMonthBegin}', 0, 'UTC')))`;

/** The partition of a day, counted since 1970-01-01: '202506'. */
export function monthOf(day: number): string {
  const month = new Date(day * millisecondsPerDay).toISOString().slice(0, 'yyyy-mm'.length).replace('-', '');
  return month < firstMonth ? firstMonth : month;
}
