/**
 * Ranges that are named rather than written, and ranges to compare with; all by the calendar of a zone, so that days of 23 and 25
 * hours stay days. A named range ends with today, which is not over yet.
 */
import { Temporal } from 'temporal-polyfill';
import type { Range } from './plan.ts';

export const rangeNames = [
  'today',
  'yesterday',
  '7d',
  '30d',
  '90d',
  '12mo',
  'mtd',
  'qtd',
  'ytd',
  'all',
] as const;
export type RangeName = (typeof rangeNames)[number];

/** Nothing is older: see docs/decisions/007. */
const beginning = Date.UTC(1900, 0, 1);

/** `now`, epoch ms, says what day it is in the zone. */
export function namedRange(name: RangeName, now: number, timeZone: string): Range {
  const today = dateAt(now, timeZone);
  const tomorrow = startOf(today.add({ days: 1 }), timeZone);
  const since = (date: Temporal.PlainDate): Range => ({ from: startOf(date, timeZone), to: tomorrow });
  switch (name) {
    case 'today':
      return since(today);
    case 'yesterday':
      return { from: startOf(today.subtract({ days: 1 }), timeZone), to: startOf(today, timeZone) };
    case '7d':
      return since(today.subtract({ days: 6 }));
    case '30d':
      return since(today.subtract({ days: 29 }));
    case '90d':
      return since(today.subtract({ days: 89 }));
    case '12mo':
      return since(today.with({ day: 1 }).subtract({ months: 11 }));
    case 'mtd':
      return since(today.with({ day: 1 }));
    case 'qtd':
      return since(today.with({ day: 1, month: today.month - ((today.month - 1) % 3) }));
    case 'ytd':
      return since(today.with({ day: 1, month: 1 }));
    case 'all':
      return { from: beginning, to: tomorrow };
    default:
      return name satisfies never;
  }
}

/** As many whole months, else whole days, else milliseconds as the range has, right before it. */
export function previousRange({ from, to }: Range, timeZone: string): Range {
  const [first, last] = [dateAt(from, timeZone), dateAt(to, timeZone)];
  const isDates = startOf(first, timeZone) === from && startOf(last, timeZone) === to;
  if (!isDates) return { from: from - (to - from), to: from };
  if (first.day === 1 && last.day === 1) {
    const { months } = first.until(last, { largestUnit: 'months' });
    return { from: startOf(first.subtract({ months }), timeZone), to: from };
  }
  const { days } = first.until(last, { largestUnit: 'days' });
  return { from: startOf(first.subtract({ days }), timeZone), to: from };
}

/** The same dates and times of the clock a year before; 29 February becomes the 28th. */
export function yearBefore({ from, to }: Range, timeZone: string): Range {
  const before = (at: number): number =>
    Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).subtract({ years: 1 })
      .epochMilliseconds;
  return { from: before(from), to: before(to) };
}

const dateAt = (at: number, timeZone: string): Temporal.PlainDate =>
  Temporal.Instant.fromEpochMilliseconds(at).toZonedDateTimeISO(timeZone).toPlainDate();

const startOf = (date: Temporal.PlainDate, timeZone: string): number =>
  date.toZonedDateTime(timeZone).epochMilliseconds;
