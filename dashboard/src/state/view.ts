/**
 * What a page looks at, as it stands in the address bar: range, comparison, bucket, filters. A link is the state; what is missing
 * there is the default, what is wrong there is left out.
 */
import { daysOfRange } from '../../../src/plan/range-days.ts';
import type { PlanInput } from '../api/questions.ts';
import { browserZone } from '../format/dates.ts';
import { type Condition, conditionFilter, conditionOf, conditionText } from './conditions.ts';

export const ranges = {
  today: 'Today',
  yesterday: 'Yesterday',
  '7d': 'Last 7 days',
  '30d': 'Last 30 days',
  '90d': 'Last 90 days',
  '12mo': 'Last 12 months',
  mtd: 'This month',
  qtd: 'This quarter',
  ytd: 'This year',
  all: 'All time',
} as const;
export type RangeName = keyof typeof ranges;
export const comparisons = {
  previous: 'Previous period',
  year: 'Year before',
  none: 'No comparison',
} as const;
export type Comparison = keyof typeof comparisons;
export const intervals = {
  '15m': '15 minutes',
  hour: 'Hours',
  day: 'Days',
  week: 'Weeks',
  month: 'Months',
} as const;
export type Interval = keyof typeof intervals;

export interface View {
  /** Absent: `from` and `to`, whole days, both included. */
  readonly range?: RangeName;
  readonly from?: string;
  readonly to?: string;
  readonly compare: Comparison;
  /** Absent: what suits the range. */
  readonly interval?: Interval;
  readonly conditions: readonly Condition[];
  /** Absent: the reader's. */
  readonly zone?: string;
  /** The metric of the trend. */
  readonly metric: string;
  /** Which tab of which card is open. */
  readonly tabs: Readonly<Record<string, string>>;
}

export const defaultRange: RangeName = '30d';
export const defaultMetric = 'visitors';

/** As it stands in the address: text, repeated where there are several. */
export type Search = Readonly<Record<string, string | readonly string[] | undefined>>;
const date = /^\d{4}-\d{2}-\d{2}$/;

const texts = (value: Search[string]) =>
  value === undefined ? [] : typeof value === 'string' ? [value] : value;
const text = (value: Search[string]) => texts(value)[0];
const oneOf = <T extends string>(names: Readonly<Record<T, unknown>>, value: Search[string]) =>
  Object.keys(names).find((name) => name === text(value)) as T | undefined;

export function viewOf(search: Search): View {
  const [from, to] = [text(search.from), text(search.to)];
  const isCustom = from !== undefined && to !== undefined && date.test(from) && date.test(to) && from <= to;
  const interval = oneOf(intervals, search.interval);
  const zone = text(search.zone);
  return {
    ...(isCustom ? { from, to } : { range: oneOf(ranges, search.range) ?? defaultRange }),
    compare: oneOf(comparisons, search.compare) ?? 'previous',
    ...(interval !== undefined && { interval }),
    ...(zone !== undefined && isZone(zone) && { zone }),
    conditions: texts(search.filter).flatMap((each) => conditionOf(each) ?? []),
    metric: text(search.metric) ?? defaultMetric,
    tabs: Object.fromEntries(
      texts(search.tab).flatMap((each) => {
        const [card, tab] = each.split(':');
        return card !== undefined && tab !== undefined ? [[card, tab]] : [];
      }),
    ),
  };
}

export function searchOf(view: View): Search {
  const tabs = Object.entries(view.tabs).map(([card, tab]) => `${card}:${tab}`);
  return {
    ...(view.range !== undefined && view.range !== defaultRange && { range: view.range }),
    ...(view.range === undefined && { from: view.from, to: view.to }),
    ...(view.compare !== 'previous' && { compare: view.compare }),
    ...(view.interval !== undefined && { interval: view.interval }),
    ...(view.zone !== undefined && { zone: view.zone }),
    ...(view.conditions.length > 0 && { filter: view.conditions.map(conditionText) }),
    ...(view.metric !== defaultMetric && { metric: view.metric }),
    ...(tabs.length > 0 && { tab: tabs }),
  };
}

export function isZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}

export const zoneOf = (view: View) => view.zone ?? browserZone;

const dayMs = 86_400_000;
const afterDay = (day: string) => new Date(Date.parse(day) + dayMs).toISOString().slice(0, 10);

/** Range, zone and filters as a plan has them. */
export function scopeOf(view: View): Readonly<Record<string, unknown>> {
  const filters = view.conditions.map(conditionFilter);
  return {
    ...(view.range !== undefined ? { range: view.range } : { from: view.from, to: afterDay(view.to!) }),
    timeZone: zoneOf(view),
    ...(filters.length > 0 && { filter: filters.length === 1 ? filters[0] : { and: filters } }),
  };
}

/** For the kinds that can be compared. */
export const comparisonOf = ({ compare, range }: View) =>
  compare === 'none' || range === 'all' ? {} : { compare };

export function withFilter(plan: PlanInput, filter: unknown): PlanInput {
  return { ...plan, filter: plan.filter === undefined ? filter : { and: [plan.filter, filter] } };
}

/** Days of the range; undefined for all time. */
function lengthInDays({ range, from, to }: View): number | undefined {
  if (range === 'all') return undefined;
  if (range !== undefined) return daysOfRange[range];
  return Math.round((Date.parse(to!) - Date.parse(from!)) / dayMs) + 1;
}

const mostBuckets: Readonly<Record<Interval, number>> = {
  '15m': 2,
  hour: 14,
  day: 400,
  week: 2_000,
  month: 1e6,
};

/** Which buckets make a readable chart of this range. */
export function intervalsFor(view: View): readonly Interval[] {
  const days = lengthInDays(view);
  return (Object.keys(intervals) as Interval[]).filter((each) => {
    if (days === undefined) return each === 'month';
    if (days <= mostBuckets[each])
      return each === 'week' ? days >= 14 : each === 'month' ? days >= 60 : each !== 'day' || days > 1;
    return false;
  });
}

export function intervalOf(view: View): Interval {
  const possible = intervalsFor(view);
  if (view.interval !== undefined && possible.includes(view.interval)) return view.interval;
  const days = lengthInDays(view);
  if (days === undefined || days > 366) return 'month';
  if (days > 120) return 'week';
  return days > 2 ? 'day' : 'hour';
}
