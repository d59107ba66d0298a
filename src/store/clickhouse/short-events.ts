/**
 * Sequences of the short form of event-words.ts as columns. Events are doubles here, so that they are put in order by plain
 * comparison; sequences whose order they do not tell are left out and named, to be asked for with the places of their events.
 */
import type { SequenceBlock } from '../sequences.ts';
import type { EventLayout } from './event-words.ts';

/** Up to this many events are put in order one by one: sequences are short and mostly in order. */
const insertionMax = 24;

export interface ShortBlock {
  readonly block: SequenceBlock;
  /** The keys of those that were left out. */
  readonly unsure: BigUint64Array;
}

/** Sequences as the engine gives them. */
interface ShortSequences {
  readonly keys: BigUint64Array;
  /** Where each ends, in events. */
  readonly ends: Uint32Array;
  /** Integers of 64 bits. Taken over: times come to stand in it. */
  readonly packed: ArrayBuffer;
}

export function shortBlock(
  { keys, ends, packed }: ShortSequences,
  layout: EventLayout,
  hasCodes: boolean,
): ShortBlock {
  const words = new Uint32Array(packed);
  // in place: millions of events of a question would otherwise be garbage several times
  const events = new Float64Array(packed);
  for (let i = 0; i < events.length; i++) events[i] = words[2 * i + 1]! * 2 ** 32 + words[2 * i]!;
  const unsure = orderEvents(events, ends, 2 ** layout.lowBits);
  const kept = unsure.length === 0 ? { keys, events, ends } : without(unsure, keys, events, ends);
  const block = { keys: kept.keys, ends: kept.ends, ...unpacked(kept.events, layout, hasCodes) };
  return { block, unsure: BigUint64Array.from(unsure, (i) => keys[i]!) };
}

/** In place. @param unit an event of the next millisecond is greater by this. Gives which sequences have events that may stand in any order. */
function orderEvents(events: Float64Array, ends: Uint32Array, unit: number): readonly number[] {
  const unsure: number[] = [];
  let from = 0;
  for (let i = 0; i < ends.length; i++) {
    const to = ends[i]!;
    if (to - from > insertionMax) events.subarray(from, to).sort();
    else insert(events, from, to);
    if (hasTies(events, from, to, unit)) unsure.push(i);
    from = to;
  }
  return unsure;
}

function insert(events: Float64Array, from: number, to: number): void {
  for (let i = from + 1; i < to; i++) {
    const event = events[i]!;
    let at = i;
    for (; at > from && events[at - 1]! > event; at--) events[at] = events[at - 1]!;
    events[at] = event;
  }
}

/** Events that are the same in all may stand in any order. */
function hasTies(events: Float64Array, from: number, to: number, unit: number): boolean {
  for (let i = from + 1; i < to; i++) {
    const difference = events[i]! - events[i - 1]!;
    if (difference > 0 && difference < unit && timeOf(events[i]!, unit) === timeOf(events[i - 1]!, unit))
      return true;
  }
  return false;
}

const timeOf = (event: number, unit: number): number => Math.floor(event / unit);

/** @param left ascending */
function without(left: readonly number[], keys: BigUint64Array, events: Float64Array, ends: Uint32Array) {
  const keptKeys = new BigUint64Array(keys.length - left.length);
  const keptEnds = new Uint32Array(keptKeys.length);
  let [sequences, count, from, next] = [0, 0, 0, 0];
  for (let i = 0; i < ends.length; i++) {
    const to = ends[i]!;
    if (left[next] === i) next++;
    else {
      events.copyWithin(count, from, to);
      count += to - from;
      keptKeys[sequences] = keys[i]!;
      keptEnds[sequences++] = count;
    }
    from = to;
  }
  return { keys: keptKeys, ends: keptEnds, events: events.subarray(0, count) };
}

/** `events` become their times. */
function unpacked(events: Float64Array, { from, tagBits, lowBits }: EventLayout, hasCodes: boolean) {
  const unit = 2 ** lowBits;
  const tagMask = 2 ** tagBits - 1;
  const tags = new Uint32Array(events.length);
  const codes = new Uint32Array(hasCodes ? events.length : 0);
  for (let i = 0; i < events.length; i++) {
    const time = timeOf(events[i]!, unit);
    const low = events[i]! - time * unit;
    events[i] = from + time;
    tags[i] = low & tagMask;
    if (hasCodes) codes[i] = low >>> (tagBits + 1);
  }
  return { times: events, tags, ...(hasCodes && { codes }) };
}
