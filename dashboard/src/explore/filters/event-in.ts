/** Filters as people mean them nearly always: a type of event first, then whatever else must hold. */
import type { Filter } from './filter-tree.ts';

/** The type of event that a filter begins with, and the rest of it. */
export function eventIn(filter: unknown): {
  readonly event: string | undefined;
  readonly rest: Filter | undefined;
} {
  const whole = filter as Filter | undefined;
  if (isEvent(whole)) return { event: whole.value, rest: undefined };
  const parts = whole?.and;
  if (!Array.isArray(parts)) return { event: undefined, rest: whole };
  const [first, ...others] = parts as readonly Filter[];
  if (!isEvent(first)) return { event: undefined, rest: whole };
  return { event: first.value, rest: others.length < 2 ? others[0] : { and: others } };
}

export function withEvent(event: string | undefined, rest: Filter | undefined): Filter | undefined {
  if (event === undefined) return rest;
  const first = { field: 'type', op: 'eq', value: event };
  if (rest === undefined) return first;
  return { and: [first, ...(Array.isArray(rest.and) ? (rest.and as readonly Filter[]) : [rest])] };
}

function isEvent(filter: Filter | undefined): filter is { field: 'type'; op: 'eq'; value: string } {
  return filter?.field === 'type' && filter.op === 'eq' && typeof filter.value === 'string';
}
