/**
 * The order of groups in an answer: most events first (over the whole range), then the bytes of the value's text, then
 * the name of its type. Total, so that every store cuts at the limit in the same place.
 */
import { compareBytes } from './text.ts';

/** A group's value: null stands for events on which the field is absent or no scalar. */
export type GroupScalar = string | number | boolean | null;

export interface CountedGroup {
  readonly value: GroupScalar;
  readonly events: number;
}

/** Negative when `a` comes first. */
export function compareGroups(a: CountedGroup, b: CountedGroup): number {
  if (a.events !== b.events) return b.events - a.events;
  return (
    compareBytes(groupText(a.value), groupText(b.value)) || compareBytes(typeName(a.value), typeName(b.value))
  );
}

/** JavaScript's own text of the value: 'null', 'true', '0.1', '1e+21'. */
export const groupText = (value: GroupScalar): string => String(value);

/** Tells 1 from '1': a group is a value and its type. */
export const groupKey = (value: GroupScalar): string => `${typeName(value)}:${groupText(value)}`;

export const typeName = (value: GroupScalar): string => (value === null ? 'null' : typeof value);
