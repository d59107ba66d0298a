/** How many come back after so many periods: the average of all who began, and faintly the last few that began. */
import type { EChartsCoreOption } from 'echarts/core';
import { useCallback } from 'react';
import type { RetentionData } from '../../../../../src/query/wire.ts';
import { Chart } from '../../../charts/chart.tsx';
import { percent } from '../../../format/numbers.ts';
import { Empty } from '../../../ui/states.tsx';
import { averages, type Cohort, cohortLabel } from './retention-plan.ts';

/** More lines tell nothing apart. */
const cohortsShownMax = 8;

interface CurveProps {
  readonly data: RetentionData;
  readonly cohorts: readonly Cohort[];
}

export function RetentionCurve({ data, cohorts }: CurveProps) {
  const option = useCallback(
    (color: (name: string) => string) => curveOption({ data, cohorts, color }),
    [data, cohorts],
  );
  if (averages(cohorts).length === 0)
    return (
      <Empty title="No later period yet">The range has one {data.period} alone. Choose a longer one.</Empty>
    );
  return <Chart option={option} label={`Retention by ${data.period}, as a curve`} className="h-80" />;
}

function curveOption({
  data,
  cohorts,
  color,
}: CurveProps & { color: (name: string) => string }): EChartsCoreOption {
  const average = averages(cohorts);
  const line = { type: 'line', animation: false, symbolSize: 6 } as const;
  const inPercent = (rate: number | null) => (rate === null ? null : rate * 100);
  const shown = cohorts.slice(-cohortsShownMax);
  return {
    grid: { left: 8, right: 16, top: 12, bottom: 4, containLabel: true },
    xAxis: {
      type: 'category',
      data: ['0', ...average.map((_, later) => `+${later + 1}`)],
      boundaryGap: false,
      axisLine: { lineStyle: { color: color('line') } },
      axisTick: { show: false },
      axisLabel: { color: color('faint'), hideOverlap: true, margin: 12 },
    },
    yAxis: {
      type: 'value',
      min: 0,
      max: 100,
      splitNumber: 4,
      splitLine: { lineStyle: { color: color('line') } },
      axisLabel: { color: color('faint'), formatter: (value: number) => percent(value / 100) },
    },
    tooltip: {
      trigger: 'axis',
      confine: true,
      backgroundColor: color('card'),
      borderColor: color('line'),
      textStyle: { color: color('ink'), fontSize: 13 },
      formatter: (points: readonly { dataIndex: number }[]) =>
        tooltip(data, shown, average, points[0]?.dataIndex ?? 0),
    },
    series: [
      ...shown.map(({ cells }) => ({
        ...line,
        data: [100, ...cells.map(({ rate, complete }) => (complete ? rate * 100 : null))],
        showSymbol: false,
        silent: true,
        lineStyle: { color: color('faint'), width: 1, opacity: 0.45 },
        itemStyle: { color: color('faint') },
      })),
      {
        ...line,
        data: [100, ...average.map(inPercent)],
        showSymbol: average.length < 30,
        lineStyle: { color: color('accent'), width: 2.5 },
        itemStyle: { color: color('accent') },
        areaStyle: { color: color('accent'), opacity: 0.1 },
      },
    ],
  };
}

/** `at`: 0 is the period in which they began. */
function tooltip(
  data: RetentionData,
  cohorts: readonly Cohort[],
  average: readonly (number | null)[],
  at: number,
): HTMLElement {
  const box = document.createElement('div');
  const add = (text: string, className: string) => {
    const part = document.createElement('div');
    part.textContent = text;
    part.className = className;
    box.append(part);
  };
  add(
    at === 0 ? `The first ${data.period}` : `${at} ${data.period}${at === 1 ? '' : 's'} later`,
    'text-faint',
  );
  const rate = at === 0 ? 1 : average[at - 1];
  add(`Average: ${rate === null || rate === undefined ? 'not over yet' : percent(rate)}`, 'font-semibold');
  if (at > 0)
    for (const cohort of cohorts) {
      const cell = cohort.cells[at - 1];
      if (cell?.complete) add(`${cohortLabel(cohort, data)}: ${percent(cell.rate)}`, 'text-soft');
    }
  return box;
}
