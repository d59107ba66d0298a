/**
 * From the log to windows: reads records some at a time, has them made into rows, and decides which of them are copies. Whatever a record holds, each of its offsets gets a fate and reading goes on behind it.
 */
import type { Clock } from '../clock.ts';
import type { Log, LogRecord } from '../log/log.ts';
import { decodeRecord } from './decode-record.ts';
import type { Dedupe, Known } from './dedupe.ts';
import { type Stretch, walk } from './log-walk.ts';
import type { Maker } from './makers.ts';
import { OffsetSet } from './offset-set.ts';
import { type PrepareTools, prepareRow } from './prepare.ts';
import { Slices } from './slices.ts';
import type { Fates, Prepared, Window } from './window.ts';

export interface WindowReaderOptions {
  readonly log: Log;
  readonly partition: number;
  readonly clock: Clock;
  readonly dedupe: Dedupe;
  readonly known: Known;
  readonly maker: Maker;
  /** For rows that are made once more. */
  readonly tools: PrepareTools;
  readonly batchEventsMax: number;
  readonly batchBytesMax: number;
  readonly onLost: (from: number, to: number, cause: Error) => void;
}

/** Of one reading, so that the bytes of the log that are in memory are few whatever a window may hold. */
const readBytesMax = 2 * 1024 * 1024;
/** Rows may take so many times the log's bytes of a window: those of odd properties take 90 times theirs. */
const packedTimesMax = 2;
/** Of one question to the store. */
export const knownKeysMax = 5_000;
const nothingRead = { receivedMin: Number.POSITIVE_INFINITY, receivedMax: Number.NEGATIVE_INFINITY };

export class WindowReader {
  readonly #options: WindowReaderOptions;
  /** Where the next window begins. */
  next: number;

  constructor(options: WindowReaderOptions, next: number) {
    this.#options = options;
    this.next = next;
  }

  /**
   * The next window, which ends before `until` (Infinity: as far as the limits go). Undefined when nothing is written at
   * `next` yet. Errors: log_read_failed; what `known` throws.
   */
  async read(landed: OffsetSet, until: number): Promise<Window | undefined> {
    const stretch = await this.#walk(this.next, this.#options.batchEventsMax);
    if (stretch.kind === 'lost')
      return this.#stepOver(stretch.from, Math.min(stretch.to, until), landed, stretch.cause);
    if (stretch.records.length === 0) return undefined;
    return await this.#make(stretch.records, landed, until);
  }

  /**
   * The rows of a window once more, with their events, but for those that have landed. Errors: log_read_failed; Error when the
   * log has them no longer.
   */
  async again({ from, to, copies, quarantined }: Window, landed: OffsetSet): Promise<Prepared[]> {
    const { tools, partition } = this.#options;
    const isCopy = new OffsetSet(copies);
    const isQuarantined = new Set(quarantined.map(({ offset }) => offset));
    const prepared: Prepared[] = [];
    const slices = new Slices();
    for (let at = from; at < to; ) {
      const stretch = await this.#walk(at, Number.POSITIVE_INFINITY);
      if (stretch.kind === 'lost') throw stretch.cause;
      if (stretch.records.length === 0)
        throw new Error(`the log ends at offset ${at} of partition ${partition}`);
      for (const record of stretch.records) {
        for (const { event, origin } of eventsOf(record, at, to, partition)) {
          await slices.step();
          const { offset } = origin;
          if (isCopy.has(offset) || landed.has(offset) || isQuarantined.has(offset)) continue;
          prepared.push({ row: prepareRow(event, origin, tools), event });
        }
        at = record.offset + record.count;
      }
    }
    return prepared;
  }

