/**
 * Records of the log in, a window's fates out: decodes events, hashes their ids, and makes the rows of those that are no
 * copies. Which ids came before is decided elsewhere (dedupe.ts), so it needs nothing but the records: it runs in a thread of
 * its own where the store's rows can be packed there (maker-thread.ts). In turns, for each window:
 *
 *   begin, (decode, take)…, unsure, finish          release once the window is stored or given up
 */
import type { Event, EventBatch } from '../event/event.ts';
import type { EventRow } from '../event/event-row.ts';
import type { LogRecord } from '../log/log.ts';
import type { EventKey, Quarantined, RowPack } from '../store/store.ts';
import { decodeRecord } from './decode-record.ts';
import { IdHasher } from './dedupe-hash.ts';
import { HandIds } from './hand-ids.ts';
import { type Origin, type PrepareTools, prepareRow } from './prepare.ts';
import { quarantineEvent, quarantineRecord } from './quarantine.ts';
import { RowList } from './row-list.ts';
import { ByMonths, type Fates, type WindowPart } from './window.ts';

export interface Candidate {
  readonly event: Event;
  readonly origin: Origin;
}

/** What the dedupe must know of events to decide, one place each. */
export interface Decoded {
  readonly count: number;
  /** Two words an event. */
  readonly hashes: Uint32Array<ArrayBuffer>;
  readonly offsets: Float64Array<ArrayBuffer>;
  /** Epoch ms. */
  readonly receivedAt: Float64Array<ArrayBuffer>;
}

/** `hit`: an id with this hash came before, so the full id decides. `landed`: the store has this very offset. */
export const verdicts = { fresh: 0, hit: 1, landed: 2 } as const;

export interface WindowMakerOptions {
  readonly partition: number;
  readonly tools: PrepareTools;
  readonly openPack: () => RowPack;
}

interface Making {
  readonly ids: HandIds;
  readonly hasher: IdHasher;
  readonly now: number;
  readonly groups: ByMonths<RowPack>;
  readonly quarantined: Quarantined[];
  /** Decoded and not taken yet, oldest first. */
  readonly decoded: Candidate[][];
  readonly unsure: Candidate[];
  readonly copies: [from: number, to: number][];
  duplicates: number;
  landed: number;
  rows: number;
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

  /** `key` is the dedupe's; `now` the time of reading, epoch ms. */
  begin(from: number, key: Uint8Array, now: number): void {
    const ids = new HandIds();
    this.#inHand.set(from, ids);
    this.#making = {
      ids,
      hasher: new IdHasher(key),
      now,
      groups: new ByMonths(this.#options.openPack),
      quarantined: [],
      decoded: [],
      unsure: [],
      copies: [],
      duplicates: 0,
      landed: 0,
      rows: 0,
      receivedMin: Number.POSITIVE_INFINITY,
      receivedMax: Number.NEGATIVE_INFINITY,
      unpackable: undefined,
    };
  }

  /** Events of [from, to) of these records, in their order. A record that cannot be decoded goes to quarantine. */
  decode(records: readonly LogRecord[], from: number, to: number): Decoded {
    const making = this.#made();
    const candidates: Candidate[] = [];
    for (const record of records) this.#decodeRecord(making, record, from, to, candidates);
    making.decoded.push(candidates);
    return hashed(candidates, making.hasher);
  }

  /** `given`: a verdict for each event of what was decoded first and not taken yet. */
  take(given: Uint8Array): void {
    const making = this.#made();
    const candidates = making.decoded.shift()!;
    for (let at = 0; at < given.length; at++) this.#takeOne(making, candidates[at]!, given[at]!);
  }

  /** Hits that no window in hand confirms: only the store knows. */
  unsure(): readonly EventKey[] {
    return this.#made().unsure.map(keyOf);
  }

  /** `known`: whether the store has each of the unsure ones. */
  finish(known: readonly boolean[]): Fates {
    const making = this.#made();
    for (const [at, candidate] of making.unsure.entries()) {
      const { project, eventId } = keyOf(candidate);
      // an id that is twice among the unsure ones is new once
      if (known[at] || this.#isInHand(project, eventId)) this.#copy(making, candidate.origin.offset);
      else this.#row(making, candidate);
    }
    this.#making = undefined;
    return fatesOf(making);
  }

  /** The window that begins here is in the store, or was given up. */
  release(from: number): void {
    this.#inHand.delete(from);
  }

  #made(): Making {
    if (this.#making === undefined) throw new Error('no window was begun');
    return this.#making;
  }

  #decodeRecord(making: Making, record: LogRecord, from: number, to: number, into: Candidate[]): void {
    const { partition } = this.#options;
    const begin = Math.max(record.offset, from);
    const end = Math.min(record.offset + record.count, to);
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
      const origin: Origin = { partition, offset, project, receivedAt };
      into.push({ event: events[offset - record.offset]!, origin });
    }
  }

  #takeOne(making: Making, candidate: Candidate, verdict: number): void {
    const { event, origin } = candidate;
    if (verdict === verdicts.fresh) this.#row(making, candidate);
    else if (verdict === verdicts.landed) {
      making.landed++;
      making.ids.add(origin.project, event.eventId);
    } else if (this.#isInHand(origin.project, event.eventId)) this.#copy(making, origin.offset);
    else making.unsure.push(candidate);
  }

  #copy(making: Making, offset: number): void {
    making.duplicates++;
    const last = making.copies.at(-1);
    if (last !== undefined && last[1] === offset) last[1]++;
    else making.copies.push([offset, offset + 1]);
  }

  #row(making: Making, { event, origin }: Candidate): void {
    making.ids.add(origin.project, event.eventId);
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

  #isInHand(project: string, eventId: string): boolean {
    for (const ids of this.#inHand.values()) if (ids.has(project, eventId)) return true;
    return false;
  }
}

function hashed(candidates: readonly Candidate[], hasher: IdHasher): Decoded {
  const count = candidates.length;
  const hashes = new Uint32Array(2 * count);
  const offsets = new Float64Array(count);
  const receivedAt = new Float64Array(count);
  for (let at = 0; at < count; at++) {
    const { event, origin } = candidates[at]!;
    hasher.hashPair(origin.project, event.eventId);
    hashes[2 * at] = hasher.low;
    hashes[2 * at + 1] = hasher.high;
    offsets[at] = origin.offset;
    receivedAt[at] = origin.receivedAt;
  }
  return { count, hashes, offsets, receivedAt };
}

function fatesOf(making: Making): Fates {
  const { rows, quarantined, copies, duplicates, landed, receivedMin, receivedMax } = making;
  const rest = { rows, quarantined, copies: sorted(copies), duplicates, landed, receivedMin, receivedMax };
  if (making.unpackable === undefined) {
    try {
      return { ...rest, parts: making.groups.groups().map(partOf) };
    } catch (error) {
      making.unpackable = messageOf(error);
    }
  }
  return { ...rest, parts: [], unpackable: making.unpackable };
}

function partOf(pack: RowPack): WindowPart {
  if (pack instanceof RowList) return { count: pack.count, rows: pack.rows() };
  return { count: pack.count, rows: [], packed: pack.seal() };
}

/** Those that the store confirmed came last. */
const sorted = (copies: [number, number][]) => copies.sort(([a], [b]) => a - b);
const keyOf = ({ event, origin }: Candidate): EventKey => ({
  project: origin.project,
  eventId: event.eventId,
});
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));
