/** Filters of plans as the lists of people and events keep them in the address, and add to them. */
import type { Filter as PlanFilter } from '../../explore/filters/filter-tree.ts';
import { conditionFilter, conditionOf } from '../../state/conditions.ts';
import type { Search } from '../../state/view.ts';

export type { PlanFilter };

type Value = string | number | boolean;

/** What is written in the address: filters as JSON, or short (`country==DE`). What is wrong there is left out. */
export function filterOf(given: Search[string]): PlanFilter | undefined {
  const texts = given === undefined ? [] : typeof given === 'string' ? [given] : given;
  return together(
    texts.flatMap((text): PlanFilter[] => {
      const filter = readFilter(text);
      return filter === undefined ? [] : [filter];
    }),
  );
}

function readFilter(text: string): PlanFilter | undefined {
  if (!text.trimStart().startsWith('{')) {
    const condition = conditionOf(text);
    return condition && (conditionFilter(condition) as PlanFilter);
  }
  try {
    return JSON.parse(text) as PlanFilter;
  } catch {
    return undefined;
  }
}

export const filterText = (filter: PlanFilter | undefined): string | undefined =>
  filter === undefined ? undefined : JSON.stringify(filter);

/** All must match. */
export function together(parts: readonly PlanFilter[]): PlanFilter | undefined {
  const all = parts.flatMap(partsOf);
  return all.length <= 1 ? all[0] : { and: all };
}

export const partsOf = (filter: PlanFilter | undefined): readonly PlanFilter[] =>
  filter === undefined ? [] : Array.isArray(filter.and) ? (filter.and as readonly PlanFilter[]) : [filter];

/** One field is equal to one value at most: the new one takes the place of another. */
export function withValue(filter: PlanFilter | undefined, field: string, value: Value): PlanFilter {
  const others = partsOf(filter).filter((part) => !(part.field === field && part.op === 'eq'));
  return together([...others, { field, op: 'eq', value }])!;
}

export const without = (filter: PlanFilter | undefined, index: number): PlanFilter | undefined =>
  together(partsOf(filter).filter((_, at) => at !== index));

/** Whether any of the fields holds the text. */
export const anyContains = (fields: readonly string[], text: string): PlanFilter => ({
  or: fields.map((field) => ({ field, op: 'contains', value: text })),
});
