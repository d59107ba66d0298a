/**
 * Which events a GET is about, out of its parameters: `from` and `to` inclusive to the millisecond, a bare date is that whole
 * day, without them the range is everything. Plans have half-open ranges instead.
 */
import { below, type Fields, invalid } from '../plan/check.ts';
import { timeZoneName } from '../plan/edges.ts';
import { looksLikeSeconds, type Moment, parseTime } from '../plan/time.ts';

/** Where a range begins that names no beginning. */
const beginning = '1900-01-01T00:00:00.000Z';

export const scopeParameters: readonly string[] = ['from', 'to', 'bots', 'timeZone'];

/** The members of a plan; what they hold besides times is checked by `parsePlan`. Errors: plan_invalid. */
export function getScope(given: Fields, now: number) {
  const zone = zoneOf(given.timeZone);
  return {
    from: given.from === undefined ? beginning : isoOf(momentOf('from', given.from, zone).from),
    to: given.to === undefined ? endOfAll(now) : isoOf(momentOf('to', given.to, zone).end),
    timeZone: zone,
    bots: given.bots ?? 'exclude',
  };
}

/** The zone as IANA writes it; UTC when none is named. Errors: plan_invalid. */
export function zoneOf(value: unknown = 'UTC'): string {
  const zone = typeof value === 'string' ? timeZoneName(value) : undefined;
  if (zone === undefined) throw invalid('/timeZone', 'must be an IANA time zone, like Europe/Berlin', value);
  return zone;
}

/** What a parameter's time covers: digits are epoch milliseconds. Errors: plan_invalid, naming the parameter. */
export function momentOf(name: string, value: unknown, timeZone: string): Moment {
  const time = typeof value === 'string' ? readable(value) : value;
  if (looksLikeSeconds(time))
    throw invalid(below('', name), 'looks like seconds; give epoch milliseconds', value);
  const moment = parseTime(time, timeZone);
  if (typeof moment === 'string') throw invalid(below('', name), moment, value);
  return moment;
}

/** Digits are epoch milliseconds; a blank before an offset was a '+' that nobody escaped. */
function readable(value: string): string | number {
  if (/^-?\d{1,16}$/.test(value)) return Number(value);
  return value.replace(/(T.*) (\d\d:?\d\d)$/, '$1+$2');
}

const isoOf = (time: number): string => new Date(time).toISOString();

/** The end of tomorrow, UTC: later nothing is accepted, and it stays the same all day. */
function endOfAll(now: number): string {
  const day = 24 * 3_600_000;
  return isoOf((Math.floor(now / day) + 2) * day);
}
