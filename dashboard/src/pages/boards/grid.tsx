/**
 * The grid that tiles stand in. Who arranges drags a tile by its handle or its corner; by keyboard the handle takes the arrow keys, and with
 * Shift they resize. Until a tile is let go the others only try out where they would stand. On a phone the tiles stand under each other.
 */
import {
  type CSSProperties,
  type KeyboardEvent,
  type PointerEvent,
  type ReactNode,
  useMemo,
  useRef,
  useState,
} from 'react';
import { classes } from '../../ui/classes.ts';
import { arranged, type Box, readingOrder, resized, stepped } from './arrange.ts';
import { columns, gapPx, rowPx } from './board.ts';
import { useDrag } from './use-drag.ts';
import { useNarrow } from './use-narrow.ts';

export interface GridItem {
  readonly key: string;
  readonly name: string;
  readonly box: Box;
  /** On a phone as high as what it holds. */
  readonly isText: boolean;
}

/** What a tile needs to be moved by. */
export interface Handle {
  readonly label: string;
  readonly onKeyDown: (pressed: KeyboardEvent) => void;
  readonly onMove: (pressed: PointerEvent) => void;
  /** Absent on a phone. */
  readonly onResize?: (pressed: PointerEvent) => void;
}

interface GridProps {
  readonly items: readonly GridItem[];
  readonly draw: (key: string, handle: Handle | undefined) => ReactNode;
  /** Absent: it is only looked at. */
  readonly onArrange?: (boxes: readonly Box[]) => void;
}

export function Grid({ items, draw, onArrange }: GridProps) {
  const area = useRef<HTMLDivElement>(null);
  const [said, setSaid] = useState('');
  const isNarrow = useNarrow();
  const boxes = useMemo(
    () =>
      arranged(
        items.map(({ box }) => box),
        columns,
      ),
    [items],
  );
  const { drag, begin } = useDrag(area, boxes, (next) => onArrange?.(next));
  const shown = drag?.preview ?? boxes;
  const order = isNarrow || onArrange === undefined ? readingOrder(boxes) : boxes.map((_, i) => i);
  // the same while a tile is dragged, so that those that only make room are not drawn anew
  const handles = useMemo<readonly (Handle | undefined)[]>(
    () =>
      items.map(
        ({ name }, index) =>
          onArrange && {
            label: `Move ${name}`,
            onKeyDown: (pressed) => {
              const next = afterKey(boxes, index, pressed, isNarrow);
              if (next === undefined) return;
              pressed.preventDefault();
              onArrange(next);
              setSaid(placeWords(name, next[index]!));
            },
            // on a phone a touch scrolls, and the menu moves
            onMove: (pressed) => !isNarrow && begin(pressed, index, 'move'),
            ...(!isNarrow && { onResize: (pressed) => begin(pressed, index, 'resize') }),
          },
      ),
    [items, boxes, onArrange, isNarrow, begin],
  );
  return (
    <div ref={area} className="relative">
      <ul
        // what lies under the pointer is of no interest while it drags
        className={classes(
          'grid grid-cols-1 gap-3 sm:grid-cols-12',
          drag !== undefined && 'pointer-events-none',
        )}
        style={{ gridAutoRows: isNarrow ? 'auto' : `${rowPx}px` }}
      >
        {order.map((index) => {
          const { key, isText } = items[index]!;
          const isDragged = drag?.index === index;
          return (
            <li
              key={key}
              className={classes('min-w-0', isDragged && 'z-20 rounded-xl shadow-xl shadow-black/20')}
              style={
                isNarrow
                  ? narrowStyle(boxes[index]!, isText)
                  : cellStyle(isDragged ? boxes[index]! : shown[index]!)
              }
            >
              {draw(key, handles[index])}
            </li>
          );
        })}
        {drag !== undefined && (
          <li
            aria-hidden
            className="rounded-xl border-2 border-dashed border-accent bg-accent-soft"
            style={cellStyle(shown[drag.index]!)}
          />
        )}
      </ul>
      <p role="status" className="sr-only">
        {said}
      </p>
    </div>
  );
}

const cellStyle = ({ x, y, width, height }: Box): CSSProperties => ({
  gridColumn: `${x + 1} / span ${width}`,
  gridRow: `${y + 1} / span ${height}`,
});

const narrowStyle = ({ height }: Box, isText: boolean): CSSProperties =>
  isText ? {} : { height: Math.max(2, Math.min(6, height)) * (rowPx + gapPx) - gapPx };

const arrows: Readonly<Record<string, readonly [number, number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, -1],
  ArrowDown: [0, 1],
};

function afterKey(boxes: readonly Box[], index: number, pressed: KeyboardEvent, isNarrow: boolean) {
  const step = arrows[pressed.key];
  if (step === undefined || pressed.ctrlKey || pressed.metaKey || pressed.altKey) return undefined;
  const [dx, dy] = step;
  if (pressed.shiftKey) return resized(boxes, columns, index, dx, dy);
  return isNarrow && dy !== 0 ? inList(boxes, index, dy) : stepped(boxes, columns, index, dx, dy);
}

/** Before or behind the next one of the list that a phone shows. */
export function inList(boxes: readonly Box[], index: number, by: number): readonly Box[] {
  const order = readingOrder(boxes);
  const other = order[order.indexOf(index) + by];
  if (other === undefined) return boxes;
  const [own, their] = [boxes[index]!, boxes[other]!];
  if (own.y !== their.y) return stepped(boxes, columns, index, 0, by);
  const swapped = boxes.map((box, i) =>
    i === index ? { ...box, x: their.x } : i === other ? { ...box, x: own.x } : box,
  );
  return arranged(swapped, columns);
}

const placeWords = (name: string, { x, y, width, height }: Box): string =>
  `${name}: column ${x + 1}, row ${y + 1}, ${width} wide, ${height} high`;
