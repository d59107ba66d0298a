/**
 * Puts the events of each sequence in order: the engine gives them as its threads met them. Sequences are short and mostly in
 * order already, so this is cheaper here than sorting arrays of tuples there.
 */

export interface EventColumns {
  /** Where each sequence ends. */
  readonly ends: Uint32Array;
  readonly times: Float64Array;
  /** The place in the log as two words, the low one first: decides between equal times. */
  readonly places: Uint32Array;
  /** Moved along. */
  readonly others: readonly (Uint32Array | Uint8Array)[];
}

/** Up to this many events are put in order one by one. */
const insertionMax = 32;

export function orderSequences(columns: EventColumns): void {
  const { ends, times, places } = columns;
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const to = ends[i]!;
    if (!isInOrder(times, places, from, to)) {
      if (to - from <= insertionMax) insertInOrder(columns, from, to);
      else permute(columns, from, to);
    }
    from = to;
  }
}

function isInOrder(times: Float64Array, places: Uint32Array, from: number, to: number): boolean {
  for (let i = from + 1; i < to; i++) {
    if (times[i - 1]! < times[i]!) continue;
    if (comparePlaces(times, places, i - 1, i) > 0) return false;
  }
  return true;
}

function comparePlaces(times: Float64Array, places: Uint32Array, a: number, b: number): number {
  return times[a]! - times[b]! || places[2 * a + 1]! - places[2 * b + 1]! || places[2 * a]! - places[2 * b]!;
}

function insertInOrder(columns: EventColumns, from: number, to: number): void {
  const { times, places } = columns;
  for (let i = from + 1; i < to; i++)
    for (let at = i; at > from && comparePlaces(times, places, at - 1, at) > 0; at--)
      swap(columns, at - 1, at);
}

function swap({ times, places, others }: EventColumns, a: number, b: number): void {
  exchange(times, a, b);
  exchange(places, 2 * a, 2 * b);
  exchange(places, 2 * a + 1, 2 * b + 1);
  for (const column of others) exchange(column, a, b);
}

function exchange(values: Float64Array | Uint32Array | Uint8Array, a: number, b: number): void {
  const value = values[a]!;
  values[a] = values[b]!;
  values[b] = value;
}

function permute({ times, places, others }: EventColumns, from: number, to: number): void {
  const order = Uint32Array.from({ length: to - from }, (_, i) => from + i).sort((a, b) =>
    comparePlaces(times, places, a, b),
  );
  const move = (values: Float64Array | Uint32Array | Uint8Array): void => {
    const moved = values.slice(from, to);
    for (let i = 0; i < order.length; i++) values[from + i] = moved[order[i]! - from]!;
  };
  move(times);
  for (const column of others) move(column);
  const words = places.slice(2 * from, 2 * to);
  for (let i = 0; i < order.length; i++) {
    const at = 2 * (order[i]! - from);
    places[2 * (from + i)] = words[at]!;
    places[2 * (from + i) + 1] = words[at + 1]!;
  }
}
