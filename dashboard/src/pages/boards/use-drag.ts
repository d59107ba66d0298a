/** A tile under the pointer: where it would come to stand, until it is let go or Escape takes it back. */
import { type CSSProperties, type PointerEvent, type RefObject, useEffect, useRef, useState } from 'react';
import { arranged, type Box } from './arrange.ts';
import { columns, gapPx, rowPx } from './board.ts';

export type Way = 'move' | 'resize';

interface Dragging {
  readonly index: number;
  readonly style: CSSProperties;
  readonly preview: readonly Box[];
}

export interface Drag {
  readonly drag: Dragging | undefined;
  readonly begin: (pressed: PointerEvent) => void;
}

interface Held {
  readonly index: number;
  readonly way: Way;
  readonly pointer: number;
  readonly x: number;
  readonly y: number;
  readonly scrollY: number;
}

const edgePx = 60;
const scrollPx = 14;

export function useDrag(
  area: RefObject<HTMLElement | null>,
  boxes: readonly Box[],
  onDone: (boxes: readonly Box[]) => void,
) {
  const [held, setHeld] = useState<Held>();
  const [drag, setDrag] = useState<Dragging>();
  // what the listeners of a drag see: it is drawn anew while they stay
  const now = useRef({ boxes, onDone, drag });
  now.current = { boxes, onDone, drag };

  useEffect(() => {
    if (held === undefined) return;
    const end = (isDone: boolean) => {
      const { drag: last, onDone: tell } = now.current;
      setHeld(undefined);
      setDrag(undefined);
      if (isDone && last !== undefined) tell(last.preview);
    };
    const move = (event: globalThis.PointerEvent) => {
      if (event.pointerId !== held.pointer || area.current === null) return;
      scrollAtEdge(event.clientY);
      const dx = event.clientX - held.x;
      const dy = event.clientY - held.y + window.scrollY - held.scrollY;
      setDrag(dragged(held, now.current.boxes, area.current.clientWidth, dx, dy));
    };
    const up = (event: globalThis.PointerEvent) => event.pointerId === held.pointer && end(true);
    const cancel = (event: globalThis.PointerEvent) => event.pointerId === held.pointer && end(false);
    const key = (event: KeyboardEvent) => event.key === 'Escape' && end(false);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', key);
    return () => {
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', key);
    };
  }, [held, area]);

  const begin = (pressed: PointerEvent, index: number, way: Way) => {
    if (pressed.button !== 0) return;
    const { pointerId: pointer, clientX: x, clientY: y } = pressed;
    setHeld({ index, way, pointer, x, y, scrollY: window.scrollY });
  };
  return { drag, begin };
}

function dragged(
  { index, way }: Held,
  boxes: readonly Box[],
  width: number,
  dx: number,
  dy: number,
): Dragging {
  const stepX = (width + gapPx) / columns;
  const stepY = rowPx + gapPx;
  const [byX, byY] = [Math.round(dx / stepX), Math.round(dy / stepY)];
  const from = boxes[index]!;
  const to =
    way === 'move'
      ? { ...from, x: from.x + byX, y: Math.max(0, from.y + byY) }
      : {
          ...from,
          width: Math.max(1, Math.min(columns - from.x, from.width + byX)),
          height: Math.max(1, from.height + byY),
        };
  const style: CSSProperties =
    way === 'move'
      ? { transform: `translate(${dx}px, ${dy}px)`, pointerEvents: 'none' }
      : {
          width: Math.max(stepX, from.width * stepX - gapPx + dx),
          height: Math.max(rowPx, from.height * stepY - gapPx + dy),
        };
  return { index, style, preview: arranged(boxes, columns, { index, to }) };
}

function scrollAtEdge(clientY: number): void {
  if (clientY < edgePx) window.scrollBy(0, -scrollPx);
  else if (clientY > window.innerHeight - edgePx) window.scrollBy(0, scrollPx);
}
