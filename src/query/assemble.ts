/** Makes the answer out of the store's cells: groups in their order, zeros where nothing happened, money as text. */
import type { Buckets } from '../plan/edges.ts';
import { groupKey } from '../plan/group.ts';
import { measureName } from '../plan/parse-numbers.ts';
import type { BreakdownPlan, Measure, Metric, Plan, SummaryPlan, TrendPlan } from '../plan/plan.ts';
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
export function assemble(plan: Plan, buckets: Buckets, read: Rows, at: number): NumbersData {
  const rows = plan.sample === undefined ? read : { ...read, cells: scaledUp(read.cells, plan) };
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
  const told = toldOf({ ...plan, metrics: plan.by?.metrics ?? plan.metrics });
  return {
    kind: 'summary',
    total: numbersOf(total[0], toldOf(plan)),
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
    total: numbersOf(total[0], toldOf(plan)),
    groups: groups.map(({ group, cells }) => ({
      ...(group.kind === 'other' ? { values: names.map(() => null), other: true } : { values: group.values }),
      ...numbersOf(cells[0], toldOf(plan)),
    })),
  };
}

function trendOf(plan: TrendPlan, buckets: Buckets, rows: Rows, at: number): TrendData {
  const length = buckets.edges.length - 1;
  const { total, groups } = cellsByGroup(rows.cells);
  const told = toldOf({ ...plan, metrics: plan.by?.metrics ?? plan.metrics });
  return {
    kind: 'trend',
    interval: plan.interval,
    timeZone: plan.timeZone,
    buckets: bucketList(buckets, at),
    total: seriesOf(total, length, toldOf(plan)),
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

/** Counts and sums of a sample stand for all. */
function scaledUp(cells: readonly Cell[], { sample = 1, measures = [] }: Plan): readonly Cell[] {
  const up = (count: number): number => Math.round(count / sample);
  const sumUp = (sum: bigint): bigint => (sum * 10_000n) / BigInt(Math.round(sample * 10_000));
  return cells.map((cell) => ({
    ...cell,
    events: up(cell.events),
    ...(cell.users !== undefined && { users: up(cell.users) }),
    ...(cell.sessions !== undefined && { sessions: up(cell.sessions) }),
    ...(cell.values !== undefined && {
      values: cell.values.map((value, i) =>
        measures[i]?.agg === 'sum' && value !== null ? value / sample : value,
      ),
    }),
    amounts: cell.amounts.map((amount) => ({ ...amount, count: up(amount.count), sum: sumUp(amount.sum) })),
  }));
}

/** What an answer tells of the whole, or of a group. */
interface Told {
  readonly metrics: readonly Metric[];
  readonly measures: readonly Measure[];
}

const toldOf = ({ metrics, measures = [] }: Pick<Plan, 'metrics' | 'measures'>): Told => ({
  metrics,
  measures,
});

/** Nothing sums to 0 and has 0 different values, and no average. */
const emptyValue = ({ agg }: Measure): number | null => (agg === 'distinct' || agg === 'sum' ? 0 : null);

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

function numbersOf(cell: Cell | undefined, { metrics, measures }: Told): Numbers {
  return {
    events: cell?.events ?? 0,
    ...(metrics.includes('users') && { users: cell?.users ?? 0 }),
    ...(metrics.includes('sessions') && { sessions: cell?.sessions ?? 0 }),
    ...(metrics.includes('amount') && { amount: cell?.amounts.map(moneyOf) ?? [] }),
    ...(measures.length > 0 && {
      measures: Object.fromEntries(
        measures.map((one, i) => [measureName(one), cell?.values?.[i] ?? emptyValue(one)]),
      ),
    }),
  };
}

function seriesOf(cells: readonly Cell[], length: number, { metrics, measures }: Told): Series {
  const events = new Array<number>(length).fill(0);
  const users = new Array<number>(length).fill(0);
  const sessions = new Array<number>(length).fill(0);
  const values = measures.map((one) => new Array<number | null>(length).fill(emptyValue(one)));
  for (const cell of cells) {
    events[cell.bucket] = cell.events;
    users[cell.bucket] = cell.users ?? 0;
    sessions[cell.bucket] = cell.sessions ?? 0;
    for (const [i, value] of (cell.values ?? []).entries())
      values[i]![cell.bucket] = value ?? emptyValue(measures[i]!);
  }
  return {
    events,
    ...(metrics.includes('users') && { users }),
    ...(metrics.includes('sessions') && { sessions }),
    ...(measures.length > 0 && {
      measures: Object.fromEntries(measures.map((one, i) => [measureName(one), values[i]!])),
    }),
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
