/** Several lines over time as ECharts wants them; what is not over is dashed or pale, what it is compared with is thin. */
import type { EChartsCoreOption } from 'echarts/core';
import type { Bucket } from '../../../../../src/query/wire.ts';
import { bucketLabel, bucketTitle, dayAndClock } from '../../../format/dates.ts';
import { change, percent } from '../../../format/numbers.ts';
import type { Line, Lines } from './lines.ts';

export const forms = { lines: 'Lines', areas: 'Areas', stacked: 'Stacked', bars: 'Bars' } as const;
export type ChartForm = keyof typeof forms;
export const colorsCount = 8;
/** More lines with theirs of before would be a tangle; the table and the tips have all. */
const comparedMax = 4;

/** The name of the token that a line is drawn in; groups past the limit are gray. */
export const colorOf = (line: Line, index: number) =>
  line.isOther ? 'faint' : `series-${(index % colorsCount) + 1}`;

export interface LineOptionInput {
  readonly all: Lines;
  /** Keys of lines that are not drawn. */
  readonly hidden: ReadonlySet<string>;
  readonly form: ChartForm;
  readonly annotations: readonly { readonly at: string; readonly text: string }[];
  readonly isTile: boolean;
  readonly color: (name: string) => string;
}

type Point = number | null;

export function lineOption(input: LineOptionInput): EChartsCoreOption {
  const { all, hidden, form, isTile, color } = input;
  const { buckets = [] } = all;
  const isBars = form === 'bars' || form === 'stacked';
  const drawn = all.lines
    .map((line, index) => ({ line, color: color(colorOf(line, index)) }))
    .filter(({ line }) => !hidden.has(line.key));
  const isRight = ({ isFormula = false }: Line) => isFormula && hasTwoAxes(drawn);
  const onAxis = (line: Line) => (series: object) => ({ ...series, yAxisIndex: isRight(line) ? 1 : 0 });
  return {
    animation: false,
    grid: { left: 8, right: 12, top: 16, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: buckets.map((bucket) => axisLabel(bucket, all)),
      boundaryGap: isBars,
      axisLine: { lineStyle: { color: color('line') } },
      axisTick: { show: false },
      axisLabel: { color: color('faint'), hideOverlap: true, margin: 12 },
    },
    yAxis: axesOf(drawn, isTile, color),
    tooltip: {
      trigger: 'axis',
      confine: true,
      transitionDuration: 0,
      backgroundColor: color('card'),
      borderColor: color('line'),
      textStyle: { color: color('ink'), fontSize: 13 },
      axisPointer: {
        type: isBars ? 'shadow' : 'line',
        // behind the bars, which it would make pale
        z: 0,
        lineStyle: { color: color('faint') },
        shadowStyle: { color: color('sunken'), opacity: 0.5 },
      },
      formatter: (points: readonly { dataIndex: number }[]) =>
        tooltip(input, drawn, points[0]?.dataIndex ?? 0),
    },
    series: [
      ...drawn
        .slice(0, drawn.length > comparedMax ? 0 : comparedMax)
        .flatMap(({ line, color: ownColor }) => beforeSeries(line, ownColor, form).map(onAxis(line))),
      ...drawn.flatMap(({ line, color: ownColor }) =>
        (isBars ? [barSeries(line, all, ownColor, form)] : courseSeries(line, all, ownColor, form)).map(
          onAxis(line),
        ),
      ),
      annotationSeries(input, buckets),
    ],
  };
}

const dayMs = 86_400_000;

/** Hours of several days have their day too. */
function axisLabel(bucket: Bucket, { buckets = [], interval, zone }: Lines): string {
  const isOfHours = interval === 'hour' || interval === '15m';
  const lengthMs = Date.parse(buckets.at(-1)?.to ?? '') - Date.parse(buckets[0]?.from ?? '');
  return isOfHours && lengthMs > 1.5 * dayMs
    ? dayAndClock(bucket.from, zone)
    : bucketLabel(bucket, interval, zone);
}

interface Drawn {
  readonly line: Line;
  readonly color: string;
}

/** Formulas are of other sizes than what they are made of: they have the right axis where both are drawn. */
const hasTwoAxes = (drawn: readonly Drawn[]) =>
  drawn.some(({ line }) => line.isFormula) && drawn.some(({ line }) => !line.isFormula);

function axesOf(
  drawn: readonly Drawn[],
  isTile: boolean,
  color: (name: string) => string,
): readonly object[] {
  const axis = (line: Line | undefined, isLeft: boolean) => ({
    type: 'value',
    splitNumber: isTile ? 2 : 4,
    splitLine: { show: isLeft, lineStyle: { color: color('line') } },
    axisLabel: { color: color('faint'), formatter: (value: number) => line?.shown.short(value) ?? value },
  });
  const [first] = drawn;
  if (!hasTwoAxes(drawn)) return [axis(first?.line, true)];
  const found = (isFormula: boolean) =>
    drawn.find(({ line }) => (line.isFormula ?? false) === isFormula)?.line;
  return [axis(found(false), true), axis(found(true), false)];
}

/** The place of the bucket that is not over; -1 when all are. */
const openBucket = ({ buckets = [], begun }: Lines) =>
  buckets[begun - 1]?.complete === false ? begun - 1 : -1;

