/** Every form of an answer about numbers as one: lines over buckets, or figures, each with its name, its values and how they are shown. */
import type {
  Answer,
  AnswerData,
  Bucket,
  Compared,
  GroupName,
  GroupValues,
  Money,
  MoneySeries,
  Numbers,
  NumbersData,
  Series,
} from '../../../../../src/query/wire.ts';
import type { PlanInput } from '../../../api/questions.ts';
import { valueName } from '../../../format/names.ts';
import { type Draft, draftOf, formulaName, letterOf, type Metric, seriesName } from './draft.ts';
import { measureName, metricWords, moneyShown, type Shown, seriesWords, shownAs } from './metrics.ts';

type Value = string | number | boolean | null;

export interface Line {
  readonly key: string;
  readonly name: string;
  /** As long as the buckets; one value where there are none. */
  readonly values: readonly (number | null)[];
  /** Of the range that it is compared with. */
  readonly before?: readonly (number | null)[] | undefined;
  readonly shown: Shown;
  /** Values of the fields that it is told apart by; absent for the whole. */
  readonly group?: readonly Value[];
  readonly isOther?: boolean;
  /** Of other sizes than what it is made of. */
  readonly isFormula?: boolean;
  /** Which number of the group it is. */
  readonly metric?: { readonly key: string; readonly name: string };
}

export interface Lines {
  /** Absent: one value each. */
  readonly buckets?: readonly Bucket[];
  /** How many of the buckets have begun by now. */
  readonly begun: number;
  readonly beforeBuckets?: readonly Bucket[] | undefined;
  readonly interval: string;
  readonly zone: string;
  readonly lines: readonly Line[];
  /** The fields that lines are told apart by. */
  readonly by: readonly string[];
}

export function linesOf({ data, meta }: Answer, plan: PlanInput): Lines {
  const all = untilNow(allLines(data, plan), meta.asOf);
  return plan.range === 'all' ? sinceSomething(all) : all;
}

/** What has not begun has no number yet, rather than none. */
function untilNow(all: Lines, asOf: string): Lines {
  const { buckets = [], lines } = all;
  const begun = buckets.filter(({ from }) => from <= asOf).length;
  const valuesOf = (values: Line['values']) =>
    values.map((value, index) => (index >= begun && value === 0 ? null : value));
  if (begun === buckets.length) return all;
  return { ...all, begun, lines: lines.map((line) => ({ ...line, values: valuesOf(line.values) })) };
}

/** All time begins long before anything happened. */
function sinceSomething(all: Lines): Lines {
  const { buckets = [], lines } = all;
  const first = buckets.findIndex((_, index) => lines.some(({ values }) => Boolean(values[index])));
  if (first < 2) return all;
  return {
    ...all,
    buckets: buckets.slice(first - 1),
    begun: all.begun - first + 1,
    lines: lines.map((line) => ({ ...line, values: line.values.slice(first - 1) })),
  };
}

function allLines(data: AnswerData, plan: PlanInput): Lines {
  const numbers = data as NumbersData;
  const compared = (numbers as Compared).compare?.data;
  const draft = draftOf(plan);
  const lines = bareLines(numbers, draft);
  const before = compared && valuesBefore(bareLines(compared, draft));
  return {
    begun: ('buckets' in numbers ? numbers.buckets?.length : undefined) ?? 0,
    ...('buckets' in numbers && numbers.buckets !== undefined && { buckets: numbers.buckets }),
    ...(before && compared && 'buckets' in compared && { beforeBuckets: compared.buckets }),
    interval: ('interval' in numbers ? numbers.interval : undefined) ?? draft.interval,
    zone:
      ('timeZone' in numbers ? numbers.timeZone : undefined) ??
      (typeof plan.timeZone === 'string' ? plan.timeZone : 'UTC'),
    by: draft.by,
    lines: before === undefined ? lines : lines.map((line) => ({ ...line, before: before.get(line.key) })),
  };
}

/** By the keys of lines. A time before the first event compares with nothing: lines at zero would only look like some. */
function valuesBefore(lines: readonly Line[]): ReadonlyMap<string, Line['values']> | undefined {
  if (lines.every(({ values }) => values.every((value) => !value))) return undefined;
  return new Map(lines.map((line) => [line.key, line.values]));
}

