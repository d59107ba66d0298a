/**
 * A tile under the pointer: where it would come to stand, until it is let go or Escape takes it back. The tile itself follows by its style
 * alone; the page is drawn anew only when it comes over another cell, so that a frame costs the same on a board of forty.
 */
import { type PointerEvent, type RefObject, useCallback, useEffect, useRef, useState } from 'react';
import { arranged, type Box } from './arrange.ts';
import { columns, gapPx, rowPx } from './board.ts';

export type Way = 'move' | 'resize';

interface Dragging {
  readonly index: number;
  readonly preview: readonly Box[];
}

interface Held {
  readonly index: number;
  readonly way: Way;
  readonly element: HTMLElement;
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
  const now = useRef({ boxes, onDone });
  now.current = { boxes, onDone };

  useEffect(() => {
    if (held === undefined) return;
    let last: (Dragging & { readonly to: Box }) | undefined;
    const end = (isDone: boolean) => {
      setHeld(undefined);
      setDrag(undefined);
      if (isDone && last !== undefined) now.current.onDone(last.preview);
    };
    const move = (event: globalThis.PointerEvent) => {
      if (event.pointerId !== held.pointer || area.current === null) return;
      scrollAtEdge(event.clientY);
      const dx = event.clientX - held.x;
      const dy = event.clientY - held.y + window.scrollY - held.scrollY;
      const stepX = (area.current.clientWidth + gapPx) / columns;
      const from = now.current.boxes[held.index]!;
      paint(held, from, stepX, dx, dy);
      const to = wanted(held, from, stepX, dx, dy);
      if (last !== undefined && isSame(to, last.to)) return;
      const { index } = held;
      last = { index, to, preview: arranged(now.current.boxes, columns, { index, to }) };
      setDrag(last);
    };
    const up = (event: globalThis.PointerEvent) => event.pointerId === held.pointer && end(true);
    const cancel = (event: globalThis.PointerEvent) => event.pointerId === held.pointer && end(false);
    const key = (event: KeyboardEvent) => event.key === 'Escape' && end(false);
    window.addEventListener('pointermove', move);
    window.addEventListener('pointerup', up);
    window.addEventListener('pointercancel', cancel);
    window.addEventListener('keydown', key);
    return () => {
      for (const name of ['transform', 'width', 'height']) held.element.style.removeProperty(name);
      window.removeEventListener('pointermove', move);
      window.removeEventListener('pointerup', up);
      window.removeEventListener('pointercancel', cancel);
      window.removeEventListener('keydown', key);
    };
  }, [held, area]);

  const begin = useCallback((pressed: PointerEvent, index: number, way: Way) => {
    const element = pressed.currentTarget.closest('li');
    if (pressed.button !== 0 || element === null) return;
    const { pointerId: pointer, clientX: x, clientY: y } = pressed;
    setHeld({ index, way, element, pointer, x, y, scrollY: window.scrollY });
  }, []);
  return { drag, begin };
}

const stepY = rowPx + gapPx;

function wanted({ way }: Held, from: Box, stepX: number, dx: number, dy: number): Box {
  const [byX, byY] = [Math.round(dx / stepX), Math.round(dy / stepY)];
  if (way === 'move') return { ...from, x: from.x + byX, y: Math.max(0, from.y + byY) };
  return {
    ...from,
    width: Math.max(1, Math.min(columns - from.x, from.width + byX)),
    height: Math.max(1, from.height + byY),
  };
}

function paint({ way, element: { style } }: Held, from: Box, stepX: number, dx: number, dy: number): void {
  if (way === 'move') {
    style.transform = `translate(${dx}px, ${dy}px)`;
    return;
  }
  style.width = `${Math.max(stepX - gapPx, from.width * stepX - gapPx + dx)}px`;
  style.height = `${Math.max(rowPx, from.height * stepY - gapPx + dy)}px`;
}

const isSame = (a: Box, b: Box): boolean =>
  a.x === b.x && a.y === b.y && a.width === b.width && a.height === b.height;

function scrollAtEdge(clientY: number): void {
  if (clientY < edgePx) window.scrollBy(0, -scrollPx);
  else if (clientY > window.innerHeight - edgePx) window.scrollBy(0, scrollPx);
}
