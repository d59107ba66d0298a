/** How a step is called: as its author says, else in the words of its filter. */
import { eventIn } from '../../filters/event-in.ts';
import { filterWords } from '../../filters/filter-words.ts';
import { type Members, textOf } from './plan-parts.ts';

/** Steps must have a filter; this one lets every event through. */
export const anyEvent = { field: 'type', op: 'exists' };

/** As editors have it: undefined is any event. */
export const editedFilter = (filter: unknown): unknown =>
  JSON.stringify(filter) === JSON.stringify(anyEvent) ? undefined : filter;

export function stepName(step: Members | undefined, index: number): string {
  const name = textOf(step?.name);
  if (name !== undefined && name !== '') return name;
  return eventWords(step?.filter) ?? `Step ${index + 1}`;
}

/** 'add_to_cart, Country is Germany'; undefined for what is no filter. */
export function eventWords(filter: unknown): string | undefined {
  if (typeof filter !== 'object' || filter === null) return undefined;
  const edited = editedFilter(filter);
  if (edited === undefined) return 'Any event';
  const { event, rest } = eventIn(edited);
  if (rest === undefined) return event;
  return event === undefined ? filterWords(rest) : `${event}, ${filterWords(rest)}`;
}
