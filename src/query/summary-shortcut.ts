/** `GET /analytics/summary`: its parameters as a plan, and the answer as the body that it returns. */
import { objectWith, oneOf } from '../plan/check.ts';
import { groupsMax, parsePlan } from '../plan/parse-plan.ts';
import type { Range, SummaryPlan } from '../plan/plan.ts';
import { getScope, scopeParameters } from './get-scope.ts';
import type { Answer, SummaryBody, SummaryBodyV2 } from './wire.ts';

export const summaryParameters: readonly string[] = [...scopeParameters, 'exact'];

/**
 * The plan of the shortcut. `from` and `to` are inclusive to the millisecond, a bare date is that whole day; without
 * them the range is everything. `parameters` are those of the address, unescaped. Errors: plan_invalid, its pointer
 * naming the parameter.
 */
export function summaryPlan(
  parameters: Readonly<Record<string, unknown>>,
  project: string,
  now: number,
): SummaryPlan {
  const given = objectWith(parameters, '', summaryParameters);
  return parsePlan(
    {
      kind: 'summary',
      ...getScope(given, now),
      exact: given.exact === undefined ? false : ['true', '1'].includes(flagOf(given.exact)),
      // the body tells persons of the whole only
      by: { field: 'type', limit: groupsMax, metrics: ['events'] },
    },
    { project, now },
  ) as SummaryPlan;
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

/** The second version: the names of snake case, and the range that was meant. */
export function summaryBodyV2(answer: Answer, { from, to }: Range): SummaryBodyV2 {
  const { data, cached, meta } = summaryBody(answer);
  return {
    data: {
      total_events: data.totalEvents,
      unique_users: data.uniqueUsers,
      events_by_type: data.eventsByType,
      // a range of plans ends before its `to`
      period: { from: new Date(from).toISOString(), to: new Date(to - 1).toISOString() },
    },
    meta: { ...meta, cached },
  };
}

const flagOf = (value: unknown): string => oneOf(value, '/exact', ['true', 'false', '1', '0']);

/** Without a prototype, so that a type named __proto__ is a key like any other. */
function countsOf(entries: readonly (readonly [string, number])[]): Record<string, number> {
  const counts = Object.create(null) as Record<string, number>;
  for (const [type, events] of entries) counts[type] = events;
  return counts;
}
