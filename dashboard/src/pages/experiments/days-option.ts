/** A line for each variant over the days of an experiment. */
import type { EChartsCoreOption } from 'echarts/core';
import type { Bucket } from '../../../../src/query/wire.ts';
import { bucketLabel, bucketTitle } from '../../format/dates.ts';

export interface DaysLine {
  /** Of the variant. */
  readonly key: string;
  readonly name: string;
  readonly isControl: boolean;
  /** By day; null where there is nothing. */
  readonly values: readonly (number | null)[];
}

export interface DaysInput {
  readonly buckets: readonly Bucket[];
  readonly lines: readonly DaysLine[];
  readonly zone: string;
  readonly show: (value: number) => string;
  readonly showAxis: (value: number) => string;
  /** Shares lie between 0 and 1, and are shown near each other; counts begin at 0. */
  readonly isShare: boolean;
  readonly color: (name: string) => string;
  readonly lineColor: (index: number) => string;
}

export function daysOption({
  buckets,
  lines,
  zone,
  show,
  showAxis,
  isShare,
  color,
  lineColor,
}: DaysInput): EChartsCoreOption {
  return {
    grid: { left: 8, right: 12, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: buckets.map((bucket) => bucketLabel(bucket, 'day', zone)),
      boundaryGap: false,
      axisLine: { lineStyle: { color: color('line') } },
      axisTick: { show: false },
      axisLabel: { color: color('faint'), hideOverlap: true, margin: 12 },
    },
    yAxis: {
      type: 'value',
      scale: isShare,
      ...(isShare && { max: shareMax, min: shareMin }),
      splitNumber: 4,
      splitLine: { lineStyle: { color: color('line') } },
      axisLabel: { color: color('faint'), formatter: showAxis },
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: color('card'),
      borderColor: color('line'),
      textStyle: { color: color('ink'), fontSize: 13 },
      axisPointer: { lineStyle: { color: color('faint') } },
      formatter: (points: readonly { dataIndex: number }[]) =>
        tooltip({ buckets, lines, zone, show, lineColor }, points[0]?.dataIndex ?? 0),
    },
    series: lines.map(({ values, isControl }, index) => ({
      type: 'line',
      animation: false,
      showSymbol: buckets.length < 3,
      symbolSize: 6,
      data: values,
      lineStyle: { color: lineColor(index), width: 2, ...(isControl && { type: [6, 4] }) },
      itemStyle: { color: lineColor(index) },
    })),
  };
}

interface Extent {
  readonly min: number;
  readonly max: number;
}

/** Null leaves it to the chart. Beyond these a nice axis would end at what cannot be. */
const shareMax = ({ max }: Extent): number | null => (max > 0.9 ? 1 : null);
const shareMin = ({ min, max }: Extent): number | null =>
  min < 0.02 ? 0 : min === max ? Math.max(0, min - 0.1) : null;

/** Nodes, not markup: names come from events. */
function tooltip(
  { buckets, lines, zone, show, lineColor }: Omit<DaysInput, 'color' | 'showAxis' | 'isShare'>,
  index: number,
): HTMLElement {
  const box = document.createElement('div');
  const bucket = buckets[index];
  if (bucket === undefined) return box;
  const title = document.createElement('div');
  title.textContent = bucketTitle(bucket, 'day', zone);
  title.className = 'text-faint';
  box.append(title);
  for (const [at, { name, values }] of lines.entries()) {
    const line = document.createElement('div');
    const mark = document.createElement('span');
    mark.style.cssText = `display:inline-block;width:8px;height:8px;border-radius:4px;margin-right:6px`;
    mark.style.background = lineColor(at);
    const value = values[index];
    line.append(mark, `${name}: ${value == null ? '–' : show(value)}`);
    box.append(line);
  }
  return box;
}
