/** What can be counted, in words, and how its numbers are shown. */
import { decimalNumber, fullNumber, money, shortNumber } from '../../../format/numbers.ts';
import { labelOf } from '../../fields/fields.ts';
import { eventIn } from '../../filters/event-in.ts';
import { filterWords } from '../../filters/filter-words.ts';
import type { Measure, Metric, SeriesDraft } from './draft.ts';

export const wordMetrics = {
  events: 'Events',
  users: 'People',
  sessions: 'Sessions',
  amount: 'Revenue by currency',
} as const;
export const aggregates = {
  sum: 'Sum of',
  avg: 'Average of',
  median: 'Median of',
  min: 'Smallest',
  max: 'Largest',
  p90: '90th percentile of',
  p95: '95th percentile of',
  p99: '99th percentile of',
  distinct: 'Different values of',
} as const;

export type Show = (value: number) => string;
export interface Shown {
  readonly short: Show;
  readonly full: Show;
}

const counts: Shown = { short: shortNumber, full: fullNumber };
const decimals: Shown = {
  short: (value) => (Math.abs(value) >= 100_000 ? shortNumber(value) : precise(value)),
  full: precise,
};

/** Small numbers keep three digits that tell something: 0.0123. */
function precise(value: number): string {
  if (value !== 0 && Math.abs(value) < 0.1)
    return value.toLocaleString(undefined, { maximumSignificantDigits: 3 });
  return decimalNumber(value);
}

const isMeasure = (metric: Metric): metric is Measure => typeof metric === 'object' && metric !== null;

export const moneyShown = (currency: string | null): Shown => ({
  short: (value) => money(String(value), currency),
  full: (value) => money(String(value), currency, false),
});

export function shownAs(metric: Metric | undefined): Shown {
  if (metric === undefined) return decimals;
  if (!isMeasure(metric)) return counts;
  if (metric.agg === 'distinct') return counts;
  return metric.of === 'amount' && metric.currency !== undefined ? moneyShown(metric.currency) : decimals;
}

export function metricWords(metric: Metric): string {
  if (!isMeasure(metric)) return wordMetrics[metric] ?? String(metric);
  const { agg, of, currency } = metric;
  if (agg === 'sum' && of === 'amount') return `Revenue${currency === undefined ? '' : ` in ${currency}`}`;
  return `${aggregates[agg as keyof typeof aggregates] ?? agg} ${labelOf(of)}${currency === undefined ? '' : ` in ${currency}`}`;
}

/** 'p95(properties.load)': the name that an answer gives it. */
export const measureName = ({ agg, of, currency }: Measure) =>
  `${agg}(${of}${currency === undefined ? '' : ` ${currency}`})`;

/** What a series without a name of its own is called: 'People · purchase', 'Events · Country is Germany'. */
export function seriesWords({ metric, filter }: SeriesDraft): string {
  const { event, rest } = eventIn(filter);
  return [metricWords(metric), event, rest && filterWords(rest)].filter(Boolean).join(' · ');
}
