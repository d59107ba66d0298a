/**
 * The slow, obvious evaluator: what every question means, over an array of rows. It is the definition that all stores
 * are held to on generated data, so it is written to be read: no indexes, no rollups, every number exact.
 */
import type { EventRow } from '../../event/event-row.ts';
import { fieldValue } from '../../plan/field.ts';
import { matches } from '../../plan/filter.ts';
import { compareGroups, groupKey } from '../../plan/group.ts';
import type { By, Plan } from '../../plan/plan.ts';
import { compareBytes } from '../../plan/text.ts';
import type { AmountCell, Cell, Group, GroupValue, Question, Rows } from '../store.ts';

export function evaluate(question: Question, rows: readonly EventRow[]): Rows {
  const { plan, edges } = question;
  const asked = rows.filter((row) => isAsked(row, plan, edges));
  const groups: readonly Part[] = [
    { group: { kind: 'all' }, rows: asked },
    ...(plan.by ? groupsOf(asked, plan.by) : []),
  ];
  const cells = groups.flatMap((part) => cellsOf(part, question));
  return {
    cells,
    approximate: false,
    error: 0,
    explain: { source: 'rows', rowsRead: rows.length, durationMs: 0 },
  };
}

/** A group and its rows over the whole range. */
interface Part {
  readonly group: Group;
  readonly rows: readonly EventRow[];
}

function isAsked(row: EventRow, plan: Plan, edges: readonly number[]): boolean {
  if (row.project !== plan.project) return false;
  if (row.timestamp < edges[0]! || row.timestamp >= edges.at(-1)!) return false;
  if (plan.bots === 'exclude' && row.bot) return false;
  if (plan.bots === 'only' && !row.bot) return false;
  return plan.filter === undefined || matches(row, plan.filter);
}

/** One part a value, in the order of the answer; the values past the limit together are the part `other`. */
function groupsOf(rows: readonly EventRow[], by: By): readonly Part[] {
  const found = new Map<string, { value: GroupValue; rows: EventRow[] }>();
  for (const row of rows) {
    const value = fieldValue(row, by.field) ?? null;
    const key = groupKey(value);
    const group = found.get(key);
    if (group === undefined) found.set(key, { value, rows: [row] });
    else group.rows.push(row);
  }
  const sorted = [...found.values()].sort((a, b) =>
    compareGroups({ value: a.value, events: a.rows.length }, { value: b.value, events: b.rows.length }),
  );
  const parts: Part[] = sorted
    .slice(0, by.limit)
    .map((group) => ({ group: { kind: 'value', value: group.value }, rows: group.rows }));
  const rest = sorted.slice(by.limit).flatMap((group) => group.rows);
  return rest.length === 0 ? parts : [...parts, { group: { kind: 'other' }, rows: rest }];
}

/** The numbers of one part in each bucket that has events of it. */
function cellsOf(part: Part, { plan, edges }: Question): readonly Cell[] {
  const buckets = new Map<number, EventRow[]>();
  for (const row of part.rows) {
    const bucket = edges.findLastIndex((edge) => edge <= row.timestamp);
    const inBucket = buckets.get(bucket);
    if (inBucket === undefined) buckets.set(bucket, [row]);
    else inBucket.push(row);
  }
  return [...buckets]
    .sort(([a], [b]) => a - b)
    .map(([bucket, rows]) => ({
      bucket,
      group: part.group,
      events: rows.length,
      ...(plan.metrics.includes('users') ? { users: countPersons(rows) } : {}),
      amounts: plan.metrics.includes('amount') ? amountsOf(rows) : [],
    }));
}

/** Distinct persons; events without one (key 0) are nobody's. */
function countPersons(rows: readonly EventRow[]): number {
  const persons = new Set(rows.map((row) => row.personKey));
  persons.delete(0n);
  return persons.size;
}

/** One cell a currency over the rows that have an amount, ascending by the currency's bytes. */
function amountsOf(rows: readonly EventRow[]): readonly AmountCell[] {
  const byCurrency = new Map<string, bigint[]>();
  for (const { amount, currency } of rows) {
    if (amount === null) continue;
    const amounts = byCurrency.get(currency);
    if (amounts === undefined) byCurrency.set(currency, [amount]);
    else amounts.push(amount);
  }
  return [...byCurrency]
    .sort(([a], [b]) => compareBytes(a, b))
    .map(([currency, amounts]) => ({ currency, ...totals(amounts) }));
}

function totals(amounts: readonly bigint[]): Omit<AmountCell, 'currency'> {
  let sum = 0n;
  let min = amounts[0]!;
  let max = min;
  for (const amount of amounts) {
    sum += amount;
    if (amount < min) min = amount;
    if (amount > max) max = amount;
  }
  return { count: amounts.length, sum, min, max };
}
