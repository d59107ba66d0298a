/** Numbers in the reader's locale. */

const whole = new Intl.NumberFormat(undefined, { maximumFractionDigits: 0 });
const compact = new Intl.NumberFormat(undefined, { notation: 'compact', maximumFractionDigits: 1 });
const share = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 1 });
const wholeShare = new Intl.NumberFormat(undefined, { style: 'percent', maximumFractionDigits: 0 });
const decimal = new Intl.NumberFormat(undefined, { maximumFractionDigits: 2 });
const compactFrom = 100_000;

/** Every digit. */
export const fullNumber = (value: number) => whole.format(value);
/** Short where it is long: 1.2M. */
export const shortNumber = (value: number) =>
  Math.abs(value) >= compactFrom ? compact.format(value) : whole.format(value);
export const decimalNumber = (value: number) => decimal.format(value);
/** 0.123 is 12.3 %. */
export const percent = (value: number) =>
  Math.abs(value) >= 1 ? wholeShare.format(value) : share.format(value);

/** A change as a share of what was, with its sign; undefined where there is nothing to compare with. */
export function change(now: number, before: number | undefined): number | undefined {
  if (before === undefined || before === 0) return undefined;
  return (now - before) / before;
}

const minuteMs = 60_000;

/** 95_000 is '1m 35s'. */
export function duration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds}s`;
  const minutes = Math.floor(ms / minuteMs);
  if (minutes < 60) return `${minutes}m ${seconds % 60}s`;
  return `${Math.floor(minutes / 60)}h ${minutes % 60}m`;
}

const units = ['B', 'kB', 'MB', 'GB', 'TB'];

export function bytes(value: number): string {
  let unit = 0;
  let left = value;
  while (left >= 1000 && unit < units.length - 1) {
    left /= 1000;
    unit += 1;
  }
  return `${left < 10 && unit > 0 ? left.toFixed(1) : Math.round(left)} ${units[unit]}`;
}

/** `sum`: exact decimal text. Without a currency it is a plain number. */
export function money(sum: string, currency: string | null, isShort = true): string {
  const value = Number(sum);
  const digits = isShort && Math.abs(value) >= 1_000 ? 0 : 2;
  try {
    return new Intl.NumberFormat(undefined, {
      ...(currency !== null && { style: 'currency', currency }),
      maximumFractionDigits: digits,
      minimumFractionDigits: currency === null ? 0 : digits,
    }).format(value);
  } catch {
    return `${decimal.format(value)} ${currency}`;
  }
}
