/** Reads the rows that a compiled question gives into the cells of the contract, in the order that it promises. */
import { groupingOf } from '../../plan/group.ts';
import type { Metric } from '../../plan/plan.ts';
import { compareBytes } from '../../plan/text.ts';
import type { AmountCell, Cell, Group, GroupValue, Question } from '../store.ts';
import { type ArmName, places } from './question-compiler.ts';

/** The columns of `QuestionCompiler.outputs`; 64-bit integers as text. */
export type AnswerRow = readonly [
  arm: ArmName,
  place: string,
  bucket: string,
  label: string,
  events: string,
  /** In the arm `sessions` these; in the arm `measures` the label holds the numbers. */
  users: string,
  amountCount: string,
  sum: string,
  min: string,
  max: string,
];

/** How a dialect says what the rows hold. */
export interface AnswerForm {
  /** The index of the bucket out of its column. */
  bucketOf(text: string): number;
  /** The values of a group out of its label. */
  valuesOf(label: string): readonly GroupValue[];
  /** What the number of persons is for what the store counted. */
  usersOf(counted: number): number;
}

interface Building {
  readonly bucket: number;
  readonly place: number;
  events: number;
  users: number;
  sessions: number;
  values?: readonly (number | null)[];
  readonly amounts: AmountCell[];
}

export function cellsOf(
  { plan }: Question,
  rows: readonly AnswerRow[],
  { bucketOf, valuesOf, usersOf }: AnswerForm,
): readonly Cell[] {
  const cells = new Map<string, Building>();
  const groups = new Map<number, Group>([
    [places.all, { kind: 'all' }],
    [places.other, { kind: 'other' }],
  ]);
  const cellAt = (place: number, bucket: string): Building => {
    const key = `${place}:${bucket}`;
    const found = cells.get(key);
    if (found !== undefined) return found;
    const made = { bucket: bucketOf(bucket), place, events: 0, users: 0, sessions: 0, amounts: [] };
    cells.set(key, made);
    return made;
  };
  for (const [arm, at, bucket, label, events, users, count, sum, min, max] of rows) {
    const place = Number(at);
    if ((arm === 'top' || arm === 'ranked') && place !== places.other)
      groups.set(place, { kind: 'values', values: valuesOf(label) });
    if (arm === 'top') continue;
    const cell = cellAt(place, bucket);
    if (arm === 'sessions') {
      cell.sessions = Number(users);
      continue;
    }
    if (arm === 'measures') {
      cell.values = label.split(',').map(numberOf);
      continue;
    }
    cell.events += Number(events);
    if (place !== places.all) cellAt(places.all, bucket).events += Number(events);
    cell.users += usersOf(Number(users));
    if (arm === 'amounts') {
      cell.amounts.push({
        currency: label,
        count: Number(count),
        sum: BigInt(sum),
        min: BigInt(min),
        max: BigInt(max),
      });
    }
  }
  const ofGroups = groupingOf(plan)?.metrics ?? [];
  const tells = (place: number, metric: Metric): boolean =>
    (place === places.all ? plan.metrics : ofGroups).includes(metric);
  const nothing = plan.measures?.map(({ agg }) => (agg === 'distinct' ? 0 : null));
  // a cell without events can only be of rows that arrived between two arms
  return [...cells.values()]
    .filter(({ events }) => events > 0)
    .sort((a, b) => rank(a.place) - rank(b.place) || a.bucket - b.bucket)
    .map(({ bucket, place, events, users, sessions, values, amounts }) => ({
      bucket,
      group: groups.get(place)!,
      events,
      ...(tells(place, 'users') ? { users } : {}),
      ...(tells(place, 'sessions') ? { sessions } : {}),
      ...(nothing ? { values: values ?? nothing } : {}),
      amounts: amounts.sort((a, b) => compareBytes(a.currency, b.currency)),
    }));
}

/** `all` first, the groups in their order, `other` last. */
const rank = (place: number): number => (place === places.other ? Number.MAX_SAFE_INTEGER : place);

/** Stores write what JSON cannot as Infinity, inf or nan. */
function numberOf(text: string): number | null {
  if (text === '') return null;
  return /^[-+]?inf/i.test(text) ? Number(`${text.startsWith('-') ? '-' : ''}Infinity`) : Number(text);
}
