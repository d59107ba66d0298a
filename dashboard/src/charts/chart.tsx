/** A chart of ECharts in React: drawn anew when the option or the theme changes, sized by its box. */
import type { EChartsCoreOption, EChartsType } from 'echarts/core';
import { useEffect, useRef } from 'react';
import { useShownTheme } from '../state/theme.ts';
import { DragRange } from './drag-range.tsx';

let loading: Promise<typeof import('./echarts.ts')> | undefined;

/** For pages that will draw one: it is on its way while their answers are. */
export function loadCharts(): Promise<typeof import('./echarts.ts')> {
  loading ??= import('./echarts.ts');
  return loading;
}

interface ChartProps {
  /** Made from the colors of the theme. Keep it stable with useCallback. */
  readonly option: (color: (name: string) => string) => EChartsCoreOption;
  /** What it shows, for those who cannot see it; a table of the same stands beside it. */
  readonly label: string;
  readonly className?: string;
  readonly onClick?: (index: number) => void;
  /** A range of the first axis that was dragged over: its indices, both included. */
  readonly onRange?: ((first: number, last: number) => void) | undefined;
  /** What stands over a range while it is dragged. */
  readonly rangeLabel?: ((first: number, last: number) => string) | undefined;
  /** Resolves when what else of ECharts it needs is there: bars, a Sankey. */
  readonly extra?: Promise<unknown>;
}

export function Chart({ option, label, className, onClick, onRange, rangeLabel, extra }: ChartProps) {
  const box = useRef<HTMLDivElement>(null);
  const chart = useRef<EChartsType>(undefined);
  const shownTheme = useShownTheme();

  // biome-ignore lint/correctness/useExhaustiveDependencies: the theme decides which colors are read
  useEffect(() => {
    let isGone = false;
    void Promise.all([loadCharts(), extra]).then(([{ init }]) => {
      if (isGone || box.current === null) return;
      chart.current ??= init(box.current);
      const style = getComputedStyle(document.documentElement);
      chart.current.setOption(
        option((name) => style.getPropertyValue(`--${name}`).trim()),
        { notMerge: true },
      );
      chart.current.getZr().off('click');
      const shown = chart.current;
      if (onClick !== undefined)
        shown.getZr().on('click', ({ offsetX, offsetY }) => {
          const [index] = shown.convertFromPixel({ gridIndex: 0 }, [offsetX, offsetY]) as unknown as number[];
          if (index !== undefined) onClick(index);
        });
    });
    return () => {
      isGone = true;
    };
  }, [option, onClick, shownTheme, extra]);

  useEffect(() => {
    const watch = new ResizeObserver(() => chart.current?.resize());
    watch.observe(box.current!);
    return () => {
      watch.disconnect();
      chart.current?.dispose();
      chart.current = undefined;
    };
  }, []);

  const drawing = (
    <div
      ref={box}
      role="img"
      aria-label={label}
      className={onRange === undefined ? className : 'h-full w-full'}
    />
  );
  if (onRange === undefined) return drawing;
  return (
    <DragRange chart={chart} onRange={onRange} rangeLabel={rangeLabel} className={className}>
      {drawing}
    </DragRange>
  );
}
