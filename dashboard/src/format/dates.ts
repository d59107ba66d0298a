/** Dates and times in the reader's locale, in the zone of the question. */
import type { Bucket } from '../../../src/query/wire.ts';

type Parts = Intl.DateTimeFormatOptions;
const formats = new Map<string, Intl.DateTimeFormat>();

function format(time: string | number | Date, timeZone: string, parts: Parts): string {
  const key = JSON.stringify([timeZone, parts]);
  let known = formats.get(key);
  if (known === undefined) {
    known = new Intl.DateTimeFormat(undefined, { timeZone, ...parts });
    formats.set(key, known);
  }
  return known.format(new Date(time));
}

export const day = (time: string | number, timeZone: string) =>
  format(time, timeZone, { day: 'numeric', month: 'short' });
export const fullDay = (time: string | number, timeZone: string) =>
  format(time, timeZone, { weekday: 'short', day: 'numeric', month: 'short', year: 'numeric' });
export const clock = (time: string | number, timeZone: string) =>
  format(time, timeZone, { hour: 'numeric', minute: '2-digit' });
export const dayAndClock = (time: string | number, timeZone: string) =>
  format(time, timeZone, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
const month = (time: string | number, timeZone: string) =>
  format(time, timeZone, { month: 'short', year: 'numeric' });

/** On the axis of a chart. */
export function bucketLabel({ from }: Bucket, interval: string, timeZone: string): string {
  if (interval === 'month') return month(from, timeZone);
  if (interval === 'hour' || interval === '15m') return clock(from, timeZone);
  return day(from, timeZone);
}

/** Over a point of a chart. */
export function bucketTitle({ from, to, complete }: Bucket, interval: string, timeZone: string): string {
  const last = new Date(Date.parse(to) - 1).toISOString();
  const name =
    interval === 'month'
      ? month(from, timeZone)
      : interval === 'week'
        ? `${day(from, timeZone)} – ${day(last, timeZone)}`
        : interval === 'day'
          ? fullDay(from, timeZone)
          : `${dayAndClock(from, timeZone)} – ${clock(to, timeZone)}`;
  return complete ? name : `${name} (not complete)`;
}

const steps: readonly [Intl.RelativeTimeFormatUnit, number][] = [
  ['day', 86_400],
  ['hour', 3_600],
  ['minute', 60],
  ['second', 1],
];
const relative = new Intl.RelativeTimeFormat(undefined, { numeric: 'auto', style: 'short' });

/** '3 min. ago'. */
export function ago(time: string | number, now: number): string {
  const seconds = (new Date(time).getTime() - now) / 1000;
  const [unit, size] = steps.find(([, each]) => Math.abs(seconds) >= each) ?? ['second', 1];
  return relative.format(Math.round(seconds / size), unit);
}

export const browserZone = Intl.DateTimeFormat().resolvedOptions().timeZone;
