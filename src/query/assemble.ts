/** Makes the answer out of the store's cells: groups in their order, zeros where nothing happened, money as text. */
import type { Buckets } from '../plan/edges.ts';
import { groupKey } from '../plan/group.ts';
import type { BreakdownPlan, Metric, Plan, SummaryPlan, TrendPlan } from '../plan/plan.ts';
import type { AmountCell, Cell, Group, Rows } from '../store/store.ts';
import { moneyOf } from './money.ts';
import type {
  BreakdownData,
  Bucket,
  GroupName,
  Money,
  MoneySeries,
  Numbers,
  NumbersData,
  Series,
  SummaryData,
  TrendData,
} from './wire.ts';

/** `at`, epoch ms, is when the answer holds: buckets that end later are not complete. */
export function assemble(plan: Plan, buckets: Buckets, rows: Rows, at: number): NumbersData {
  switch (plan.kind) {
    case 'summary':
      return summaryOf(plan, rows);
    case 'trend':
      return trendOf(plan, buckets, rows, at);
    case 'breakdown':
      return breakdownOf(plan, rows);
    default:
      return plan satisfies never;
  }
}

function summaryOf(plan: SummaryPlan, rows: Rows): SummaryData {
  const { total, groups } = cellsByGroup(rows.cells);
  const told = plan.by?.metrics ?? plan.metrics;
  return {
    kind: 'summary',
    total: numbersOf(total[0], plan.metrics),
    ...(plan.by && {
      groups: groups.map(({ group, cells }) => ({ ...nameOf(group), ...numbersOf(cells[0], told) })),
    }),
  };
}

function breakdownOf(plan: BreakdownPlan, rows: Rows): BreakdownData {
  const { total, groups } = cellsByGroup(rows.cells);
  const names = plan.by.map(({ field }) => field);
  return {
    kind: 'breakdown',
    by: names,
    total: numbersOf(total[0], plan.metrics),
    groups: groups.map(({ group, cells }) => ({
      ...(group.kind === 'other' ? { values: names.map(() => null), other: true } : { values: group.values }),
      ...numbersOf(cells[0], plan.metrics),
    })),
  };
}

function trendOf(plan: TrendPlan, buckets: Buckets, rows: Rows, at: number): TrendData {
  const length = buckets.edges.length - 1;
  const { total, groups } = cellsByGroup(rows.cells);
  const told = plan.by?.metrics ?? plan.metrics;
  return {
    kind: 'trend',
    interval: plan.interval,
    timeZone: plan.timeZone,
    buckets: bucketList(buckets, at),
    total: seriesOf(total, length, plan.metrics),
    ...(plan.by && {
      groups: groups.map(({ group, cells }) => ({
        ...nameOf(group),
        ...seriesOf(cells, length, told),
      })),
    }),
  };
}

export function bucketList({ edges, nominal }: Buckets, at: number): readonly Bucket[] {
  const times = edges.map((edge) => new Date(edge).toISOString());
  return times.slice(0, -1).map((from, i) => {
    const isWhole = edges[i] === nominal[i] && edges[i + 1] === nominal[i + 1];
    return { from, to: times[i + 1]!, complete: isWhole && edges[i + 1]! <= at };
  });
}

type NamedGroup = Exclude<Group, { kind: 'all' }>;

interface GroupCells {
  readonly group: NamedGroup;
  readonly cells: Cell[];
}

/** The cells of the whole, and those of each group, groups in the store's order. */
function cellsByGroup(cells: readonly Cell[]): { total: readonly Cell[]; groups: readonly GroupCells[] } {
  const total: Cell[] = [];
  const groups = new Map<string, GroupCells>();
  for (const cell of cells) {
    if (cell.group.kind === 'all') {
      total.push(cell);
      continue;
    }
    const key = cell.group.kind === 'other' ? 'other' : groupKey(cell.group.values);
    const group = groups.get(key) ?? { group: cell.group, cells: [] };
    group.cells.push(cell);
    groups.set(key, group);
  }
  return { total, groups: [...groups.values()] };
}

const nameOf = (group: NamedGroup): GroupName =>
  group.kind === 'other' ? { value: null, other: true } : { value: group.values[0] ?? null };

function numbersOf(cell: Cell | undefined, metrics: readonly Metric[]): Numbers {
  return {
    events: cell?.events ?? 0,
    ...(metrics.includes('users') && { users: cell?.users ?? 0 }),
    ...(metrics.includes('amount') && { amount: cell?.amounts.map(moneyOf) ?? [] }),
  };
}

function seriesOf(cells: readonly Cell[], length: number, metrics: readonly Metric[]): Series {
  const events = new Array<number>(length).fill(0);
  const users = new Array<number>(length).fill(0);
  for (const cell of cells) {
    events[cell.bucket] = cell.events;
    users[cell.bucket] = cell.users ?? 0;
  }
  return {
    events,
    ...(metrics.includes('users') && { users }),
    ...(metrics.includes('amount') && { amount: moneySeriesOf(cells, length) }),
  };
}

/** One series a currency, in the order of the first bucket's cells merged: ascending, '' (no currency) first. */
function moneySeriesOf(cells: readonly Cell[], length: number): readonly MoneySeries[] {
  const byCurrency = new Map<string, (Money | undefined)[]>();
  for (const cell of cells) {
    for (const amount of cell.amounts) place(byCurrency, amount, cell.bucket, length);
  }
  // Currencies are three ASCII letters or nothing, so that UTF-16 order is the order of bytes.
  return [...byCurrency]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([currency, money]) => columnsOf(currency, money));
}

function place(
  found: Map<string, (Money | undefined)[]>,
  amount: AmountCell,
  bucket: number,
  length: number,
): void {
  const series = found.get(amount.currency) ?? new Array<Money | undefined>(length).fill(undefined);
  series[bucket] = moneyOf(amount);
  found.set(amount.currency, series);
}

function columnsOf(currency: string, money: readonly (Money | undefined)[]): MoneySeries {
  return {
    currency: currency === '' ? null : currency,
    count: money.map((one) => one?.count ?? 0),
    sum: money.map((one) => one?.sum ?? '0'),
    avg: money.map((one) => one?.avg ?? null),
    min: money.map((one) => one?.min ?? null),
    max: money.map((one) => one?.max ?? null),
  };
}
