/** Summary, trend and breakdown out of what was sent: what is counted, how it is grouped, and what it stands beside. */
import { millisecondsPerDay, millisecondsPerHour, millisecondsPerSlot } from '../clock.ts';
import { below, type Fields, flag, integer, invalid, list, objectWith, oneOf, text } from './check.ts';
import { fieldNamed } from './parse-filter.ts';
import { parseRange } from './parse-range.ts';
import { explained, type ParsedScope, plain, scopeNames } from './parse-scope.ts';
import { parseSeries } from './parse-series.ts';
import type { Aggregate, By, Interval, Measure, Metric, Plan, Range } from './plan.ts';
import { previousRange, yearBefore } from './range.ts';

export const groupsMax = 1_000;
export const groupsDefault = 10;
export const bucketsMax = 10_000;
/** Buckets times groups (with the whole and `other`): what one answer may hold. */
export const cellsMax = 200_000;
/** Fields that a breakdown may be by at once. */
export const breakdownFieldsMax = 4;
export const measuresMax = 10;

const numberNames = [...scopeNames, 'metrics', 'measures', 'by', 'exact', 'compare'];
export const namesOfNumbers: Readonly<Record<Plan['kind'], readonly string[]>> = {
  summary: [...numberNames, 'series', 'formulas'],
  trend: [...numberNames, 'series', 'formulas', 'interval'],
  breakdown: [...numberNames, 'limit'],
};

export const metricNames: readonly Metric[] = ['events', 'users', 'sessions', 'amount'];
export const aggregateNames: readonly Aggregate[] = [
  'sum',
  'avg',
  'min',
  'max',
  'median',
  'p90',
  'p95',
  'p99',
  'distinct',
];

const intervalMs: Record<Interval, number> = {
  '15m': millisecondsPerSlot,
  hour: millisecondsPerHour,
  day: millisecondsPerDay,
  week: 7 * millisecondsPerDay,
  month: 30 * millisecondsPerDay,
};
export const intervals = Object.keys(intervalMs) as readonly Interval[];

/** Errors: plan_invalid. */
export function parseNumbers(kind: Plan['kind'], fields: Fields, scope: ParsedScope): Plan {
  const { filter, ...rest } = plain(scope);
  const common = {
    ...rest,
    ...parseMetrics(fields),
    ...(filter && { filter }),
    ...(fields.compare !== undefined && { compare: parseCompare(fields.compare, scope) }),
    ...explained(fields),
  };
  const exact = flag(fields.exact ?? false, '/exact');
  if (kind === 'breakdown') {
    const limit = integer(fields.limit ?? groupsDefault, '/limit', 1, groupsMax);
    return { kind, ...common, by: parseFields(fields.by), limit, exact };
  }
  const by = fields.by === undefined ? {} : { by: parseBy(fields.by, common.metrics) };
  const series = parseSeries(fields, scope);
  if (kind === 'summary') return { kind, ...common, ...by, ...series, exact };
  const interval = oneOf(fields.interval, '/interval', intervals);
  checkSize(interval, common.to - common.from, by.by, series.series?.length ?? 1);
  return { kind, interval, ...common, ...by, ...series, exact };
}

function parseCompare(value: unknown, scope: ParsedScope): Range {
  if (value === 'previous') return previousRange(scope, scope.timeZone);
  if (value === 'year') return yearBefore(scope, scope.timeZone);
  if (typeof value === 'string' || typeof value !== 'object')
    throw invalid('/compare', 'must be previous, year, or a range {from, to}', value);
  return parseRange(objectWith(value, '/compare', ['from', 'to']), '/compare', scope.timeZone);
}

/** In one order, whatever the order asked, so that equal questions are equal. */
function parseMetrics(fields: Fields): { metrics: readonly Metric[]; measures?: readonly Measure[] } {
  const given = isEmpty(fields.metrics, fields.measures)
    ? []
    : list(fields.metrics ?? ['events', 'users'], '/metrics', metricNames.length + measuresMax);
  const words = given.flatMap((one, i) =>
    typeof one === 'object' && one !== null ? [] : [oneOf(one, below('/metrics', i), metricNames)],
  );
  const measures = [
    ...given.flatMap((one, i) =>
      typeof one === 'object' && one !== null ? [parseMeasure(one, below('/metrics', i))] : [],
    ),
    ...(fields.measures === undefined
      ? []
      : list(fields.measures, '/measures', measuresMax).map((one, i) =>
          parseMeasure(one, below('/measures', i)),
        )),
  ];
  if (measures.length > measuresMax)
    throw invalid('/metrics', `must ask for at most ${measuresMax} numbers of fields`, fields.metrics);
  const metrics = metricNames.filter((metric) => words.includes(metric));
  // what is asked twice is answered once
  const distinct = [...new Map(measures.map((one) => [measureName(one), one])).values()];
  return { metrics, ...(distinct.length > 0 && { measures: distinct }) };
}

