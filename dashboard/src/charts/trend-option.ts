/** One line over time with what it is compared with: whole buckets drawn through, one that is not over dashed. */
import type { EChartsCoreOption } from 'echarts/core';
import type { Bucket } from '../../../src/query/wire.ts';
import { bucketLabel, bucketTitle } from '../format/dates.ts';
import { change, percent } from '../format/numbers.ts';

interface Line {
  readonly buckets: readonly Bucket[];
  readonly values: readonly number[];
}

export interface TrendOptionInput extends Line {
  readonly before: Line | undefined;
  readonly interval: string;
  readonly zone: string;
  readonly label: string;
  readonly show: (value: number) => string;
  readonly annotations: readonly { readonly at: string; readonly text: string }[];
  readonly color: (name: string) => string;
}

export function trendOption(input: TrendOptionInput): EChartsCoreOption {
  const { buckets, values, before, interval, zone, show, color } = input;
  const isOpen = buckets.at(-1)?.complete === false && buckets.length > 1;
  const whole = isOpen ? values.slice(0, -1) : values;
  const rest = isOpen ? values.map((value, index) => (index >= values.length - 2 ? value : null)) : [];
  const showsPoints = buckets.length < 3;
  const line = { type: 'line', showSymbol: showsPoints, symbolSize: 6, animation: false } as const;
  return {
    grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: buckets.map((bucket) => bucketLabel(bucket, interval, zone)),
      boundaryGap: false,
      axisLine: { lineStyle: { color: color('line') } },
      axisTick: { show: false },
      axisLabel: { color: color('faint'), hideOverlap: true, margin: 12 },
    },
    yAxis: {
      type: 'value',
      minInterval: 1,
      splitNumber: 4,
      splitLine: { lineStyle: { color: color('line') } },
      axisLabel: { color: color('faint'), formatter: show },
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: color('card'),
      borderColor: color('line'),
      textStyle: { color: color('ink'), fontSize: 13 },
      axisPointer: { lineStyle: { color: color('faint') } },
      formatter: (points: readonly { dataIndex: number }[]) => tooltip(input, points[0]?.dataIndex ?? 0),
    },
    series: [
      ...(before === undefined
        ? []
        : [
            {
              ...line,
              data: before.values.slice(0, values.length),
              lineStyle: { color: color('faint'), width: 1.5, type: [4, 4] },
              itemStyle: { color: color('faint') },
              silent: true,
            },
          ]),
      {
        ...line,
        data: whole,
        lineStyle: { color: color('accent'), width: 2.5 },
        itemStyle: { color: color('accent') },
        areaStyle: { color: color('accent'), opacity: 0.1 },
        markLine: {
          silent: true,
          symbol: 'none',
          animation: false,
          label: { show: false },
          lineStyle: { color: color('warn'), type: 'solid', width: 1 },
          data: input.annotations.flatMap(({ at }) => {
            const index = bucketAt(buckets, at);
            return index < 0 ? [] : [{ xAxis: index }];
          }),
        },
      },
      {
        ...line,
        data: rest,
        lineStyle: { color: color('accent'), width: 2.5, type: [2, 4] },
        itemStyle: { color: color('accent') },
      },
    ],
  };
}

const bucketAt = (buckets: readonly Bucket[], at: string) => {
  const time = Date.parse(at);
  return buckets.findIndex(({ from, to }) => time >= Date.parse(from) && time < Date.parse(to));
};

/** Nodes, not markup: names come from events. */
function tooltip(
  { buckets, values, before, interval, zone, label, show, annotations }: TrendOptionInput,
  index: number,
): HTMLElement {
  const box = document.createElement('div');
  const add = (text: string, className = '') => {
    const part = document.createElement('div');
    part.textContent = text;
    part.className = className;
    box.append(part);
  };
  const [bucket, value] = [buckets[index], values[index] ?? 0];
  if (bucket === undefined) return box;
  const earlier = before?.values[index];
  const share = change(value, earlier);
  add(bucketTitle(bucket, interval, zone), 'text-faint');
  add(
    `${label}: ${show(value)}${share === undefined ? '' : `  (${share > 0 ? '+' : ''}${percent(share)})`}`,
    'font-semibold',
  );
  const then = before?.buckets[index];
  if (then !== undefined && earlier !== undefined)
    add(`${bucketTitle(then, interval, zone)}: ${show(earlier)}`, 'text-faint');
  for (const { at, text } of annotations) if (bucketAt(buckets, at) === index) add(text, 'text-warn');
  return box;
}
