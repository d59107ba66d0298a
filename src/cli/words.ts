/** Values of answers as words for a terminal. */
import { printable } from './table.ts';

/** Words in parentheses are ours; a value is the sender's and is made safe for the terminal. */
export function groupText({
  value,
  other,
}: {
  readonly value: string | number | boolean | null;
  readonly other?: true;
}): string {
  if (other) return '(other)';
  return value === null ? '(absent)' : printable(String(value));
}

/** 2026-01-31 12:00 on the clocks of the zone. */
export function localTime(iso: string, timeZone: string): string {
  // Swedish dates are ISO 8601
  const format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
  return format.format(new Date(iso));
}

/** The begin of a bucket, as exactly as its interval asks for. */
export function bucketText(iso: string, interval: string, timeZone: string): string {
  const text = localTime(iso, timeZone);
  if (interval === 'month') return text.slice(0, 7);
  return interval === 'day' || interval === 'week' ? text.slice(0, 10) : text;
}

/** 0.4534 → '45.3 %'; nothing for what there is no share of. */
export const percentText = (share: number | null | undefined): string =>
  share == null ? '' : `${+(share * 100).toFixed(1)} %`;

const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** Milliseconds in the two largest units: '2d 4h', '1m 30s', '250 ms'; nothing for null. */
export function durationText(ms: number | null): string {
  if (ms === null) return '';
  const first = units.findIndex(([, unit]) => ms >= unit);
  if (first < 0) return `${Math.round(ms)} ms`;
  const [name, unit] = units[first]!;
  const [nextName, nextUnit] = units[first + 1] ?? ['ms', 0];
  const rest = nextUnit === 0 ? 0 : Math.floor((ms % unit) / nextUnit);
  return `${Math.floor(ms / unit)}${name}${rest === 0 ? '' : ` ${rest}${nextName}`}`;
}
