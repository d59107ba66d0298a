/** The range of a question as a person types it: dates are whole days of the time zone, and the end of one is included. */
import { parseTime } from '../plan/time.ts';
import { UsageError } from './context.ts';

export interface RangeOptions {
  readonly from?: string;
  readonly to?: string;
  readonly last?: string;
  readonly tz: string;
}

const unitMs: Readonly<Record<string, number>> = {
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
  w: 7 * 86_400_000,
};
const lastDefault = '7d';

/** Half-open [from, to) as ISO times. `now`: epoch milliseconds. */
export function parseRange(
  options: RangeOptions,
  now: number,
): { readonly from: string; readonly to: string } {
  if (options.last !== undefined && options.from !== undefined)
    throw new UsageError('--last and --from exclude each other');
  const to = options.to === undefined ? now : moment('--to', options.to, options.tz).end;
  const from =
    options.from === undefined
      ? to - durationMs(options.last ?? lastDefault)
      : moment('--from', options.from, options.tz).from;
  if (from >= to) throw new UsageError('--from must be earlier than --to');
  return { from: new Date(from).toISOString(), to: new Date(to).toISOString() };
}

function moment(option: string, text: string, timeZone: string) {
  if (!validZone(timeZone)) throw new UsageError('--tz must be an IANA time zone such as Europe/Berlin');
  const parsed = parseTime(/^\d{11,}$/.test(text) ? Number(text) : text, timeZone);
  if (typeof parsed === 'string') throw new UsageError(`${option} ${parsed}`);
  return parsed;
}

function durationMs(text: string): number {
  const [, amount, unit] = /^(\d{1,5})([mhdw])$/.exec(text) ?? [];
  if (amount === undefined || Number(amount) === 0)
    throw new UsageError('--last must be a duration such as 90m, 24h, 7d or 4w');
  return Number(amount) * unitMs[unit!]!;
}

function validZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
