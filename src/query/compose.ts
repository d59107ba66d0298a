/**
 * Questions that are made of others: several series, arithmetic over them, another range beside the first. Each part is a plain
 * question to the store, is kept and shared by itself, and the parts are put together here.
 */
import { type FormulaNode, formulaValue, parseFormula } from '../plan/formula.ts';
import { measureName } from '../plan/parse-numbers.ts';
import type { Filter, Plan, Range, Series, SummaryPlan, TrendPlan } from '../plan/plan.ts';
import type { NamedSeries, NumbersData, SeriesData } from './wire.ts';

/** Whether the store can answer the plan as it is. */
export function isPlain(plan: Plan): boolean {
  return plan.compare === undefined && !hasSeries(plan);
}

function hasSeries(plan: Plan): plan is (SummaryPlan | TrendPlan) & { readonly series: readonly Series[] } {
  return plan.kind !== 'breakdown' && plan.series !== undefined;
}

/** The plain questions: for each range, the whole or one for each series. */
export function partsOf(plan: Plan): readonly Plan[] {
  const { compare, ...first } = plan;
  const ranges: readonly Range[] = compare === undefined ? [plan] : [plan, compare];
  return ranges.flatMap(({ from, to }) => {
    const own = { ...first, from, to } as Plan;
    return hasSeries(own) ? own.series.map((series) => seriesPlan(own, series)) : [own];
  });
}

function seriesPlan(plan: SummaryPlan | TrendPlan, series: Series): Plan {
  const { series: _, formulas: __, by: ___, metrics: ____, measures: _____, filter, ...rest } = plan;
  const filters = [filter, series.filter].filter((one): one is Filter => one !== undefined);
  const joined = filters.length === 2 ? { filter: { and: filters } } : filters[0] && { filter: filters[0] };
  const { metric } = series;
  return {
    ...rest,
    ...joined,
    ...(typeof metric === 'object'
      ? { metrics: ['events'], measures: [metric] }
      : { metrics: metric === 'events' ? ['events'] : ['events', metric] }),
  } as Plan;
}

/** The answer out of those of `partsOf`, in their order. */
export function composed(plan: Plan, parts: readonly NumbersData[]): NumbersData {
  const count = plan.compare === undefined ? parts.length : parts.length / 2;
  const data = joined(plan, parts.slice(0, count));
  if (plan.compare === undefined) return data;
  const { from, to } = plan.compare;
  const compare = {
    from: new Date(from).toISOString(),
    to: new Date(to).toISOString(),
    data: joined(plan, parts.slice(count)),
  };
  return { ...data, compare };
}

function joined(plan: Plan, parts: readonly NumbersData[]): NumbersData {
  if (!hasSeries(plan)) return parts[0]!;
  const [first] = parts;
  const series = plan.series.map(({ name, metric }, i) => ({ name, values: valuesOf(parts[i]!, metric) }));
  const formulas = (plan.formulas ?? []).map(({ name, formula }) => {
    const node = parseFormula(
      formula,
      plan.series.map((one) => one.name),
    );
    return { name, values: calculated(node, series) };
  });
  const time =
    first!.kind === 'trend'
      ? { interval: first!.interval, timeZone: first!.timeZone, buckets: first!.buckets }
      : {};
  return { kind: 'series', ...time, series: [...series, ...formulas] } satisfies SeriesData;
}

function valuesOf(data: NumbersData, metric: Series['metric']): readonly (number | null)[] {
  if (data.kind === 'trend') {
    if (typeof metric === 'object') return data.total.measures![measureName(metric)]!;
    return data.total[metric]!;
  }
  if (data.kind !== 'summary')
    throw new TypeError(`a series is of a summary or a trend, not of ${data.kind}`);
  if (typeof metric === 'object') return [data.total.measures![measureName(metric)]!];
  return [data.total[metric]!];
}

function calculated(node: FormulaNode, series: readonly NamedSeries[]): readonly (number | null)[] {
  return series[0]!.values.map((_, i) =>
    formulaValue(node, new Map(series.map(({ name, values }) => [name, values[i] ?? null]))),
  );
}
