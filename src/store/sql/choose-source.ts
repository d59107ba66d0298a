/**
 * Decides for each metric of a question where its numbers come from: rollups wherever they can answer it, raw rows for
 * the rest. A pure pass over the plan; what the rollups hold is data (`rollupFields`).
 */
import { groupingOf } from '../../plan/group.ts';
import type { Filter, Metric, Plan } from '../../plan/plan.ts';
import type { Question } from '../store.ts';
import { type Cover, cover, type Range, rawCover, type Tier } from './cover.ts';

/** A cover for each metric that the plan asks for; events always, since cells and groups follow from them. */
export interface Sources {
  readonly events: Cover;
  readonly users: Cover | undefined;
  readonly amounts: Cover | undefined;
}

/** What the rollups know of an event besides its time and project. Sketches of persons are not kept by currency. */
const rollupFields: Readonly<Record<Metric, ReadonlySet<string>>> = {
  events: new Set(['type', 'bot', 'currency']),
  amount: new Set(['type', 'bot', 'currency']),
  users: new Set(['type', 'bot']),
};
const rollupTiers: Readonly<Record<Metric, readonly Tier[]>> = {
  events: ['slot'],
  amount: ['slot'],
  users: ['day', 'hour', 'slot'],
};

/** @param dirty the days whose rollups may be wrong: ranges of whole UTC days, ascending */
export function chooseSource({ plan, edges }: Question, dirty: readonly Range[]): Sources {
  const used = usedFields(plan);
  const sourceOf = (metric: Metric): Cover => {
    const raw =
      (metric === 'users' && plan.exact) || ![...used].every((field) => rollupFields[metric].has(field));
    return raw ? rawCover(edges[0]!, edges.at(-1)!) : cover(edges, rollupTiers[metric], dirty);
  };
  return {
    events: sourceOf('events'),
    users: plan.metrics.includes('users') ? sourceOf('users') : undefined,
    amounts: plan.metrics.includes('amount') ? sourceOf('amount') : undefined,
  };
}

export const usesRollups = ({ tiers }: Cover): boolean =>
  Object.values(tiers).some((ranges) => ranges.length > 0);

function usedFields(plan: Plan): Set<string> {
  const fields = plan.filter === undefined ? new Set<string>() : filterFields(plan.filter);
  for (const field of groupingOf(plan)?.fields ?? []) fields.add(field);
  return fields;
}

/** Every field that a filter looks at. */
export function filterFields(filter: Filter): Set<string> {
  if ('and' in filter) return new Set(filter.and.flatMap((part) => [...filterFields(part)]));
  if ('or' in filter) return new Set(filter.or.flatMap((part) => [...filterFields(part)]));
  if ('not' in filter) return filterFields(filter.not);
  return new Set([filter.field]);
}
