/** A list whose rows are put in order: dragged by their handle, or moved by the arrow keys while the handle has the focus. */
import { GripVertical } from 'lucide-react';
import { type KeyboardEvent, type PointerEvent, type ReactNode, useEffect, useRef, useState } from 'react';
import { classes } from '../../../ui/classes.ts';
import { moved } from './funnel-plan.ts';

interface SortableProps {
  readonly label: string;
  /** Names of the rows that move with them. */
  readonly ids: readonly number[];
  readonly onMove: (from: number, to: number) => void;
  readonly row: (index: number, handle: ReactNode) => ReactNode;
}

export function Sortable({ label, ids, onMove, row }: SortableProps) {
  const list = useRef<HTMLOListElement>(null);
  const [drag, setDrag] = useState<{ readonly from: number; readonly to: number }>();
  const [told, setTold] = useState('');
  const focused = useRef<number>(undefined);
  const indexes = ids.map((_, index) => index);
  const shown = drag === undefined ? indexes : moved(indexes, drag.from, drag.to);

  // a row that moves in the document loses the focus
  useEffect(() => {
    if (focused.current === undefined) return;
    list.current?.querySelector<HTMLElement>(`[data-handle="${focused.current}"]`)?.focus();
    focused.current = undefined;
  });

  const move = (from: number, to: number) => {
    if (to < 0 || to >= ids.length || to === from) return;
    focused.current = ids[from];
    setTold(`Now at place ${to + 1} of ${ids.length}`);
    onMove(from, to);
  };
  const onKeyDown = (event: KeyboardEvent, index: number) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0) return;
    event.preventDefault();
    move(index, index + step);
  };
  const onPointerDown = (event: PointerEvent, from: number) => {
    if (event.button !== 0) return;
    event.preventDefault();
    let to = from;
    const follow = ({ clientY }: globalThis.PointerEvent) => {
      to = placeAt(list.current!, from, clientY);
      setDrag({ from, to });
    };
    const stop = (isDropped: boolean) => () => {
      removeEventListener('pointermove', follow);
      removeEventListener('pointerup', drop);
      removeEventListener('pointercancel', cancel);
      setDrag(undefined);
      if (isDropped) move(from, to);
    };
    const [drop, cancel] = [stop(true), stop(false)];
    addEventListener('pointermove', follow);
    addEventListener('pointerup', drop);
    addEventListener('pointercancel', cancel);
    setDrag({ from, to });
  };

  return (
    <>
      <ol ref={list} aria-label={label} className="grid min-w-0 gap-2">
        {shown.map((index) => (
          <li
            key={ids[index]}
            data-index={index}
            className={classes('min-w-0', drag?.from === index && 'rounded-lg opacity-60 ring-2 ring-accent')}
          >
            {row(
              index,
              <button
                type="button"
                data-handle={ids[index]}
                aria-label={`Move row ${index + 1}: arrow up, arrow down`}
                title="Drag, or use the arrow keys"
                onKeyDown={(event) => onKeyDown(event, index)}
                onPointerDown={(event) => onPointerDown(event, index)}
                className="cursor-grab touch-none rounded p-1 text-faint hover:bg-sunken hover:text-ink"
              >
                <GripVertical aria-hidden className="size-4" />
              </button>,
            )}
          </li>
        ))}
      </ol>
      <span aria-live="polite" className="sr-only">
        {told}
      </span>
    </>
  );
}

/** How many of the other rows lie above. */
function placeAt(list: HTMLElement, dragged: number, y: number): number {
  const others = [...list.children].filter((row) => (row as HTMLElement).dataset.index !== String(dragged));
  return others.filter((row) => {
    const { top, height } = row.getBoundingClientRect();
    return top + height / 2 < y;
  }).length;
}

/** Names that stay with the rows while these are moved, removed and added. */
export function useRowIds(count: number) {
  const ids = useRef<number[]>([]);
  const next = useRef(0);
  while (ids.current.length < count) ids.current.push(next.current++);
  ids.current.length = count;
  return {
    ids: ids.current as readonly number[],
    move: (from: number, to: number) => {
      ids.current = [...moved(ids.current, from, to)];
    },
    remove: (index: number) => {
      ids.current = ids.current.toSpliced(index, 1);
    },
  };
}
