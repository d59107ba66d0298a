/**
 * Decides for each metric of a question where its numbers come from: rollups wherever they can answer it, raw rows for
 * the rest. A pure pass over the plan; what the rollups hold is data (`rollupFields`).
 */
import { groupingOf } from '../../plan/group.ts';
import type { Filter, Plan } from '../../plan/plan.ts';
import type { Question } from '../store.ts';
import { type Cover, cover, type Range, rawCover, type Tier } from './cover.ts';

/** A cover for each metric that the plan asks for; events always, since cells and groups follow from them. */
export interface Sources {
  readonly events: Cover;
  readonly users: Cover | undefined;
  readonly amounts: Cover | undefined;
}

type RolledUp = 'events' | 'users' | 'amount';

/** What the rollups know of an event besides its time and project. Sketches of persons are not kept by currency. */
const rollupFields: Readonly<Record<RolledUp, ReadonlySet<string>>> = {
  events: new Set(['type', 'bot', 'currency']),
  amount: new Set(['type', 'bot', 'currency']),
  users: new Set(['type', 'bot']),
};

/** Which rollups a store keeps, the largest tier first. Each question is answered from the largest that fit. */
export interface Rollups {
  readonly tiers: Readonly<Record<RolledUp, readonly Tier[]>>;
  /** Whether persons are counted exactly from them. */
  readonly exactUsers: boolean;
}

/** @param dirty the days whose rollups may be wrong: ranges of whole UTC days, ascending */
export function chooseSource(
  { plan, edges }: Question,
  rollups: Rollups,
  dirty: readonly Range[] = [],
): Sources {
  const sourceOf = (metric: RolledUp): Cover => {
    const used = usedFields(plan, metric);
    const raw =
      (metric === 'users' && plan.exact && !rollups.exactUsers) ||
      plan.sample !== undefined ||
      ![...used].every((field) => rollupFields[metric].has(field));
    return raw ? rawCover(edges[0]!, edges.at(-1)!) : cover(edges, rollups.tiers[metric], dirty);
  };
  return {
    events: sourceOf('events'),
    users: plan.metrics.includes('users') ? sourceOf('users') : undefined,
    amounts: plan.metrics.includes('amount') ? sourceOf('amount') : undefined,
  };
}

export const usesRollups = ({ tiers }: Cover): boolean =>
  Object.values(tiers).some((ranges) => ranges.length > 0);

/** Groups are ordered by their events, so those are counted by group whatever is told of it. */
function usedFields(plan: Plan, metric: RolledUp): Set<string> {
  const fields = plan.filter === undefined ? new Set<string>() : filterFields(plan.filter);
  const grouping = groupingOf(plan);
  if (grouping === undefined || !(metric === 'events' || grouping.metrics.includes(metric))) return fields;
  return fields.union(new Set(grouping.fields));
}

/** Every field that a filter looks at; 'person' for a cohort, which no rollup knows. */
export function filterFields(filter: Filter): Set<string> {
  if ('and' in filter) return new Set(filter.and.flatMap((part) => [...filterFields(part)]));
  if ('or' in filter) return new Set(filter.or.flatMap((part) => [...filterFields(part)]));
  if ('not' in filter) return filterFields(filter.not);
  if ('cohort' in filter) return new Set(['person']);
  return new Set([filter.field]);
}
