/**
 * From the log to windows: reads, decodes, finds copies and prepares rows, in slices, so that requests are answered
 * meanwhile. Whatever a record holds, each of its offsets gets a fate and reading goes on behind it.
 */
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import { decodeBatch } from '../event/codec.ts';
import type { EventBatch } from '../event/event.ts';
import type { Log, LogRecord } from '../log/log.ts';
import type { Quarantined } from '../store/store.ts';
import type { Candidate, Dedupe, Known } from './dedupe.ts';
import { walk } from './log-walk.ts';
import type { OffsetSet } from './offset-set.ts';
import { type PrepareTools, prepareRow } from './prepare.ts';
import { quarantineEvent, quarantineRecord } from './quarantine.ts';
import { Slices } from './slices.ts';
import type { Prepared, Window } from './window.ts';

export interface WindowReaderOptions {
  readonly log: Log;
  readonly partition: number;
  readonly clock: Clock;
  readonly dedupe: Dedupe;
  readonly known: Known;
  readonly tools: PrepareTools;
  readonly batchEventsMax: number;
  readonly batchBytesMax: number;
  readonly onLost: (from: number, to: number, cause: Error) => void;
}

export class WindowReader {
  readonly #options: WindowReaderOptions;
  /** Where the next window begins. */
  next: number;

  constructor(options: WindowReaderOptions, next: number) {
    this.#options = options;
    this.next = next;
  }

  /**
   * The next window, which ends before `until` (Infinity: as far as the limits go). Its ids stay with the dedupe until
   * they are released. Undefined when nothing is written at `next` yet. Errors: log_read_failed; what `known` throws.
   */
  async read(landed: OffsetSet, until: number): Promise<Window | undefined> {
    const { log, partition, clock, batchEventsMax, batchBytesMax } = this.#options;
    const limits = { eventsMax: batchEventsMax, bytesMax: batchBytesMax };
    const stretch = await walk(log, clock, partition, this.next, limits);
    if (stretch.kind === 'lost')
      return this.#stepOver(stretch.from, Math.min(stretch.to, until), landed, stretch.cause);
    if (stretch.records.length === 0) return undefined;
    return await this.#prepareWindow(stretch.records, landed, until);
  }

  #stepOver(from: number, to: number, landed: OffsetSet, cause: Error): Window {
    const { clock, dedupe, onLost } = this.#options;
    // what was stored before the damage came is not lost
    const stored = landed.count(from, to);
    if (stored < to - from) onLost(from, to, cause);
    const now = clock.now();
    const rest = {
      prepared: [],
      quarantined: [],
      duplicates: 0,
      receivedMin: now,
      receivedMax: now,
      ids: new Set<string>(),
    };
    this.next = to;
    dedupe.moveTo(to);
    return { ...rest, from, to, landed: stored, lost: to - from - stored };
  }

  async #prepareWindow(records: readonly LogRecord[], landed: OffsetSet, until: number): Promise<Window> {
    const { dedupe, known } = this.#options;
    const from = this.next;
    const last = records.at(-1)!;
    const to = Math.min(last.offset + last.count, until);
    const { candidates, quarantined } = await this.#decode(records, from, to);
    const ids = new Set<string>();
    try {
      const copies = await dedupe.copies(candidates, to, landed, ids, known);
      const fates = await this.#prepare(candidates, copies, landed, quarantined);
      this.next = to;
      return { from, to, ...fates, quarantined, lost: 0, ...this.#received(candidates), ids };
    } catch (error) {
      dedupe.release(ids);
      throw error;
    }
  }

  /** A record that cannot be decoded goes to quarantine, one item an event. */
  async #decode(records: readonly LogRecord[], from: number, to: number) {
    const candidates: Candidate[] = [];
    const quarantined: Quarantined[] = [];
    const slices = new Slices();
    for (const record of records) {
      const begin = Math.max(record.offset, from);
      const end = Math.min(record.offset + record.count, to);
      let batch: EventBatch;
      try {
        batch = decodeRecord(record);
      } catch (error) {
        const items = quarantineRecord(
          this.#options.partition,
          record,
          begin,
          error,
          this.#options.clock.now(),
        );
        quarantined.push(...items.slice(0, end - begin));
        continue;
      }
      const { project, receivedAt } = batch;
      for (let offset = begin; offset < end; offset++) {
        await slices.step();
        const origin = { partition: this.#options.partition, offset, project, receivedAt };
        candidates.push({ event: batch.events[offset - record.offset]!, origin });
      }
    }
    return { candidates, quarantined };
  }

  async #prepare(
    candidates: readonly Candidate[],
    copies: readonly boolean[],
    landed: OffsetSet,
    quarantined: Quarantined[],
  ): Promise<{ prepared: Prepared[]; duplicates: number; landed: number }> {
    const prepared: Prepared[] = [];
    let duplicates = 0;
    let landedCount = 0;
    const slices = new Slices();
    for (const [index, { event, origin }] of candidates.entries()) {
      if (copies[index]) duplicates++;
      else if (landed.has(origin.offset)) landedCount++;
      else {
        await slices.step();
        try {
          prepared.push({ row: prepareRow(event, origin, this.#options.tools), event });
        } catch (error) {
          quarantined.push(quarantineEvent(event, origin, 'unpreparable', error));
        }
      }
    }
    return { prepared, duplicates, landed: landedCount };
  }

  #received(candidates: readonly Candidate[]): { receivedMin: number; receivedMax: number } {
    let receivedMin = Number.POSITIVE_INFINITY;
    let receivedMax = Number.NEGATIVE_INFINITY;
    for (const { origin } of candidates) {
      if (origin.receivedAt < receivedMin) receivedMin = origin.receivedAt;
      if (origin.receivedAt > receivedMax) receivedMax = origin.receivedAt;
    }
    const now = this.#options.clock.now();
    return candidates.length === 0 ? { receivedMin: now, receivedMax: now } : { receivedMin, receivedMax };
  }
}

/** Errors: record_malformed, also when the log counted other events than the record holds. */
export function decodeRecord(record: LogRecord): EventBatch {
  const batch = decodeBatch(record.bytes);
  const found = batch.events.length;
  if (found === record.count) return batch;
  throw failure('record_malformed', {
    detail: `it holds ${found} events where the log counted ${record.count}`,
  });
}
