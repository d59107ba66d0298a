/**
 * A trend as its editor sees it: series, formulas, fields to tell apart by, one number or a course. `draftOf` reads every form that plans may
 * have, `planOf` writes one form for one draft. The rest of the plan (range, filter, comparison) is kept as it is.
 */
import type { PlanInput } from '../../../api/questions.ts';
import type { Filter } from '../../filters/filter-tree.ts';

export type Measure = { readonly agg: string; readonly of: string; readonly currency?: string };
export type Metric = 'events' | 'users' | 'sessions' | 'amount' | Measure;

export interface SeriesDraft {
  /** Of its own; undefined: its letter. */
  readonly name?: string | undefined;
  readonly metric: Metric;
  readonly filter?: Filter | undefined;
}

export interface FormulaDraft {
  readonly name?: string | undefined;
  readonly formula: string;
}

export interface Draft {
  /** One set of numbers for the whole range, or a course over it. */
  readonly isTotal: boolean;
  readonly interval: string;
  readonly series: readonly SeriesDraft[];
  readonly formulas: readonly FormulaDraft[];
  readonly by: readonly string[];
  /** Of groups. */
  readonly limit: number;
}

export const seriesMax = 20;
export const fieldsMax = 4;
export const groupsDefault = 10;
const letters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ';

export const letterOf = (index: number) => letters[index] ?? '?';
export const seriesName = ({ name }: SeriesDraft, index: number) => name ?? letterOf(index);
export const formulaName = ({ name }: FormulaDraft, index: number) => name ?? `F${index + 1}`;

/** Formulas name series, so a name is a word: other letters become `_` as one types. '' is none. */
export function asName(text: string): string | undefined {
  const name = text.replaceAll(/[^A-Za-z0-9_]/g, '_').replace(/^[0-9]/, '_$&');
  return name === '' ? undefined : name;
}

const isObject = (value: unknown): value is Filter =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const listOf = (value: unknown): readonly unknown[] =>
  Array.isArray(value) ? value : value === undefined ? [] : [value];

export function draftOf(plan: PlanInput): Draft {
  const by = fieldsOf(plan.by);
  const single = isObject(plan.by) ? plan.by : undefined;
  const limit = plan.limit ?? single?.limit;
  return {
    isTotal: plan.kind !== 'trend' && plan.kind !== undefined,
    interval: typeof plan.interval === 'string' ? plan.interval : 'day',
    series: plan.series === undefined ? metricSeries(plan) : listOf(plan.series).map(seriesDraft),
    formulas: listOf(plan.formulas).map(formulaDraft),
    by,
    limit: typeof limit === 'number' ? limit : groupsDefault,
  };
}

function fieldsOf(by: unknown): readonly string[] {
  return listOf(by).flatMap((each) => {
    const field = isObject(each) ? each.field : each;
    return typeof field === 'string' ? [field] : [];
  });
}

/** Metrics without series of their own: those of the whole plan. */
function metricSeries(plan: PlanInput): readonly SeriesDraft[] {
  const metrics = [...listOf(plan.metrics ?? ['events', 'users']), ...listOf(plan.measures)];
  return metrics.map((metric) => ({ metric: metric as Metric }));
}

function seriesDraft(value: unknown): SeriesDraft {
  if (!isObject(value)) return { metric: 'events' };
  const { name, metric = 'events', filter } = value;
  return {
    metric: metric as Metric,
    ...(typeof name === 'string' && { name }),
    ...(isObject(filter) && { filter }),
  };
}

function formulaDraft(value: unknown): FormulaDraft {
  if (typeof value === 'string') return { formula: value };
  if (!isObject(value)) return { formula: '' };
  return {
    formula: String(value.formula ?? ''),
    ...(typeof value.name === 'string' && { name: value.name }),
  };
}

/** Groups are of the plan’s metrics: series with filters of their own, and formulas, cannot be told apart by fields. */
export const mayGroup = ({ series, formulas }: Pick<Draft, 'series' | 'formulas'>): boolean =>
  formulas.length === 0 && (series.length === 1 || series.every(({ filter }) => filter === undefined));

const own = ['kind', 'interval', 'series', 'formulas', 'metrics', 'measures', 'by', 'limit'];

export function planOf(before: PlanInput, draft: Draft): PlanInput {
  const rest = Object.fromEntries(Object.entries(before).filter(([name]) => !own.includes(name)));
  const { isTotal, interval, series, formulas, by } = draft;
  const time = isTotal ? {} : { interval };
  if (by.length === 0)
    return {
      kind: isTotal ? 'summary' : 'trend',
      ...time,
      ...rest,
      series: series.map(seriesOut),
      ...(formulas.length > 0 && { formulas: formulas.map(formulaOut) }),
    };
  return { ...groupedPart(draft, time), ...rest, ...joinedFilter(rest.filter, series) } as PlanInput;
}

/** Several fields together have no course over time. */
function groupedPart({ isTotal, series, by, limit }: Draft, time: object): PlanInput {
  const metrics = series.map(({ metric }) => metric);
  const [field] = by;
  if (by.length > 1) return { kind: 'breakdown', metrics, by, limit };
  return { kind: isTotal ? 'summary' : 'trend', ...time, metrics, by: { field, limit } };
}

/** The filter of the only series becomes the plan’s. */
function joinedFilter(filter: unknown, series: readonly SeriesDraft[]): { filter?: unknown } {
  const ownFilter = series.length === 1 ? series[0]?.filter : undefined;
  if (ownFilter === undefined) return {};
  return { filter: filter === undefined ? ownFilter : { and: [ownFilter, filter] } };
}

function seriesOut({ name, metric, filter }: SeriesDraft): object {
  return { ...(name !== undefined && { name }), metric, ...(filter !== undefined && { filter }) };
}

function formulaOut({ name, formula }: FormulaDraft): object {
  return { ...(name !== undefined && { name }), formula };
}
