/**
 * Records of the log in, a window's fates out: decodes events, hashes their ids, and makes the rows of all of them as they
 * come; those that turn out to be copies are taken out again. Which ids came before is decided elsewhere (dedupe.ts), so it
 * needs nothing but the records, and runs in a thread of its own where rows can be packed there (maker-thread.ts). In turns,
 * for each window:
 *
 *   begin, feed…, decoded, confirm (when there are hits), finish          release once it is stored or given up
 */
import type { Event, EventBatch } from '../event/event.ts';
import type { EventRow } from '../event/event-row.ts';
import type { LogRecord } from '../log/log.ts';
import type { EventKey, OffsetRanges, Quarantined, RowPack } from '../store/store.ts';
import { decodeRecord } from './decode-record.ts';
import { IdHasher } from './dedupe-hash.ts';
import { HandIds } from './hand-ids.ts';
import { OffsetSet } from './offset-set.ts';
import { type Origin, type PrepareTools, prepareRow } from './prepare.ts';
import { quarantineEvent, quarantineRecord } from './quarantine.ts';
import { RowList } from './row-list.ts';
import { ByMonths, type Fates, type WindowPart } from './window.ts';

export interface Beginning {
  /** Offset. */
  readonly from: number;
  /** The dedupe's, for the hashes. */
  readonly key: Uint8Array;
  /** The time of reading, epoch ms. */
  readonly now: number;
  /** Offsets that the store has already. */
  readonly landed: OffsetRanges;
}

/** What the dedupe must know of the events that could be decoded, one place each, in the order of the log. */
export interface Decoded {
  readonly count: number;
  /** Two words an event. */
  readonly hashes: Uint32Array<ArrayBuffer>;
  /** Epoch ms. */
  readonly receivedAt: Float64Array<ArrayBuffer>;
  /** 1 where the store has this very offset. */
  readonly landed: Uint8Array<ArrayBuffer>;
}

/** Places whose ids came before, by hash. */
export interface Confirmed {
  readonly copies: readonly number[];
  /** Only the store knows of these. */
  readonly unsure: readonly { readonly place: number; readonly key: EventKey }[];
}

export interface WindowMakerOptions {
  readonly partition: number;
  readonly tools: PrepareTools;
  readonly openPack: () => RowPack;
}

interface Making {
  readonly ids: HandIds;
  readonly hasher: IdHasher;
  readonly now: number;
  readonly landed: OffsetSet;
  readonly groups: ByMonths<RowPack>;
  readonly quarantined: Quarantined[];
  /** One for each event that could be decoded. */
  readonly offsets: number[];
  readonly hashes: number[];
  readonly receivedAt: number[];
  readonly isLanded: number[];
  rows: number;
  landedCount: number;
  receivedMin: number;
  receivedMax: number;
  unpackable: string | undefined;
}

export class WindowMaker {
  readonly #options: WindowMakerOptions;
  /** Of windows that are not stored yet, by where they begin. */
  readonly #inHand = new Map<number, HandIds>();
  #making: Making | undefined;

  constructor(options: WindowMakerOptions) {
    this.#options = options;
  }

  begin({ from, key, now, landed }: Beginning): void {
    const ids = new HandIds();
    this.#inHand.set(from, ids);
    this.#making = {
      ids,
      hasher: new IdHasher(key),
      now,
      landed: new OffsetSet(landed),
      groups: new ByMonths(this.#options.openPack),
      quarantined: [],
      offsets: [],
      hashes: [],
      receivedAt: [],
      isLanded: [],
      rows: 0,
      landedCount: 0,
      receivedMin: Number.POSITIVE_INFINITY,
      receivedMax: Number.NEGATIVE_INFINITY,
      unpackable: undefined,
    };
  }

  /**
   * Takes the events of [from, to) of these records. One that cannot be decoded goes to quarantine. Returns about how many bytes the
   * window's packed rows take so far.
   */
  feed(records: readonly LogRecord[], from: number, to: number): number {
    const making = this.#made();
    for (const record of records) this.#feedRecord(making, record, from, to);
    return making.groups.groups().reduce((sum, { bytes }) => sum + bytes, 0);
  }

  decoded(): Decoded {
    const { offsets, hashes, receivedAt, isLanded } = this.#made();
    return {
      count: offsets.length,
      hashes: Uint32Array.from(hashes),
      receivedAt: Float64Array.from(receivedAt),
      landed: Uint8Array.from(isLanded),
    };
  }

