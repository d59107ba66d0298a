/**
 * A filter as it is edited: a tree whose conditions may still be incomplete. `treeOf` reads a plan’s filter, `filterOf` writes it without
 * what is incomplete; what an editor cannot show is kept as it was. Rows have ids, so that they stay themselves while others go.
 */
import type { Op } from './operators.ts';
import { operatorOf } from './operators.ts';

/** As plans have it; the server checks it. */
export type Filter = Readonly<Record<string, unknown>>;
export type Scalar = string | number | boolean;
export type SavedFilterKind = 'segment' | 'cohort' | 'goal';

interface Part {
  readonly id: number;
  readonly not: boolean;
}
export interface Condition extends Part {
  readonly kind: 'condition';
  /** '' while none is chosen. */
  readonly field: string;
  readonly op: Op;
  readonly value: Scalar | readonly Scalar[] | undefined;
}
/** One that was saved, by its id. */
export interface SavedFilter extends Part {
  readonly kind: 'saved';
  readonly of: SavedFilterKind;
  readonly name: string;
}
/** People who have so many of some events. */
export interface Cohort extends Part {
  readonly kind: 'cohort';
  readonly group: Group;
  readonly atLeast: number;
  /** Before the end of the range; undefined with a range of its own. */
  readonly days: number | undefined;
  /** `from`, `to`, `bots`: as they were. */
  readonly rest: Filter;
}
export interface Group extends Part {
  readonly kind: 'group';
  readonly join: 'and' | 'or';
  readonly parts: readonly Node[];
}
interface Raw extends Part {
  readonly kind: 'raw';
  readonly filter: Filter;
}
export type Node = Condition | SavedFilter | Cohort | Group | Raw;

export const cohortDaysDefault = 30;
const ops: readonly string[] = [
  'eq',
  'in',
  'gt',
  'gte',
  'lt',
  'lte',
  'contains',
  'startsWith',
  'matches',
  'exists',
];

/** The root is a group always, without `not`. */
export function treeOf(filter: unknown): Group {
  const count = { ids: 0 };
  if (filter === undefined || filter === null)
    return { kind: 'group', id: 0, not: false, join: 'and', parts: [] };
  const node = nodeOf(filter as Filter, false, count);
  if (node.kind === 'group' && !node.not) return node;
  return { kind: 'group', id: ++count.ids, not: false, join: 'and', parts: [node] };
}

function nodeOf(filter: Filter, not: boolean, count: { ids: number }): Node {
  const part = { id: ++count.ids, not };
  const { and, or, not: turned, field, op, value, segment, goal, cohort } = filter;
  if (isObject(turned) && !not) return nodeOf(turned, true, count);
  if (Array.isArray(and) || Array.isArray(or)) {
    const members = (and ?? or) as readonly Filter[];
    if (members.every(isObject))
      return {
        ...part,
        kind: 'group',
        join: and === undefined ? 'or' : 'and',
        parts: members.map((each) => nodeOf(each, false, count)),
      };
  }
  if (typeof field === 'string' && typeof op === 'string' && ops.includes(op))
    return { ...part, kind: 'condition', field, op: op as Op, value: value as Condition['value'] };
  for (const [of, name] of Object.entries({ segment, goal, cohort }))
    if (typeof name === 'string') return { ...part, kind: 'saved', of: of as SavedFilterKind, name };
  if (isObject(cohort)) {
    const { filter: inner, atLeast, days, ...rest } = cohort;
    const within = treeWithin(inner, count);
    return {
      ...part,
      kind: 'cohort',
      group: within,
      atLeast: typeof atLeast === 'number' ? atLeast : 1,
      days: typeof days === 'number' ? days : undefined,
      rest,
    };
  }
  return { ...part, kind: 'raw', filter };
}

function treeWithin(filter: unknown, count: { ids: number }): Group {
  if (!isObject(filter)) return { kind: 'group', id: ++count.ids, not: false, join: 'and', parts: [] };
  const node = nodeOf(filter, false, count);
  return node.kind === 'group' && !node.not
    ? node
    : { kind: 'group', id: ++count.ids, not: false, join: 'and', parts: [node] };
}

const isObject = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Undefined: nothing of it is complete. */
export function filterOf(node: Node): Filter | undefined {
  const filter = plainFilterOf(node);
  return filter === undefined || !node.not ? filter : { not: filter };
}

function plainFilterOf(node: Node): Filter | undefined {
  switch (node.kind) {
    case 'condition':
      return isComplete(node)
        ? { field: node.field, op: node.op, ...(node.op !== 'exists' && { value: node.value }) }
        : undefined;
    case 'saved':
      return node.name === '' ? undefined : { [node.of]: node.name };
    case 'cohort': {
      const filter = filterOf(node.group);
      if (filter === undefined) return undefined;
      const { group: _group, atLeast, days, rest } = node;
      return {
        cohort: { filter, ...(atLeast !== 1 && { atLeast }), ...(days !== undefined && { days }), ...rest },
      };
    }
    case 'group': {
      const parts = node.parts.map(filterOf).filter((each) => each !== undefined);
      if (parts.length < 2) return parts[0];
      return { [node.join]: parts };
    }
    case 'raw':
      return node.filter;
    default:
      return node satisfies never;
  }
}

export function isComplete({ field, op, not, value }: Condition): boolean {
  if (field === '') return false;
  if (operatorOf(field, op, not).takes === 'none') return true;
  if (Array.isArray(value)) return value.length > 0;
  return value !== undefined && value !== '';
}

/** The pointers of a group’s parts within the filter that it becomes; undefined for those that are incomplete. */
export function pointersOf(group: Group, pointer: string): readonly (string | undefined)[] {
  const base = group.not ? `${pointer}/not` : pointer;
  const complete = group.parts.map((part) => filterOf(part) !== undefined);
  const isAlone = complete.filter(Boolean).length < 2;
  let index = -1;
  return complete.map((isThere) => {
    if (!isThere) return undefined;
    index += 1;
    return isAlone ? base : `${base}/${group.join}/${index}`;
  });
}

/** An id that no part has. */
export function nextId(node: Node): number {
  if (node.kind === 'group') return Math.max(node.id, ...node.parts.map((part) => nextId(part) - 1)) + 1;
  if (node.kind === 'cohort') return Math.max(node.id, nextId(node.group) - 1) + 1;
  return node.id + 1;
}

/** How many conditions it has, complete or not. */
export function sizeOf(node: Node): number {
  if (node.kind === 'group') return node.parts.reduce((sum, part) => sum + sizeOf(part), 0);
  return 1;
}
