/**
 * The slow, obvious evaluator: what every question means, over an array of rows. It is the definition that all stores
 * are held to on generated data, so it is written to be read: no indexes, no rollups, every number exact.
 */
import type { EventRow } from '../../event/event-row.ts';
import { canonicalProperties, fieldValue } from '../../plan/field.ts';
import { matches, type PersonsOf } from '../../plan/filter.ts';
import { compareGroups, type Grouping, groupingOf, groupKey } from '../../plan/group.ts';
import type { Cohort, Metric, Scope } from '../../plan/plan.ts';
import { comparePositions } from '../../plan/position.ts';
import { isSampled } from '../../plan/sample.ts';
import { compareBytes } from '../../plan/text.ts';
import type { AmountCell, Cell, EventsQuestion, Group, GroupValue, Question, Rows } from '../store.ts';
import { measured } from './evaluate-measure.ts';
import { sessionsOf } from './evaluate-sessions.ts';

export function evaluate(question: Question, rows: readonly EventRow[]): Rows {
  const { plan, edges } = question;
  const scope = { ...plan, from: edges[0]!, to: edges.at(-1)! };
  const asked = rowsOf(scope, rows);
  const { filter: _, sample: __, ...unfiltered } = scope;
  const sessionOf = sessionsOf(rowsOf(unfiltered, rows));
  const grouping = groupingOf(plan);
  const groups: readonly Part[] = [
    { group: { kind: 'all' }, rows: asked },
    ...(grouping ? groupsOf(asked, grouping) : []),
  ];
  const cells = groups.flatMap((part) =>
    cellsOf(part, question, (part.group.kind === 'all' ? plan : grouping!).metrics, sessionOf),
  );
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

/** The rows that a question is about. */
export function rowsOf(scope: Scope, rows: readonly EventRow[]): readonly EventRow[] {
  const personsOf = cohortsOver(rows);
  return rows.filter((row) => isAsked(row, scope, personsOf));
}

/** Each cohort's persons, found once. */
export function cohortsOver(rows: readonly EventRow[]): PersonsOf {
  const found = new Map<Cohort, ReadonlySet<bigint>>();
  const personsOf = (cohort: Cohort): ReadonlySet<bigint> => {
    const persons = found.get(cohort) ?? membersOf(cohort, rows, personsOf);
    found.set(cohort, persons);
    return persons;
  };
  return personsOf;
}

function membersOf(cohort: Cohort, rows: readonly EventRow[], personsOf: PersonsOf): ReadonlySet<bigint> {
  const scope = { ...cohort, version: 1, timeZone: 'UTC' } as const;
  const counts = new Map<bigint, number>();
  for (const row of rows)
    if (isAsked(row, scope, personsOf)) counts.set(row.personKey, (counts.get(row.personKey) ?? 0) + 1);
  return new Set([...counts].filter(([, count]) => count >= cohort.atLeast).map(([key]) => key));
}

function isAsked(row: EventRow, scope: Scope, personsOf: PersonsOf): boolean {
  if (row.project !== scope.project) return false;
  if (row.timestamp < scope.from || row.timestamp >= scope.to) return false;
  if (scope.bots === 'exclude' && row.bot) return false;
  if (scope.bots === 'only' && !row.bot) return false;
  if (scope.sample !== undefined && !isSampled(row, scope.sample)) return false;
  return scope.filter === undefined || matches(row, scope.filter, personsOf);
}

/** The rows themselves, in the order asked, as they were `stored`; `rows` are the same ones with the keys that identity gives. */
export function evaluateEvents(
  { scope, order, after, limit, person }: EventsQuestion,
  rows: readonly EventRow[],
  stored = rows,
): readonly EventRow[] {
  const sign = order === 'asc' ? 1 : -1;
  const keys = new Map(rows.map((row, i) => [row, stored[i]!.personKey]));
  return rowsOf(scope, rows)
    .filter((row) => person === undefined || row.personKey === person)
    .filter((row) => after === undefined || sign * comparePositions(row, after) > 0)
    .sort((a, b) => sign * comparePositions(a, b))
    .slice(0, limit)
    .map((row) => ({
      ...row,
      personKey: keys.get(row)!,
      properties: canonicalProperties(row.properties),
    }));
}

/** One part a group, in the order of the answer; the groups past the limit together are the part `other`. */
function groupsOf(rows: readonly EventRow[], { fields, limit }: Grouping): readonly Part[] {
  const found = new Map<string, { values: readonly GroupValue[]; rows: EventRow[] }>();
  for (const row of rows) {
    const values = fields.map((field) => fieldValue(row, field) ?? null);
    const key = groupKey(values);
    const group = found.get(key);
    if (group === undefined) found.set(key, { values, rows: [row] });
    else group.rows.push(row);
  }
  const sorted = [...found.values()].sort((a, b) =>
    compareGroups({ values: a.values, events: a.rows.length }, { values: b.values, events: b.rows.length }),
  );
  const parts: Part[] = sorted
    .slice(0, limit)
    .map((group) => ({ group: { kind: 'values', values: group.values }, rows: group.rows }));
  const rest = sorted.slice(limit).flatMap((group) => group.rows);
  return rest.length === 0 ? parts : [...parts, { group: { kind: 'other' }, rows: rest }];
}

/** The numbers of one part in each bucket that has events of it. */
function cellsOf(
  part: Part,
  { plan, edges }: Question,
  metrics: readonly Metric[],
  sessionOf: (row: EventRow) => string | undefined,
): readonly Cell[] {
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
      ...(metrics.includes('users') ? { users: countPersons(rows) } : {}),
      ...(metrics.includes('sessions') ? { sessions: countSessions(rows, sessionOf) } : {}),
      ...(plan.measures ? { values: plan.measures.map((one) => measured(one, rows)) } : {}),
      amounts: metrics.includes('amount') ? amountsOf(rows) : [],
    }));
}

/** Distinct persons; events without one (key 0) are nobody's. */
function countPersons(rows: readonly EventRow[]): number {
  const persons = new Set(rows.map((row) => row.personKey));
  persons.delete(0n);
  return persons.size;
}

function countSessions(rows: readonly EventRow[], sessionOf: (row: EventRow) => string | undefined): number {
  const sessions = new Set(rows.map(sessionOf));
  sessions.delete(undefined);
  return sessions.size;
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
