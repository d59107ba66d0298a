/**
 * One partition of the disk log: its segments and the group commit. What is appended while a commit runs gathers and is the
 * next group; a group is one write and one fsync, and only then are its appends resolved. One thing at a time touches the
 * newest segment; reads and removals of older ones go on beside it.
 */
import { setImmediate as turn } from 'node:timers/promises';
import { failure, type MillraceError } from '../../errors.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { LogEnds, LogRecord, ReadLimits, RecordBytes } from '../log.ts';
import { OffsetWaiters } from '../offset-waiters.ts';
import { byteLengthOf } from '../record-bytes.ts';
import type { DiskBudget } from './disk-budget.ts';
import { systemCode } from './file-system.ts';
import { readSegment } from './partition-read.ts';
import { PartitionWriter, type WriterContext } from './partition-writer.ts';
import { groupBytesMax, headerBytes, recordBytesMax } from './record-codec.ts';
import type { Recovered } from './recovery.ts';
import { removable } from './retention.ts';
import type { Segment } from './segment.ts';
import type { Appended } from './segment-writer.ts';

/** What the partitions of one log share. */
export interface PartitionContext extends WriterContext {
  readonly telemetry: Telemetry;
  readonly budget: DiskBudget;
  /** Hears of every append that is refused. */
  readonly refused: (error: unknown) => void;
}

interface Waiting extends Appended {
  readonly resolve: (offset: number) => void;
  readonly reject: (error: Error) => void;
}

export class PartitionLog {
  readonly #context: PartitionContext;
  readonly #number: number;
  readonly #directory: string;
  readonly #segments: Segment[];
  readonly #writer: PartitionWriter;
  readonly #waiters = new OffsetWaiters();
  #consumed = 0;
  #waiting: Waiting[] = [];
  #committing: Promise<void> | undefined;
  /** The end of the line of those who may touch the newest segment. */
  #turn: Promise<unknown> = Promise.resolve();
  #removing: Promise<void> = Promise.resolve();
  /** Set once nothing more is taken: the log was closed, or failed. */
  #ended: MillraceError | undefined;

  constructor(context: PartitionContext, number: number, directory: string, recovered: Recovered) {
    this.#context = context;
    this.#number = number;
    this.#directory = directory;
    this.#segments = recovered.segments;
    this.#writer = new PartitionWriter(context, directory, recovered.segments);
    context.budget.grow(recovered.segments.reduce((sum, segment) => sum + segment.bytes, 0));
  }