/** As a plan that asks for numbers of fields alone is written once it was read. */
const isEmpty = (metrics: unknown, measures: unknown): boolean =>
  Array.isArray(metrics) && metrics.length === 0 && measures !== undefined;

/** 'p95(properties.load)': the name that an answer gives it. */
export const measureName = ({ agg, of, currency }: Measure): string =>
  `${agg}(${of}${currency === undefined ? '' : ` ${currency}`})`;

/** Errors: plan_invalid. */
export function parseMeasure(value: unknown, pointer: string): Measure {
  const given = objectWith(value, pointer, ['agg', 'of', 'currency']);
  const agg = oneOf(given.agg, below(pointer, 'agg'), aggregateNames);
  const { name: of, type } = fieldNamed(given.of, below(pointer, 'of'));
  const isMoney = type === 'decimal' && agg !== 'distinct';
  if (agg !== 'distinct' && type !== 'property' && !isMoney)
    throw invalid(below(pointer, 'of'), `is no number; ${agg} takes properties and amount`, of);
  if (!isMoney && given.currency !== undefined)
    throw invalid(below(pointer, 'currency'), 'goes with amount alone', given.currency);
  if (!isMoney) return { agg, of };
  if (given.currency === undefined)
    throw invalid(
      below(pointer, 'currency'),
      'must say which currency, since others cannot be added',
      undefined,
    );
  const currency = text(given.currency, below(pointer, 'currency'));
  if (!/^[A-Z]{3}$/.test(currency))
    throw invalid(below(pointer, 'currency'), 'must be an ISO 4217 code, like EUR', currency);
  return { agg, of, currency };
}

/** {field, limit, metrics}, or the field alone. `metrics`: those of the plan; none for kinds without. */
export function parseBy(value: unknown, metrics: readonly Metric[] = []): By {
  const names = ['field', 'limit', ...(metrics.length === 0 ? [] : ['metrics'])];
  const by: Fields = typeof value === 'string' ? { field: value } : objectWith(value, '/by', names);
  return {
    field: groupableField(by.field, '/by/field'),
    limit: integer(by.limit ?? groupsDefault, '/by/limit', 1, groupsMax),
    ...(by.metrics !== undefined && groupMetrics(by.metrics, metrics)),
  };
}

/** Left out when it is all of the plan's. */
function groupMetrics(value: unknown, metrics: readonly Metric[]): { metrics?: readonly Metric[] } {
  const asked = list(value, '/by/metrics', metrics.length).map((one, i) =>
    oneOf(one, below('/by/metrics', i), metrics),
  );
  const told = metrics.filter((metric) => asked.includes(metric));
  return told.length === metrics.length ? {} : { metrics: told };
}

/** A list of fields, each {field} or the field alone; one field may stand without the list. */
function parseFields(value: unknown): readonly { readonly field: string }[] {
  const single =
    typeof value === 'string' || (typeof value === 'object' && value !== null && 'field' in value);
  const given = list(single ? [value] : value, '/by', breakdownFieldsMax);
  const parsed = given.map((one, i) => {
    const pointer = below('/by', i);
    const { field } = typeof one === 'string' ? { field: one } : objectWith(one, pointer, ['field']);
    return { field: groupableField(field, below(pointer, 'field')) };
  });
  for (const [i, { field }] of parsed.entries()) {
    if (parsed.findIndex((one) => one.field === field) < i)
      throw invalid(below('/by', i), 'must be a field that is not named before', field);
  }
  return parsed;
}

export function groupableField(value: unknown, pointer: string): string {
  const { name, groupable } = fieldNamed(value, pointer);
  if (!groupable) throw invalid(pointer, 'makes a group of nearly every event; group by another field', name);
  return name;
}

/** Counts whole buckets by their usual length; clocks that change make it one or two more. */
function checkSize(interval: Interval, rangeMs: number, by: By | undefined, series: number): void {
  const buckets = Math.floor(rangeMs / intervalMs[interval]);
  if (buckets > bucketsMax) {
    throw invalid(
      '/interval',
      `makes ${buckets} buckets of this range, over the limit of ${bucketsMax}; ask for a longer interval or a shorter range`,
      interval,
    );
  }
  const cells = buckets * (by === undefined ? series : by.limit + 2);
  if (cells > cellsMax) {
    throw invalid(
      by === undefined ? '/series' : '/by/limit',
      `times ${buckets} buckets makes an answer of ${cells} cells, over the limit of ${cellsMax}; ask for fewer or a longer interval`,
      by?.limit ?? series,
    );
  }
}
