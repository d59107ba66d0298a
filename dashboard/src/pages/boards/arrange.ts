/**
 * Where tiles stand: whole cells of a grid, no two over each other, nothing floating above an empty place. Who moves a tile says where it
 * should go; the others make room and close up again. Pure, so that a drag can be tried out before it is let go.
 */

export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** The one that is being moved, and where it is wanted. */
export interface Moved {
  readonly index: number;
  readonly to: Box;
}

export const heightMax = 24;
const stepsMax = 200;

/** The boxes in the order given, each at its place. */
export function arranged(boxes: readonly Box[], columns: number, moved?: Moved): readonly Box[] {
  const all = boxes.map((box) => within(box, columns));
  const order = all
    .map((_, index) => index)
    .sort((a, b) => all[a]!.y - all[b]!.y || all[a]!.x - all[b]!.x || a - b);
  const target = moved && within(moved.to, columns);
  const queue = target === undefined ? order : withMoved(order, all, moved!.index, target);
  const placed = new Map<number, Box>();
  for (const index of queue) {
    const box = target !== undefined && index === moved!.index ? target : all[index]!;
    placed.set(index, settled(box, [...placed.values()]));
  }
  return all.map((_, index) => placed.get(index)!);
}

/** One step to a side, or past the next one above or below; the same boxes when there is no way. */
export function stepped(
  boxes: readonly Box[],
  columns: number,
  index: number,
  dx: number,
  dy: number,
): readonly Box[] {
  const from = boxes[index]!;
  if (dx !== 0) return arranged(boxes, columns, { index, to: { ...from, x: from.x + dx } });
  for (let step = 1; step <= stepsMax && from.y + dy * step >= 0; step++) {
    const next = arranged(boxes, columns, { index, to: { ...from, y: from.y + dy * step } });
    if (next[index]!.y !== from.y) return next;
  }
  return boxes;
}

/** Grown or shrunk by so many cells. */
export const resized = (boxes: readonly Box[], columns: number, index: number, dx: number, dy: number) =>
  arranged(boxes, columns, {
    index,
    to: {
      ...boxes[index]!,
      width: Math.min(columns - boxes[index]!.x, boxes[index]!.width + dx),
      height: boxes[index]!.height + dy,
    },
  });

/** From the top left to the bottom right, as one reads; the order of a narrow screen. */
export const readingOrder = (boxes: readonly Box[]): readonly number[] =>
  boxes.map((_, index) => index).sort((a, b) => boxes[a]!.y - boxes[b]!.y || boxes[a]!.x - boxes[b]!.x);

/** Below everything that is there. */
export const below = (boxes: readonly Box[]): number =>
  Math.max(0, ...boxes.map(({ y, height }) => y + height));

function within({ x, y, width, height }: Box, columns: number): Box {
  const fitting = Math.max(1, Math.min(columns, width));
  return {
    x: Math.max(0, Math.min(columns - fitting, x)),
    y: Math.max(0, y),
    width: fitting,
    height: Math.max(1, Math.min(heightMax, height)),
  };
}

/**
 * In its own columns it goes past another when its edge has passed that one’s middle; coming from beside, its middle decides, so that who
 * drags a tile straight to the side takes the place of what stands there.
 */
function withMoved(
  order: readonly number[],
  all: readonly Box[],
  index: number,
  target: Box,
): readonly number[] {
  const from = all[index]!;
  const edge = target.y > from.y ? target.y + target.height - 0.5 : target.y;
  const middle = target.y + target.height / 2;
  const others = order.filter((each) => each !== index);
  const at = others.findIndex((each) => {
    const other = all[each]!;
    const place = isBeside(other, from) ? edge : middle;
    return isBeside(other, target) && place <= other.y + other.height / 2;
  });
  return at < 0 ? [...others, index] : [...others.slice(0, at), index, ...others.slice(at)];
}

const isBeside = (a: Box, b: Box): boolean => a.x < b.x + b.width && b.x < a.x + a.width;
const isOver = (a: Box, b: Box): boolean => isBeside(a, b) && a.y < b.y + b.height && b.y < a.y + a.height;

/** Up as far as it goes, or down out of what is there. */
function settled(box: Box, placed: readonly Box[]): Box {
  const free = (y: number) => !placed.some((other) => isOver({ ...box, y }, other));
  let { y } = box;
  while (y > 0 && free(y) && free(y - 1)) y--;
  while (!free(y)) y++;
  return { ...box, y };
}
