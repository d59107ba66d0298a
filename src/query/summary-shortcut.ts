/** `GET /analytics/summary`: its parameters as a plan, and the answer as the body that it returns. */
import { below, invalid, objectWith, oneOf } from '../plan/check.ts';
import { timeZoneName } from '../plan/edges.ts';
import { groupsMax, parsePlan } from '../plan/parse-plan.ts';
import type { Plan } from '../plan/plan.ts';
import { looksLikeSeconds, type Moment, parseTime } from '../plan/time.ts';
import type { Answer, SummaryBody } from './wire.ts';

export const summaryParameters: readonly string[] = ['from', 'to', 'bots', 'exact', 'timeZone'];
/** Where a range begins that names no beginning. */
const beginning = '1900-01-01T00:00:00.000Z';

/**
 * The plan of the shortcut. `from` and `to` are inclusive to the millisecond, a bare date is that whole day; without
 * them the range is everything. `parameters` are those of the address, unescaped. Errors: plan_invalid, its pointer
 * naming the parameter.
 */
export function summaryPlan(
  parameters: Readonly<Record<string, unknown>>,
  project: string,
  now: number,
): Plan {
  const given = objectWith(parameters, '', summaryParameters);
  const timeZone = given.timeZone ?? 'UTC';
  const zone = typeof timeZone === 'string' ? timeZoneName(timeZone) : undefined;
  if (zone === undefined)
    throw invalid('/timeZone', 'must be an IANA time zone, like Europe/Berlin', timeZone);
  const from = given.from === undefined ? beginning : isoOf(momentOf('from', given.from, zone).from);
  const to = given.to === undefined ? endOfAll(now) : isoOf(momentOf('to', given.to, zone).end);
  return parsePlan(
    {
      kind: 'summary',
      from,
      to,
      timeZone: zone,
      bots: given.bots ?? 'exclude',
      exact: given.exact === undefined ? false : ['true', '1'].includes(flagOf(given.exact)),
      by: { field: 'type', limit: groupsMax },
    },
    project,
  );
}

export function summaryBody(answer: Answer): SummaryBody {
  if (answer.data.kind !== 'summary')
    throw new TypeError(`the shortcut asks for a summary, not a ${answer.data.kind}`);
  const { total, groups = [] } = answer.data;
  const { approximate, error, stale, asOf, cached } = answer.meta;
  const named = groups.filter((group) => group.other === undefined);
  return {
    data: {
      totalEvents: total.events,
      uniqueUsers: total.users ?? 0,
      eventsByType: countsOf(named.map((group) => [String(group.value), group.events])),
    },
    cached,
    meta: { approximate, error, stale, asOf, ...(named.length < groups.length && { truncated: true }) },
  };
}

function momentOf(name: 'from' | 'to', value: unknown, timeZone: string): Moment {
  const time = typeof value === 'string' ? readable(value) : value;
  if (looksLikeSeconds(time))
    throw invalid(below('', name), 'looks like seconds; give epoch milliseconds', value);
  const moment = parseTime(time, timeZone);
  if (typeof moment === 'string') throw invalid(below('', name), moment, value);
  return moment;
}

/** Digits are epoch milliseconds; a blank before an offset was a '+' that nobody escaped. */
function readable(value: string): string | number {
  if (/^-?\d+$/.test(value)) return Number(value);
  return value.replace(/(T.*) (\d\d:?\d\d)$/, '$1+$2');
}

const isoOf = (time: number): string => new Date(time).toISOString();

/** The end of tomorrow, UTC: later nothing is accepted, and it stays the same all day. */
function endOfAll(now: number): string {
  const day = 24 * 3_600_000;
  return isoOf((Math.floor(now / day) + 2) * day);
}

const flagOf = (value: unknown): string => oneOf(value, '/exact', ['true', 'false', '1', '0']);

/** Without a prototype, so that a type named __proto__ is a key like any other. */
function countsOf(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const counts = Object.create(null) as Record<string, number>;
  for (const [type, events] of entries) counts[type] = events;
  return counts;
}