/** Whole buckets drawn through, the way to one that is not over dashed. */
function courseSeries({ values }: Line, all: Lines, color: string, form: ChartForm): readonly object[] {
  const { buckets = [], begun } = all;
  const open = openBucket(all);
  const isOpen = open > 0;
  const whole = isOpen ? values.map((value, index) => (index < open ? value : null)) : values;
  const rest = values.map((value, index) => (index === open || index === open - 1 ? value : null));
  const line = { type: 'line', showSymbol: buckets.length < 3, symbolSize: 6, itemStyle: { color } };
  const course = {
    ...line,
    data: whole,
    lineStyle: { color, width: 2.25 },
    ...(form === 'areas' && { areaStyle: { color, opacity: 0.14 } }),
    // points without neighbors would not be seen
    ...(hasGaps(values.slice(0, begun)) && { showSymbol: true, symbolSize: 4 }),
  };
  if (!isOpen) return [course];
  return [course, { ...line, data: rest, silent: true, lineStyle: { color, width: 2.25, type: [2, 4] } }];
}

const hasGaps = (values: readonly Point[]) => values.some((value) => value === null);

function barSeries({ values }: Line, all: Lines, color: string, form: ChartForm): object {
  const open = openBucket(all);
  return {
    type: 'bar',
    ...(form === 'stacked' && { stack: 'all' }),
    barMaxWidth: 40,
    itemStyle: { color },
    data: values.map((value, index) => (index === open ? { value, itemStyle: { opacity: 0.45 } } : value)),
  };
}

/** Beside bars and stacks it would tell nothing. */
function beforeSeries({ before, values }: Line, color: string, form: ChartForm): readonly object[] {
  if (before === undefined || form === 'bars' || form === 'stacked') return [];
  return [
    {
      type: 'line',
      showSymbol: false,
      silent: true,
      data: before.slice(0, values.length),
      lineStyle: { color, width: 1.25, type: [4, 4], opacity: 0.55 },
      itemStyle: { color },
    },
  ];
}

/** Carries the marks alone, so that they stay when a line is hidden. */
function annotationSeries({ annotations, color }: LineOptionInput, buckets: readonly Bucket[]): object {
  return {
    type: 'line',
    data: [],
    silent: true,
    markLine: {
      silent: true,
      symbol: 'none',
      animation: false,
      label: { show: false },
      lineStyle: { color: color('warn'), type: 'solid', width: 1 },
      data: annotations.flatMap(({ at }) => {
        const index = bucketAt(buckets, at);
        return index < 0 ? [] : [{ xAxis: index }];
      }),
    },
  };
}

const bucketAt = (buckets: readonly Bucket[], at: string) => {
  const time = Date.parse(at);
  return buckets.findIndex(({ from, to }) => time >= Date.parse(from) && time < Date.parse(to));
};

const tipLinesMax = 12;
const nameLengthMax = 48;

/** Nodes, not markup: names come from events. */
function tooltip(
  { all, annotations, form }: LineOptionInput,
  drawn: readonly Drawn[],
  index: number,
): HTMLElement {
  const { buckets = [], beforeBuckets, interval, zone } = all;
  const box = document.createElement('div');
  const bucket = buckets[index];
  if (bucket === undefined) return box;
  box.append(part(bucketTitle(bucket, interval, zone), 'text-faint'));
  const sorted =
    drawn.length > 1 && form !== 'bars'
      ? drawn.toSorted((a, b) => valueAt(b.line, index) - valueAt(a.line, index))
      : drawn;
  for (const { line, color } of sorted.slice(0, tipLinesMax)) box.append(tipLine(line, color, index));
  if (sorted.length > tipLinesMax) box.append(part(`and ${sorted.length - tipLinesMax} more`, 'text-faint'));
  const then = beforeBuckets?.[index];
  if (then !== undefined && drawn.some(({ line }) => line.before !== undefined))
    box.append(
      part(`compared with ${bucketTitle({ ...then, complete: true }, interval, zone)}`, 'text-faint'),
    );
  for (const { at, text } of annotations)
    if (bucketAt(buckets, at) === index) box.append(part(text, 'text-warn'));
  return box;
}

const valueAt = ({ values }: Line, index: number) => values[index] ?? Number.NEGATIVE_INFINITY;

function tipLine({ name, values, before, shown }: Line, color: string, index: number): HTMLElement {
  const row = part('', 'flex items-center gap-2');
  const dot = part('', 'size-2 shrink-0 rounded-full');
  dot.style.background = color;
  const value = values[index];
  const share = change(value ?? 0, before?.[index] ?? undefined);
  row.append(
    dot,
    part(name.length > nameLengthMax ? `${name.slice(0, nameLengthMax)}…` : name, 'flex-1'),
    part(value === null || value === undefined ? '–' : shown.full(value), 'font-semibold tabular pl-3'),
  );
  if (share !== undefined) row.append(part(`${share > 0 ? '+' : ''}${percent(share)}`, 'text-faint tabular'));
  return row;
}

function part(text: string, className: string): HTMLElement {
  const element = document.createElement('div');
  element.textContent = text;
  element.className = className;
  return element;
}
