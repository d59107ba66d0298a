/**
 * An event of a sequence as one wide integer: its time, its place in the log, its code and its tags, the highest bits first, so
 * that the order of the integers is that of the events. One array a sequence costs the engine a third of what an array a column
 * does, and half the bits cost half. Most questions fit 53 bits without the place, which only tells the order of events of one
 * millisecond: sequences that have such events are asked for again with it. Nearly every question fits 128 bits; the rest take 256.
 *
 *   short   time since `from` | code | is shown, 1 bit | tags; below 2^53, so that a double holds it
 *   narrow  time since `from` | place, 64 bits | code | is shown, 1 bit | tags
 *   wide    (the same in words of 64 bits)  time | place | is shown, 1 bit; code, 31 bits | tags, 32 bits
 */
import type { SequenceQuestion } from '../sequences.ts';

export interface EventLayout {
  readonly form: 'short' | 'narrow' | 'wide';
  /** Of 32 bits an event. */
  readonly words: 2 | 4 | 8;
  /** Epoch ms of time 0. */
  readonly from: number;
  readonly tagBits: number;
  /** Of everything under the place, or the time where there is no place; of no use where it is wide. */
  readonly lowBits: number;
}

/** What events are made of, as SQL. Codes are below 2^31. */
export interface EventParts {
  readonly place: string;
  readonly tags: string;
  readonly code: string;
  readonly isShown: string;
}

const placeBits = 64;
const shortBits = 53;
const narrowBits = 128;
/** Unpacked as one word. */
const lowBitsMax = 31;

/** With places. */
export function layoutOf(question: SequenceQuestion): EventLayout {
  const { timeBits, ...layout } = measured(question);
  const isWide = layout.lowBits > lowBitsMax || timeBits + placeBits + layout.lowBits > narrowBits;
  return { ...layout, form: isWide ? 'wide' : 'narrow', words: isWide ? 8 : 4 };
}

/** Without places; undefined where that does not fit. */
export function shortLayoutOf(question: SequenceQuestion): EventLayout | undefined {
  const { timeBits, ...layout } = measured(question);
  if (layout.lowBits > lowBitsMax || timeBits + layout.lowBits > shortBits) return undefined;
  return { ...layout, form: 'short', words: 2 };
}

function measured({ scope, tags, field }: SequenceQuestion) {
  return {
    timeBits: bitsFor(Math.max(0, scope.to - scope.from)),
    from: scope.from,
    tagBits: tags.length,
    lowBits: tags.length + 1 + (field === undefined ? 0 : bitsFor(field.values.length)),
  };
}

const bitsFor = (max: number): number => Math.ceil(Math.log2(max + 1));

/** The integer, as SQL over rows of `events`. */
export function packedEvent({ form, from, tagBits, lowBits }: EventLayout, parts: EventParts): string {
  const time = `toUInt64(toUnixTimestamp64Milli(timestamp) - ${from})`;
  const [type, shown, code] = form === 'wide' ? ['UInt256', 63, 32] : ['UInt128', tagBits, tagBits + 1];
  const low = `toUInt64(${parts.tags}) + bitShiftLeft(toUInt64(${parts.isShown}), ${shown}) + bitShiftLeft(toUInt64(${parts.code}), ${code})`;
  if (form === 'short') return `bitShiftLeft(${time}, ${lowBits}) + ${low}`;
  const placeShift = form === 'wide' ? 64 : lowBits;
  return `bitShiftLeft(to${type}(${time}), ${placeShift + placeBits}) + bitShiftLeft(to${type}(${parts.place}), ${placeShift}) + to${type}(${low})`;
}

/** The code of the event, as SQL. */
export function codeOfEvent(event: string, { form, tagBits, lowBits }: EventLayout): string {
  const [shift, bits] = form === 'wide' ? [32, 31] : [tagBits + 1, lowBits - tagBits - 1];
  return `bitAnd(bitShiftRight(${event}, ${shift}), ${2 ** bits - 1})`;
}

/** Whether events stand in the sorted array `events` whose order the short form does not know, as SQL: of one time, but not the same. */
export function isUnsure(events: string, { lowBits }: EventLayout): string {
  return `arrayExists((a, b) -> a <> b AND bitXor(a, b) < ${2 ** lowBits}, arrayPopBack(${events}), arrayPopFront(${events}))`;
}

export interface EventColumns {
  readonly times: Float64Array;
  readonly tags: Uint32Array;
  readonly codes: Uint32Array;
  readonly isShown: Uint8Array;
}

/** Of the forms with places. */
export function unpackEvents(words: Uint32Array, layout: EventLayout): EventColumns {
  const count = words.length / layout.words;
  const columns = {
    times: new Float64Array(count),
    tags: new Uint32Array(count),
    codes: new Uint32Array(count),
    isShown: new Uint8Array(count),
  };
  (layout.form === 'wide' ? unpackWide : unpackNarrow)(words, layout, columns);
  return columns;
}

function unpackNarrow(
  words: Uint32Array,
  { from, tagBits, lowBits }: EventLayout,
  { times, tags, codes, isShown }: EventColumns,
): void {
  const tagMask = 2 ** tagBits - 1;
  const codeMask = 2 ** (lowBits - tagBits - 1) - 1;
  const upper = 2 ** (32 - lowBits);
  for (let i = 0; i < times.length; i++) {
    const low = words[4 * i]!;
    times[i] = from + words[4 * i + 3]! * upper + (words[4 * i + 2]! >>> lowBits);
    tags[i] = low & tagMask;
    isShown[i] = (low >>> tagBits) & 1;
    codes[i] = (low >>> (tagBits + 1)) & codeMask;
  }
}

function unpackWide(
  words: Uint32Array,
  { from }: EventLayout,
  { times, tags, codes, isShown }: EventColumns,
): void {
  for (let i = 0; i < times.length; i++) {
    times[i] = from + words[8 * i + 5]! * 2 ** 32 + words[8 * i + 4]!;
    tags[i] = words[8 * i]!;
    codes[i] = words[8 * i + 1]! & 0x7fffffff;
    isShown[i] = words[8 * i + 1]! >>> 31;
  }
}
