/** Reads and changes members of a plan. Plans come from addresses and from what was saved: nothing is taken for granted. */
import type { PlanInput } from '../../../api/questions.ts';
import { type Interval, intervalOf, viewOf } from '../../../state/view.ts';

export type Members = Readonly<Record<string, unknown>>;

export const membersOf = (value: unknown): Members =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Members) : {};
export const listOf = (value: unknown): readonly Members[] =>
  Array.isArray(value) ? value.map(membersOf) : [];
export const textOf = (value: unknown): string | undefined => (typeof value === 'string' ? value : undefined);
export const numberOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) ? value : undefined;
/** The first of them when it is none. */
export const oneOf = <T extends string>(value: unknown, known: readonly [T, ...T[]]): T =>
  known.find((each) => each === value) ?? known[0];

/** What is undefined goes. */
export function withMembers<T extends Members>(members: T, changes: Members): T {
  const all = Object.entries({ ...members, ...changes });
  return Object.fromEntries(all.filter(([, value]) => value !== undefined)) as T;
}

const scopeNames = ['range', 'from', 'to', 'timeZone', 'weekStart', 'bots', 'filter', 'segments', 'sample'];

/** What every kind has: range, zone, filter and the like. */
export const scopeOf = (plan: Members): Members =>
  Object.fromEntries(Object.entries(plan).filter(([name]) => scopeNames.includes(name)));

/** Buckets that make a readable chart of the plan's range. */
export function intervalFor(plan: PlanInput): Interval {
  return intervalOf(viewOf({ range: textOf(plan.range), from: dayOf(plan.from), to: dayOf(plan.to) }));
}

function dayOf(time: unknown): string | undefined {
  const given = numberOf(time);
  return given === undefined ? textOf(time)?.slice(0, 10) : new Date(given).toISOString().slice(0, 10);
}

/** What is counted. */
export const unitOf = (plan: Members): 'people' | 'sessions' =>
  plan.per === 'session' ? 'sessions' : 'people';
