/** Reads the rows that a compiled question gives into the cells of the contract, in the order that it promises. */
import { groupingOf } from '../../plan/group.ts';
import { compareBytes } from '../../plan/text.ts';
import type { AmountCell, Cell, Group, GroupValue, Question } from '../store.ts';
import { type ArmName, places, rowField } from './question-compiler.ts';

/** The columns of `QuestionCompiler.outputs`; 64-bit integers as text. */
export type AnswerRow = readonly [
  arm: ArmName,
  place: string,
  edge: string,
  label: string,
  events: string,
  users: string,
  amountCount: string,
  sum: string,
  min: string,
  max: string,
];

interface Building {
  readonly bucket: number;
  readonly place: number;
  events: number;
  users: number;
  readonly amounts: AmountCell[];
}

/** @param corrected what the number of persons is for what the store counted */
export function cellsOf(
  { plan, edges }: Question,
  rows: readonly AnswerRow[],
  corrected: (users: number) => number,
): readonly Cell[] {
  const buckets = new Map(edges.map((edge, index) => [edge, index]));
  const cells = new Map<string, Building>();
  const groups = new Map<number, Group>([
    [places.all, { kind: 'all' }],
    [places.other, { kind: 'other' }],
  ]);
  const isText = groupingOf(plan)?.fields.map((name) => rowField(name)?.type === 'string') ?? [];
  for (const [arm, place, edge, label, events, users, count, sum, min, max] of rows) {
    if (arm === 'top') {
      const keys = isText.length === 1 ? [label] : unpackedKeys(label);
      const values = keys.map((key, i) => groupValue(key, isText[i]!));
      groups.set(Number(place), { kind: 'values', values });
      continue;
    }
    const key = `${place}:${edge}`;
    let cell = cells.get(key);
    if (cell === undefined) {
      cell = { bucket: buckets.get(Number(edge))!, place: Number(place), events: 0, users: 0, amounts: [] };
      cells.set(key, cell);
    }
    cell.events += Number(events);
    cell.users += corrected(Number(users));
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
  // a cell without events can only be of rows that arrived between two arms
  return [...cells.values()]
    .filter(({ events }) => events > 0)
    .sort((a, b) => rank(a.place) - rank(b.place) || a.bucket - b.bucket)
    .map(({ bucket, place, events, users, amounts }) => ({
      bucket,
      group: groups.get(place)!,
      events,
      ...(plan.metrics.includes('users') ? { users } : {}),
      amounts: amounts.sort((a, b) => compareBytes(a.currency, b.currency)),
    }));
}

/** `all` first, the groups in their order, `other` last. */
const rank = (place: number): number => (place === places.other ? Number.MAX_SAFE_INTEGER : place);

/** `packedKeys` undone: each key after its length in bytes and a colon. */
function unpackedKeys(packed: string): readonly string[] {
  const bytes = Buffer.from(packed);
  const keys: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const colon = bytes.indexOf(':', at);
    const end = colon + 1 + Number(bytes.toString('latin1', at, colon));
    keys.push(bytes.toString('utf8', colon + 1, end));
    at = end;
  }
  return keys;
}

function groupValue(key: string, isText: boolean): GroupValue {
  if (isText) return key === '' ? null : key;
  const colon = key.indexOf(':');
  const text = key.slice(colon + 1);
  switch (key.slice(0, colon)) {
    case 'string':
      return text;
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
    default:
      return null;
  }
}
