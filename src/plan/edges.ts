/**
 * The borders of a trend's buckets in any IANA time zone.
 *
 * A day begins at the first instant that the zone's clocks show its date; where midnight does not exist, that is when
 * they jump over it; a date that a zone skipped has no bucket. Weeks begin on the day asked for, months on the 1st. Hours and
 * quarters begin whenever the clock shows a full one, or jumps into another one: the day on which clocks go back an hour
 * has 25 hours; where they go back by half an hour, the hour that they repeat a part of lasts 90 minutes.
 *
 * The zone's offsets come from Temporal once per transition; between two transitions all is integer arithmetic.
 */
import { Temporal } from 'temporal-polyfill';
import { millisecondsPerDay, millisecondsPerHour, millisecondsPerSlot } from '../clock.ts';
import type { Interval, WeekDay } from './plan.ts';

export interface Buckets {
  /** Bucket i is [edges[i], edges[i + 1]); the first edge is `from`, the last is `to`. Epoch ms. */
  readonly edges: readonly number[];
  /** The same borders before the range clipped the first and the last one. */
  readonly nominal: readonly number[];
}

/** The buckets of the range [from, to), from < to, both epoch ms. `timeZone` must be known: see `timeZoneName`. */
export function bucketsOf(
  from: number,
  to: number,
  interval: Interval,
  timeZone: string,
  weekStart: WeekDay = 'monday',
): Buckets {
  const margin = marginMs[interval];
  const offsets = offsetsOf(from - margin, to + margin, timeZone);
  const all =
    interval === '15m' || interval === 'hour'
      ? clockMarks(offsets, interval === 'hour' ? millisecondsPerHour : millisecondsPerSlot)
      : dateMarks(offsets, interval, weekStart);
  const first = all.findLastIndex((mark) => mark <= from);
  const last = all.findIndex((mark) => mark >= to);
  const nominal = all.slice(first, last + 1);
  return { nominal, edges: [from, ...nominal.slice(1, -1), to] };
}

/** The name as IANA writes it ('Europe/Berlin' for 'europe/berlin'), or undefined when there is no such zone. */
export function timeZoneName(name: string): string | undefined {
  if (!/^[A-Za-z]/.test(name)) return undefined;
  try {
    return new Temporal.ZonedDateTime(0n, name).timeZoneId;
  } catch {
    return undefined;
  }
}

/** The instant, epoch ms, at which the date begins in the zone. `date` is the date's midnight as if it were UTC. */
export function startOfDate(date: number, timeZone: string): number {
  return firstInstantAt(offsetsOf(date - marginMs.day, date + marginMs.day, timeZone), date);
}

/** Enough before `from` and after `to` to find the whole bucket there, whatever the zone does: its length and two days. */
const marginMs: Record<Interval, number> = {
  '15m': 3 * millisecondsPerHour,
  hour: 4 * millisecondsPerHour,
  day: 4 * millisecondsPerDay,
  week: 10 * millisecondsPerDay,
  month: 34 * millisecondsPerDay,
};

/** A stretch of time with one offset from UTC: local = instant + offset, for from <= instant < to. */
interface Offset {
  readonly from: number;
  readonly to: number;
  readonly offsetMs: number;
}

function offsetsOf(from: number, to: number, timeZone: string): readonly Offset[] {
  const offsets: Offset[] = [];
  let at = Temporal.Instant.fromEpochMilliseconds(from).toZonedDateTimeISO(timeZone);
  let begin = from;
  while (begin < to) {
    const next = at.getTimeZoneTransition('next');
    const end = Math.min(next?.epochMilliseconds ?? to, to);
    offsets.push({ from: begin, to: end, offsetMs: at.offsetNanoseconds / 1e6 });
    if (next === null) break;
    at = next;
    begin = end;
  }
  return offsets;
}

/** Instants at which the local clock shows a multiple of `lengthMs`, or jumps from one multiple's stretch into another's. */
function clockMarks(offsets: readonly Offset[], lengthMs: number): number[] {
  const marks: number[] = [];
  let before: number | undefined;
  for (const { from, to, offsetMs } of offsets) {
    const multiple = Math.floor((from + offsetMs) / lengthMs);
    const jumped = before !== undefined && before !== multiple;
    if (jumped && (from + offsetMs) % lengthMs !== 0) marks.push(from);
    const firstMark = Math.ceil((from + offsetMs) / lengthMs) * lengthMs - offsetMs;
    for (let mark = firstMark; mark < to; mark += lengthMs) marks.push(mark);
    before = Math.floor((to - 1 + offsetMs) / lengthMs);
  }
  return marks;
}

/** Instants at which a day, week or month begins. */
function dateMarks(
  offsets: readonly Offset[],
  interval: 'day' | 'week' | 'month',
  weekStart: WeekDay,
): number[] {
  const marks: number[] = [];
  const end = offsets.at(-1)!;
  let date = floorDate(offsets[0]!.from + offsets[0]!.offsetMs, interval, weekStart);
  for (; date < end.to + end.offsetMs; date = nextDate(date, interval)) {
    const mark = firstInstantAt(offsets, date);
    if (mark !== marks.at(-1)) marks.push(mark); // equal when the zone skipped the date
  }
  return marks;
}

/** The first instant at which the local clock shows `local` or later. */
function firstInstantAt(offsets: readonly Offset[], local: number): number {
  const offset = offsets.find(({ to, offsetMs }) => local < to + offsetMs) ?? offsets.at(-1)!;
  return Math.max(local - offset.offsetMs, offset.from);
}

/** 1970-01-01 was a Thursday; how many days before it the week began. */
const daysBefore: Readonly<Record<WeekDay, number>> = {
  thursday: 0,
  wednesday: 1,
  tuesday: 2,
  monday: 3,
  sunday: 4,
  saturday: 5,
  friday: 6,
};

function floorDate(local: number, interval: 'day' | 'week' | 'month', weekStart: WeekDay = 'monday'): number {
  const day = Math.floor(local / millisecondsPerDay) * millisecondsPerDay;
  if (interval === 'day') return day;
  if (interval === 'month') return day - (new Date(day).getUTCDate() - 1) * millisecondsPerDay;
  const week = 7 * millisecondsPerDay;
  const shift = daysBefore[weekStart] * millisecondsPerDay;
  return Math.floor((day + shift) / week) * week - shift;
}

function nextDate(date: number, interval: 'day' | 'week' | 'month'): number {
  if (interval === 'day') return date + millisecondsPerDay;
  if (interval === 'week') return date + 7 * millisecondsPerDay;
  return floorDate(date + 31 * millisecondsPerDay, 'month');
}
