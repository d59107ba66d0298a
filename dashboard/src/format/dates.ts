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
export const dayAndYear = (time: string | number, timeZone: string) =>
  format(time, timeZone, { day: 'numeric', month: 'short', year: 'numeric' });
export const clock = (time: string | number, timeZone: string) =>
  format(time, timeZone, { hour: 'numeric', minute: '2-digit' });
export const dayAndClock = (time: string | number, timeZone: string) =>
  format(time, timeZone, { day: 'numeric', month: 'short', hour: 'numeric', minute: '2-digit' });
/** With seconds, where events follow each other. */
export const clockWithSeconds = (time: string | number, timeZone: string) =>
  format(time, timeZone, { hour: 'numeric', minute: '2-digit', second: '2-digit' });
export const dayAndClockWithSeconds = (time: string | number, timeZone: string) =>
  format(time, timeZone, {
    day: 'numeric',
    month: 'short',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
  });
/** To the millisecond. */
export const exactTime = (time: string | number, timeZone: string) =>
  format(time, timeZone, {
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: 'numeric',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    timeZoneName: 'short',
  });
/** '2026-01-31': the day on which it is in the zone, as a key. */
export const dayKey = (time: string | number, timeZone: string) => {
  let known = dayKeys.get(timeZone);
  if (known === undefined) {
    known = new Intl.DateTimeFormat('en-CA', { timeZone });
    dayKeys.set(timeZone, known);
  }
  return known.format(new Date(time));
};
const dayKeys = new Map<string, Intl.DateTimeFormat>();
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