  get #next(): number {
    return this.#segments.at(-1)?.next ?? 0;
  }

  ends(): LogEnds {
    return { first: this.#segments[0]?.base ?? this.#next, next: this.#next };
  }

  append(count: number, payload: RecordBytes): Promise<number> {
    return new Promise((resolve, reject) => {
      const byteLength = headerBytes + byteLengthOf(payload);
      const waiting = { count, payload, byteLength, resolve, reject };
      try {
        this.#admit(byteLength);
      } catch (error) {
        this.#refuse(waiting, error as Error);
        return;
      }
      this.#waiting.push(waiting);
      this.#committing ??= this.#commitAll();
    });
  }

  async read(from: number, limits: ReadLimits): Promise<readonly LogRecord[]> {
    const records: LogRecord[] = [];
    let { eventsMax, bytesMax } = limits;
    for (
      let offset = from;
      offset < this.#next && (records.length === 0 || (eventsMax > 0 && bytesMax > 0));
    ) {
      let more: readonly LogRecord[];
      try {
        more = await this.#readOne(offset, { eventsMax, bytesMax });
      } catch (error) {
        // What is whole is given first; the next read begins at the damage and says so.
        if (records.length > 0) break;
        throw error;
      }
      for (const record of more) {
        records.push(record);
        eventsMax -= record.count;
        bytesMax -= record.bytes.byteLength;
        offset = record.offset + record.count;
      }
    }
    return records;
  }

  wait(offset: number, signal: AbortSignal): Promise<void> {
    if (offset < this.#next) return Promise.resolve();
    return this.#ended === undefined ? this.#waiters.add(offset, signal) : Promise.reject(this.#ended);
  }

  /** Everything below `below` is consumed: whole segments go, as far as retention lets them. */
  async trim(below: number): Promise<void> {
    this.#consumed = Math.max(this.#consumed, Math.min(below, this.#next));
    if (this.#consumed === this.#next) await this.#retireNewest();
    await this.reclaim(this.#context.config.retainBytesMax);
  }

  /** Removes consumed segments but for `retainBytesMax` of them. */
  reclaim(retainBytesMax: number): Promise<void> {
    const removing = this.#removing.then(() => this.#remove(retainBytesMax));
    this.#removing = removing.catch(() => {});
    return removing;
  }

  /** Nothing is taken any more; what waits is rejected. */
  end(error: MillraceError): void {
    this.#ended ??= error;
    for (const waiting of this.#waiting.splice(0)) {
      this.#context.budget.release(waiting.byteLength);
      this.#refuse(waiting, this.#ended);
    }
    this.#waiters.reject(this.#ended);
  }

  /** Waits for what is being appended, seals the newest segment and lets go of the files. */
  async close(): Promise<void> {
    const closed = failure('log_closed', {});
    const failed = this.#ended !== undefined;
    this.#ended ??= closed;
    await this.#committing;
    this.end(closed);
    await this.#removing;
    await this.#exclusive(() => this.#writer.close(!failed));
  }

  #refuse(waiting: Waiting, error: Error): void {
    this.#context.refused(error);
    waiting.reject(error);
  }

  #admit(bytes: number): void {
    if (this.#ended !== undefined) throw this.#ended;
    if (bytes - headerBytes > recordBytesMax)
      throw failure('body_too_large', { limit: 'log record', bytesMax: recordBytesMax });
    this.#context.budget.admit(bytes);
  }

  async #readOne(from: number, limits: ReadLimits): Promise<readonly LogRecord[]> {
    const first = this.ends().first;
    if (from < first) throw failure('log_trimmed', { partition: this.#number, from, first });
    const at = this.#segments.findLastIndex((segment) => segment.base <= from);
    const segment = this.#segments[at]!;
    if (from >= segment.next) {
      const nextOffset = this.#segments[at + 1]?.base ?? this.#next;
      const detail = `offsets ${from} to ${nextOffset - 1} are missing behind it`;
      throw failure('log_corrupt', { path: segment.path, byte: segment.bytes, detail, nextOffset });
    }
    try {
      return await readSegment(this.#context.files, segment, from, limits);
    } catch (error) {
      // The segment may have been trimmed under the read.
      const now = this.ends().first;
      throw from < now ? failure('log_trimmed', { partition: this.#number, from, first: now }, error) : error;
    }
  }

  async #commitAll(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever appends in this turn of the event loop shares the fsync.
      await turn();
      await this.#exclusive(() => this.#commit(this.#takeGroup()));
    }
    this.#committing = undefined;
  }

  #takeGroup(): readonly Waiting[] {
    let bytes = 0;
    let count = 0;
    for (const { byteLength } of this.#waiting) {
      bytes += byteLength;
      if (count > 0 && bytes > groupBytesMax) break;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  async #commit(group: readonly Waiting[]): Promise<void> {
    if (group.length === 0) return;
    const { budget, clock } = this.#context;
    const size = group.reduce((sum, { byteLength }) => sum + byteLength, 0);
    const started = clock.monotonic();
    let first: number;
    try {
      first = await this.#writer.append(group, size);
    } catch (error) {
      budget.release(size);
      for (const waiting of group) this.#refuse(waiting, error as Error);
      return;
    }
    budget.release(size);
    budget.grow(size);
    this.#resolve(group, first);
    this.#publishCommit(group, size, clock.monotonic() - started);
  }

  #resolve(group: readonly Waiting[], first: number): void {
    let offset = first;
    for (const { count, resolve } of group) {
      resolve(offset);
      offset += count;
    }
    this.#waiters.resolve(offset);
  }

  #publishCommit(group: readonly Waiting[], bytes: number, durationMs: number): void {
    const { telemetry } = this.#context;
    if (!telemetry.listened('log.commit')) return;
    const events = group.reduce((sum, { count }) => sum + count, 0);
    telemetry.publish('log.commit', {
      partition: this.#number,
      appends: group.length,
      events,
      bytes,
      durationMs,
    });
  }

  /** When all of it is consumed and it is old, the newest segment is followed by an empty one, which keeps the offset. */
  async #retireNewest(): Promise<void> {
    const { clock, config } = this.#context;
    await this.#exclusive(async () => {
      const newest = this.#segments.at(-1);
      const idle = newest !== undefined && this.#consumed === this.#next && newest.bytes > 0;
      if (!idle || this.#ended !== undefined || clock.now() - newest.modifiedAt < config.segmentMs) return;
      // Without room for a new file the old one stays a while; a failed fsync has ended the log already.
      await this.#writer.beginSegment().catch(() => {});
    });
  }

  async #remove(retainBytesMax: number): Promise<void> {
    const { clock, config, files, budget, telemetry } = this.#context;
    const rule = { consumed: this.#consumed, now: clock.now(), retainBytesMax, retainMs: config.retainMs };
    const going = removable(this.#segments, rule);
    if (going.length === 0) return;
    let bytes = 0;
    for (const segment of going) {
      // Out of sight first, so that no read is sent to a file that is going.
      this.#segments.shift();
      await files.remove(segment.path).catch((error: unknown) => {
        if (systemCode(error) === 'ENOENT') return;
        this.#segments.unshift(segment);
        throw failure('log_write_failed', { path: segment.path }, error);
      });
      budget.grow(-segment.bytes);
      bytes += segment.bytes;
    }
    // Only keeps removed names from coming back, where they would do no harm.
    await files.syncDirectory(this.#directory).catch(() => {});
    telemetry.publish('log.trimmed', { partition: this.#number, below: this.ends().first, bytes });
  }

  #exclusive<T>(task: () => Promise<T>): Promise<T> {
    const result = this.#turn.then(task);
    this.#turn = result.catch(() => {});
    return result;
  }
}
