/** One number out of the values that a field has on some events; undefined values are left out. */
import type { EventRow } from '../../event/event-row.ts';
import { fieldValue } from '../../plan/field.ts';
import { groupKey } from '../../plan/group.ts';
import type { Aggregate, Measure } from '../../plan/plan.ts';

/** Null when no event has such a value; a sum of nothing is null too. */
export function measured({ agg, of, currency }: Measure, rows: readonly EventRow[]): number | null {
  const asked = currency === undefined ? rows : rows.filter((row) => row.currency === currency);
  const values = asked.map((row) => fieldValue(row, of)).filter((value) => value !== undefined);
  if (agg === 'distinct') return new Set(values.map((value) => groupKey([value]))).size;
  const numbers = values.filter((value) => typeof value === 'number').sort((a, b) => a - b);
  return numbers.length === 0 ? null : aggregated(agg, numbers);
}

/** `numbers`: ascending, at least one. */
function aggregated(agg: Exclude<Aggregate, 'distinct'>, numbers: readonly number[]): number {
  switch (agg) {
    case 'sum':
      return sum(numbers);
    case 'avg':
      return sum(numbers) / numbers.length;
    case 'min':
      return numbers[0]!;
    case 'max':
      return numbers.at(-1)!;
    case 'median':
      return percentile(numbers, 0.5);
    case 'p90':
      return percentile(numbers, 0.9);
    case 'p95':
      return percentile(numbers, 0.95);
    case 'p99':
      return percentile(numbers, 0.99);
    default:
      return agg satisfies never;
  }
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);

/** Between the two values that the share falls between, in proportion (Hyndman and Fan, 1996, type 7). */
function percentile(numbers: readonly number[], share: number): number {
  const place = share * (numbers.length - 1);
  const below = numbers[Math.floor(place)]!;
  const above = numbers[Math.ceil(place)]!;
  return below + (above - below) * (place - Math.floor(place));
}