  /** `hits`: places whose ids may have come before, ascending. */
  confirm(hits: readonly number[]): Confirmed {
    const { ids } = this.#made();
    const copies: number[] = [];
    const unsure: { place: number; key: EventKey }[] = [];
    for (const place of hits) {
      const key = ids.at(place);
      // a second copy of an unsure one is a copy whatever the store says
      if (this.#isInHand(key, ids, place)) copies.push(place);
      else unsure.push({ place, key });
    }
    return { copies, unsure };
  }

  /** `copies`: places of events that are copies. */
  finish(copies: readonly number[]): Fates {
    const making = this.#made();
    this.#making = undefined;
    const offsets = copies.map((place) => making.offsets[place]!).sort((a, b) => a - b);
    return fatesOf(making, offsets);
  }

  /** The window that begins here is in the store, or was given up. */
  release(from: number): void {
    this.#inHand.delete(from);
  }

  #made(): Making {
    if (this.#making === undefined) throw new Error('no window was begun');
    return this.#making;
  }

  #feedRecord(making: Making, record: LogRecord, from: number, to: number): void {
    const { partition } = this.#options;
    const begin = Math.max(record.offset, from);
    const end = Math.min(record.offset + record.count, to);
    if (begin >= end) return;
    let batch: EventBatch;
    try {
      batch = decodeRecord(record);
    } catch (error) {
      const items = quarantineRecord(partition, record, begin, error, making.now);
      making.quarantined.push(...items.slice(0, end - begin));
      return;
    }
    const { project, receivedAt, events } = batch;
    if (receivedAt < making.receivedMin) making.receivedMin = receivedAt;
    if (receivedAt > making.receivedMax) making.receivedMax = receivedAt;
    for (let offset = begin; offset < end; offset++) {
      const origin = { partition, offset, project, receivedAt };
      this.#take(making, events[offset - record.offset]!, origin);
    }
  }

  #take(making: Making, event: Event, origin: Origin): void {
    const { hasher, ids } = making;
    hasher.hashPair(origin.project, event.eventId);
    ids.add(origin.project, event.eventId);
    making.hashes.push(hasher.low, hasher.high);
    making.offsets.push(origin.offset);
    making.receivedAt.push(origin.receivedAt);
    const isLanded = making.landed.has(origin.offset);
    making.isLanded.push(isLanded ? 1 : 0);
    if (isLanded) making.landedCount++;
    else this.#makeRow(making, event, origin);
  }

  #makeRow(making: Making, event: Event, origin: Origin): void {
    let row: EventRow;
    try {
      row = prepareRow(event, origin, this.#options.tools);
    } catch (error) {
      making.quarantined.push(quarantineEvent(event, origin, 'unpreparable', error));
      return;
    }
    making.rows++;
    if (making.unpackable !== undefined) return;
    try {
      making.groups.groupOf(row.timestamp).add(row);
    } catch (error) {
      making.unpackable = messageOf(error);
    }
  }

  /** In a window before this one, or in this one at a place before. */
  #isInHand(key: EventKey, own: HandIds, place: number): boolean {
    for (const ids of this.#inHand.values()) {
      if (ids.hasBefore(key, ids === own ? place : undefined)) return true;
    }
    return false;
  }
}

/** `copies`: offsets, ascending. */
function fatesOf(making: Making, copies: readonly number[]): Fates {
  const isCopy = new Set(copies);
  const quarantined = making.quarantined.filter(({ offset }) => !isCopy.has(offset));
  // the row of a copy is among the rows, unless none could be made of it
  const rows = making.rows - copies.length + making.quarantined.length - quarantined.length;
  const { landedCount: landed, receivedMin, receivedMax } = making;
  const rest = {
    rows,
    quarantined,
    copies: rangesOf(copies),
    duplicates: copies.length,
    landed,
    receivedMin,
    receivedMax,
  };
  try {
    if (making.unpackable !== undefined) throw new Error(making.unpackable);
    return { ...rest, parts: partsOf(making.groups.groups(), isCopy) };
  } catch (error) {
    return { ...rest, parts: [], unpackable: messageOf(error) };
  }
}

function partsOf(packs: readonly RowPack[], copies: ReadonlySet<number>): WindowPart[] {
  const parts: WindowPart[] = [];
  for (const pack of packs) {
    if (copies.size > 0) pack.drop(copies);
    if (pack.count === 0) continue;
    if (pack instanceof RowList) parts.push({ count: pack.count, rows: pack.rows });
    else parts.push({ count: pack.count, rows: [], packed: pack.seal() });
  }
  return parts;
}

function rangesOf(offsets: readonly number[]): OffsetRanges {
  const ranges: [from: number, to: number][] = [];
  for (const offset of offsets) {
    const last = ranges.at(-1);
    if (last !== undefined && last[1] === offset) last[1]++;
    else ranges.push([offset, offset + 1]);
  }
  return ranges;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
