/**
 * Groups: by which fields, and their order in an answer: most events first (over the whole range), then value by value the
 * bytes of its text and the name of its type. Total, so that every store cuts at the limit in the same place. Never by
 * users or amounts: sketches differ within their error, and several currencies have no order.
 */
import type { FieldName, Metric, Plan } from './plan.ts';
import { compareBytes } from './text.ts';

/** `by` of every kind in one form: a summary by one field and a breakdown by it are the same question inside. */
export interface Grouping {
  readonly fields: readonly FieldName[];
  readonly limit: number;
  /** What is told of each group. */
  readonly metrics: readonly Metric[];
}

export function groupingOf(plan: Plan): Grouping | undefined {
  const { metrics } = plan;
  if (plan.kind === 'breakdown')
    return { fields: plan.by.map(({ field }) => field), limit: plan.limit, metrics };
  return plan.by && { fields: [plan.by.field], limit: plan.by.limit, metrics: plan.by.metrics ?? metrics };
}

/** A group's value: null stands for events on which the field is absent or no scalar. */
export type GroupScalar = string | number | boolean | null;

export interface CountedGroup {
  /** One for each field of the grouping. */
  readonly values: readonly GroupScalar[];
  readonly events: number;
}

/** Negative when `a` comes first. */
export function compareGroups(a: CountedGroup, b: CountedGroup): number {
  if (a.events !== b.events) return b.events - a.events;
  for (const [i, value] of a.values.entries()) {
    const order = compareValues(value, b.values[i]!);
    if (order !== 0) return order;
  }
  return 0;
}

function compareValues(a: GroupScalar, b: GroupScalar): number {
  return compareBytes(groupText(a), groupText(b)) || compareBytes(typeName(a), typeName(b));
}

/** JavaScript's own text of the value: 'null', 'true', '0.1', '1e+21'. */
export const groupText = (value: GroupScalar): string => String(value);

/** One text for each group. Tells 1 from '1': a group is its values and their types. */
export const groupKey = (values: readonly GroupScalar[]): string =>
  JSON.stringify(values.map((value) => `${typeName(value)}:${groupText(value)}`));

export const typeName = (value: GroupScalar): string => (value === null ? 'null' : typeof value);