function bareLines(data: NumbersData, draft: Draft): readonly Line[] {
  if (data.kind === 'series') return seriesLines(data.series, draft);
  const metrics = draft.series.map(({ metric }) => metric);
  if (data.kind === 'trend') {
    if (data.groups === undefined) return metrics.flatMap((metric) => courses(metric, data.total));
    const [metric = 'events'] = metrics;
    return data.groups.flatMap((group) => named(group, [group.value], draft.by, courses(metric, group)));
  }
  if (data.groups === undefined) return metrics.flatMap((metric) => figures(metric, data.total));
  return data.groups.flatMap((group) =>
    metrics.flatMap((metric) =>
      named(group, 'values' in group ? group.values : [group.value], draft.by, figures(metric, group)),
    ),
  );
}

function seriesLines(
  series: readonly { name: string; values: readonly (number | null)[] }[],
  { series: drafts, formulas }: Draft,
) {
  return series.map(({ name, values }, index): Line => {
    const draft = drafts[index];
    if (draft === undefined) {
      const formula = formulas[index - drafts.length];
      const label =
        formula === undefined || formula.name !== undefined
          ? name.replaceAll('_', ' ')
          : `${formulaName(formula, index - drafts.length)}: ${formula.formula}`;
      return { key: name, name: label, values, shown: shownAs(undefined), isFormula: true };
    }
    const words = seriesWords(draft);
    const isLettered = seriesName(draft, index) === letterOf(index);
    const label = isLettered
      ? drafts.length > 1
        ? `${letterOf(index)}: ${words}`
        : words
      : name.replaceAll('_', ' ');
    return { key: name, name: label, values, shown: shownAs(draft.metric) };
  });
}

/** One metric of a trend; money is a line for each currency. */
function courses(metric: Metric, series: Series): readonly Line[] {
  if (metric === 'amount')
    return (series.amount ?? []).map((each: MoneySeries) => moneyLine(each.currency, each.sum.map(Number)));
  if (typeof metric === 'object') {
    const name = measureName(metric);
    return [
      { key: name, name: metricWords(metric), values: series.measures?.[name] ?? [], shown: shownAs(metric) },
    ];
  }
  return [{ key: metric, name: metricWords(metric), values: series[metric] ?? [], shown: shownAs(metric) }];
}

function figures(metric: Metric, numbers: Numbers): readonly Line[] {
  if (metric === 'amount')
    return (numbers.amount ?? []).map((each: Money) => moneyLine(each.currency, [Number(each.sum)]));
  if (typeof metric === 'object') {
    const name = measureName(metric);
    return [
      {
        key: name,
        name: metricWords(metric),
        values: [numbers.measures?.[name] ?? null],
        shown: shownAs(metric),
      },
    ];
  }
  return [
    { key: metric, name: metricWords(metric), values: [numbers[metric] ?? null], shown: shownAs(metric) },
  ];
}

const moneyLine = (currency: string | null, values: readonly number[]): Line => ({
  key: `amount ${currency}`,
  name: currency === null ? 'Revenue without a currency' : `Revenue in ${currency}`,
  values,
  shown: moneyShown(currency),
});

/** The lines of a group have its name; with several metrics of a breakdown, `key` tells which. */
function named(
  group: GroupName | GroupValues,
  values: readonly Value[],
  by: readonly string[],
  lines: readonly Line[],
): readonly Line[] {
  const isOther = group.other === true;
  const name = isOther ? 'All others' : groupWords(values, by);
  return lines.map((line) => ({
    ...line,
    key: JSON.stringify([isOther ? 'other' : values, line.key]),
    name: lines.length > 1 ? `${name} · ${line.name}` : name,
    group: isOther ? by.map(() => null) : values,
    isOther,
    metric: { key: line.key, name: line.name },
  }));
}

export const groupWords = (values: readonly Value[], by: readonly string[]) =>
  values.map((value, index) => valueName(by[index] ?? '', value)).join(' · ');