  #walk(from: number, eventsMax: number): Promise<Stretch> {
    const { log, partition, clock, batchBytesMax } = this.#options;
    return walk(log, clock, partition, from, { eventsMax, bytesMax: Math.min(batchBytesMax, readBytesMax) });
  }

  #stepOver(from: number, to: number, landed: OffsetSet, cause: Error): Window {
    const { dedupe, onLost } = this.#options;
    // what was stored before the damage came is not lost
    const stored = landed.count(from, to);
    if (stored < to - from) onLost(from, to, cause);
    this.next = to;
    dedupe.moveTo(to);
    const rest = { parts: [], rows: 0, quarantined: [], copies: [], duplicates: 0, ...nothingRead };
    return this.#windowOf(from, to, { ...rest, landed: stored }, to - from - stored);
  }

  async #make(first: readonly LogRecord[], landed: OffsetSet, until: number): Promise<Window> {
    const { dedupe, maker, clock } = this.#options;
    const from = this.next;
    maker.begin({ from, key: dedupe.key, now: clock.now(), landed: landed.ranges });
    try {
      const to = await this.#feed(first, until);
      const fates = await this.#decide(to);
      this.next = to;
      return this.#windowOf(from, to, fates, 0);
    } catch (error) {
      maker.release(from);
      throw error;
    }
  }

  /** Records until the window is full, the log has no more or what follows is lost; resolves with where the window ends. */
  async #feed(first: readonly LogRecord[], until: number): Promise<number> {
    const { maker, batchEventsMax, batchBytesMax } = this.#options;
    const from = this.next;
    let bytes = 0;
    let records = first;
    let packedBytes = 0;
    let feeding: Promise<number> | undefined;
    for (;;) {
      const end = endOf(records);
      for (const record of records) bytes += record.bytes.byteLength;
      packedBytes = (await feeding) ?? 0;
      feeding = watched(maker.feed(records, from, until));
      const isLarge = bytes >= batchBytesMax || packedBytes >= packedTimesMax * batchBytesMax;
      const isFull = end >= until || end - from >= batchEventsMax || isLarge;
      // read while these are decoded
      const stretch = isFull ? undefined : await this.#walk(end, batchEventsMax - (end - from));
      if (stretch?.kind !== 'records' || stretch.records.length === 0) {
        await feeding;
        return Math.min(end, until);
      }
      records = stretch.records;
    }
  }

  async #decide(to: number): Promise<Fates> {
    const { dedupe, maker } = this.#options;
    dedupe.begin();
    try {
      const hits = await dedupe.decide(await maker.decoded());
      const fates = await maker.finish(hits.length === 0 ? [] : await this.#copiesAmong(hits));
      dedupe.end(to);
      return fates;
    } catch (error) {
      dedupe.end();
      throw error;
    }
  }

  async #copiesAmong(hits: readonly number[]): Promise<readonly number[]> {
    const { known, maker } = this.#options;
    const { copies, unsure } = await maker.confirm(hits);
    const all = [...copies];
    for (let from = 0; from < unsure.length; from += knownKeysMax) {
      const part = unsure.slice(from, from + knownKeysMax);
      const answers = await known(part.map(({ key }) => key));
      for (const [index, { place }] of part.entries()) if (answers[index]) all.push(place);
    }
    return all;
  }

  #windowOf(from: number, to: number, fates: Fates, lost: number): Window {
    const { maker, clock } = this.#options;
    const now = clock.now();
    const received = fates.receivedMin > fates.receivedMax ? { receivedMin: now, receivedMax: now } : {};
    return { ...fates, ...received, from, to, lost, release: () => maker.release(from) };
  }
}

const endOf = (records: readonly LogRecord[]): number => {
  const last = records.at(-1)!;
  return last.offset + last.count;
};

/** It is awaited later, or never when something else fails first. */
function watched<T>(promise: Promise<T>): Promise<T> {
  promise.catch(() => {});
  return promise;
}

/** None when the record cannot be decoded: it is in quarantine. */
function* eventsOf(record: LogRecord, from: number, to: number, partition: number) {
  let batch: ReturnType<typeof decodeRecord>;
  try {
    batch = decodeRecord(record);
  } catch {
    return;
  }
  const { project, receivedAt, events } = batch;
  const end = Math.min(record.offset + record.count, to);
  for (let offset = Math.max(record.offset, from); offset < end; offset++)
    yield { event: events[offset - record.offset]!, origin: { partition, offset, project, receivedAt } };
}
