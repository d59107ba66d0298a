/**
 * A range dragged over a chart’s first axis. While it is dragged nothing of the chart is drawn: one element is moved over it, without React, so
 * that each frame stays cheap however many points there are.
 */
import type { EChartsType } from 'echarts/core';
import { type PointerEvent, type ReactNode, type RefObject, useRef } from 'react';
import { classes } from '../ui/classes.ts';

interface DragRangeProps {
  readonly chart: RefObject<EChartsType | undefined>;
  readonly onRange: (first: number, last: number) => void;
  readonly rangeLabel: ((first: number, last: number) => string) | undefined;
  readonly className: string | undefined;
  readonly children: ReactNode;
}

/** Less is a click. */
const pixelsMin = 6;

interface Drag {
  readonly from: number;
  /** Of the box. */
  readonly left: number;
  readonly width: number;
  label: string;
}

export function DragRange({ chart, onRange, rangeLabel, className, children }: DragRangeProps) {
  const band = useRef<HTMLDivElement>(null);
  const words = useRef<HTMLSpanElement>(null);
  const drawing = useRef<HTMLDivElement>(null);
  const drag = useRef<Drag>(undefined);

  const indexAt = (x: number) => {
    const found = chart.current?.convertFromPixel({ gridIndex: 0 }, [x, 0]) as unknown as
      | readonly number[]
      | undefined;
    return Math.max(0, Math.round(found?.[0] ?? 0));
  };
  const rangeOf = ({ from, left, width }: Drag, clientX: number) => {
    const to = Math.min(width, Math.max(0, clientX - left));
    return { start: Math.min(from, to), end: Math.max(from, to) };
  };
  const hideTip = () => {
    chart.current?.dispatchAction({ type: 'updateAxisPointer', currTrigger: 'leave' });
    chart.current?.dispatchAction({ type: 'hideTip' });
  };
  const begin = (event: PointerEvent<HTMLDivElement>) => {
    if (event.button !== 0 || !event.isPrimary) return;
    const { left, width } = event.currentTarget.getBoundingClientRect();
    drag.current = { from: event.clientX - left, left, width, label: '' };
  };
  const move = (event: PointerEvent<HTMLDivElement>) => {
    const now = drag.current;
    if (now === undefined || band.current === null) return;
    const { start, end } = rangeOf(now, event.clientX);
    if (end - start < pixelsMin && band.current.hidden) return;
    if (band.current.hidden) {
      band.current.hidden = false;
      // taken here, not at the press, so that a click stays the chart’s
      event.currentTarget.setPointerCapture(event.pointerId);
      if (drawing.current !== null) drawing.current.style.pointerEvents = 'none';
      hideTip();
      // what the chart had begun to show by then
      requestAnimationFrame(hideTip);
    }
    band.current.style.transform = `translateX(${start}px)`;
    band.current.style.width = `${end - start}px`;
    const label = rangeLabel?.(indexAt(start), indexAt(end)) ?? '';
    if (label === now.label || words.current === null) return;
    now.label = label;
    words.current.textContent = label;
  };
  const end = (event: PointerEvent<HTMLDivElement>, isDone: boolean) => {
    const now = drag.current;
    const wasShown = band.current?.hidden === false;
    drag.current = undefined;
    if (drawing.current !== null) drawing.current.style.pointerEvents = '';
    if (band.current !== null) band.current.hidden = true;
    if (now === undefined || !wasShown || !isDone) return;
    const range = rangeOf(now, event.clientX);
    if (range.end - range.start >= pixelsMin) onRange(indexAt(range.start), indexAt(range.end));
  };
  return (
    <div
      className={classes('relative cursor-crosshair touch-pan-y select-none', className)}
      onPointerDown={begin}
      onPointerMove={move}
      onPointerUp={(event) => end(event, true)}
      onPointerCancel={(event) => end(event, false)}
    >
      <div ref={drawing} className="h-full w-full">
        {children}
      </div>
      <div
        ref={band}
        hidden
        className="pointer-events-none absolute inset-y-0 left-0 border-x border-accent bg-accent/15 will-change-transform"
      >
        <span
          ref={words}
          className="absolute top-1 left-1/2 -translate-x-1/2 rounded bg-card px-1.5 py-0.5 text-[13px] whitespace-nowrap shadow"
        />
      </div>
    </div>
  );
}
