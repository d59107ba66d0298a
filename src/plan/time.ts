/**
 * Times as people and programs write them: ISO 8601, or epoch milliseconds. A text without an offset, and a bare date,
 * are read on the clocks of a time zone. `from` and `end` say which whole milliseconds the text covers, so that a range
 * may include its last day (`end`) or stop before it (`from`).
 */
import { Temporal } from 'temporal-polyfill';
import { startOfDate } from './edges.ts';

export interface Moment {
  /** The first millisecond at or after it, epoch ms. */
  readonly from: number;
  /** One past the last millisecond that it covers: for a date the begin of the next one. */
  readonly end: number;
}

/** Years 0000 to 9999 in ISO 8601; more than all stores can hold. */
export const earliest = Date.parse('0000-01-01T00:00:00Z');
export const latest = Date.parse('9999-12-31T00:00:00Z');

export const isoPattern =
  /^(\d{4})-(\d\d)-(\d\d)(?:[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?([Zz]|[+-]\d\d:?\d\d)?)?$/;

/** As milliseconds these numbers are weeks of early 1970; as seconds they are the years 2001 to 2128. */
export const looksLikeSeconds = (value: unknown): boolean =>
  typeof value === 'number' && value >= 1e9 && value < 5e9;

/** The moment, or the rule that `value` breaks, which reads after a field's name. `timeZone` must be known. */
export function parseTime(value: unknown, timeZone: string): Moment | string {
  if (typeof value === 'number') return parseNumber(value);
  if (typeof value !== 'string') return 'must be a time: ISO 8601 text or epoch milliseconds';
  const parts = isoPattern.exec(value);
  if (parts === null) return 'must be a time like 2025-06-15, 2025-06-15T12:00:00Z or epoch milliseconds';
  const moment = parts[4] === undefined ? parseDate(parts, timeZone) : parseDateTime(parts, timeZone);
  return moment ?? 'must be a date and time that exist';
}

function parseNumber(value: number): Moment | string {
  if (!Number.isInteger(value)) return 'must be a whole number of epoch milliseconds';
  if (value < earliest || value > latest) return 'must lie in the years 0 to 9999';
  return { from: value, end: value + 1 };
}

function parseDate(
  [, year, month, day]: readonly (string | undefined)[],
  timeZone: string,
): Moment | undefined {
  const date = utcOf(year, month, day);
  if (date === undefined) return undefined;
  return { from: startOfDate(date, timeZone), end: startOfDate(date + 24 * 3_600_000, timeZone) };
}

function parseDateTime(parts: readonly (string | undefined)[], timeZone: string): Moment | undefined {
  const [, year, month, day, hour, minute, second = '0', fraction = '', offset] = parts;
  const utc = utcOf(year, month, day, Number(hour), Number(minute), Number(second));
  const offsetMs = offset === undefined ? 0 : parseOffset(offset);
  if (utc === undefined || offsetMs === undefined) return undefined;
  const whole = Number(fraction.slice(0, 3).padEnd(3, '0'));
  const instant = (offset === undefined ? localToUtc(utc, timeZone) : utc - offsetMs) + whole;
  const isBetween = /[1-9]/.test(fraction.slice(3));
  return { from: isBetween ? instant + 1 : instant, end: instant + 1 };
}

/** Epoch ms of the components read as UTC; undefined when there is no such date or time. */
function utcOf(
  year?: string,
  month?: string,
  day?: string,
  hour = 0,
  minute = 0,
  second = 0,
): number | undefined {
  const date = new Date(0);
  date.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  if (date.getUTCMonth() !== Number(month) - 1 || date.getUTCDate() !== Number(day)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  return date.setUTCHours(hour, minute, second);
}

function parseOffset(offset: string): number | undefined {
  if (offset === 'Z' || offset === 'z') return 0;
  const hours = Number(offset.slice(1, 3));
  const minutes = Number(offset.slice(-2));
  if (hours > 23 || minutes > 59) return undefined;
  return (offset[0] === '-' ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** A local time that occurs twice means the first one; one that clocks skip means as long after the jump. */
function localToUtc(local: number, timeZone: string): number {
  const text = new Date(local).toISOString().slice(0, -1);
  return Temporal.PlainDateTime.from(text).toZonedDateTime(timeZone).epochMilliseconds;
}
