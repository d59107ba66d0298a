/**
 * An event of a sequence as one wide integer: its time, its place in the log, its code and its tags, the highest bits first, so
 * that the order of the integers is that of the events. One array a sequence costs the engine a third of what an array a column
 * does. Nearly every question fits 128 bits; the rest take 256.
 *
 *   narrow  time since `from` | place, 64 bits | code | is shown, 1 bit | tags
 *   wide    (the same in words of 64 bits)  time | place | is shown, 1 bit; code, 31 bits | tags, 32 bits
 */
import type { SequenceQuestion } from '../sequences.ts';

export interface EventLayout {
  readonly isWide: boolean;
  /** Of 32 bits an event. */
  readonly words: 4 | 8;
  /** Epoch ms of time 0. */
  readonly from: number;
  readonly tagBits: number;
  /** Of everything under the place; of no use where it is wide. */
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
const narrowBits = 128;
/** Unpacked as one word. */
const lowBitsMax = 31;

export function layoutOf({ scope, tags, field }: SequenceQuestion): EventLayout {
  const timeBits = bitsFor(Math.max(0, scope.to - scope.from));
  const lowBits = tags.length + 1 + (field === undefined ? 0 : bitsFor(field.values.length));
  const isWide = lowBits > lowBitsMax || timeBits + placeBits + lowBits > narrowBits;
  return { isWide, words: isWide ? 8 : 4, from: scope.from, tagBits: tags.length, lowBits };
}

const bitsFor = (max: number): number => Math.ceil(Math.log2(max + 1));

/** The integer, as SQL over rows of `events`. */
export function packedEvent({ isWide, from, tagBits, lowBits }: EventLayout, parts: EventParts): string {
  const time = `toUInt64(toUnixTimestamp64Milli(timestamp) - ${from})`;
  const [type, shown, code] = isWide ? ['UInt256', 63, 32] : ['UInt128', tagBits, tagBits + 1];
  const low = `toUInt64(${parts.tags}) + bitShiftLeft(toUInt64(${parts.isShown}), ${shown}) + bitShiftLeft(toUInt64(${parts.code}), ${code})`;
  const placeShift = isWide ? 64 : lowBits;
  return `bitShiftLeft(to${type}(${time}), ${placeShift + placeBits}) + bitShiftLeft(to${type}(${parts.place}), ${placeShift}) + to${type}(${low})`;
}

/** The code of the event, as SQL. */
export function codeOfEvent(event: string, { isWide, tagBits, lowBits }: EventLayout): string {
  const [shift, bits] = isWide ? [32, 31] : [tagBits + 1, lowBits - tagBits - 1];
  return `bitAnd(bitShiftRight(${event}, ${shift}), ${2 ** bits - 1})`;
}

export interface EventColumns {
  readonly times: Float64Array;
  readonly tags: Uint32Array;
  readonly codes: Uint32Array;
  readonly isShown: Uint8Array;
}

export function unpackEvents(words: Uint32Array, layout: EventLayout): EventColumns {
  const count = words.length / layout.words;
  const columns = {
    times: new Float64Array(count),
    tags: new Uint32Array(count),
    codes: new Uint32Array(count),
    isShown: new Uint8Array(count),
  };
  (layout.isWide ? unpackWide : unpackNarrow)(words, layout, columns);
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
