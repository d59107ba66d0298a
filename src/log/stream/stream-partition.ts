/** One partition of a log of streams: appends, reads, trimming, and those who wait for its end to move. */
import type { Clock } from '../../clock.ts';
import { failure, isFailure, type MillraceError } from '../../errors.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { LogEnds, LogRecord, ReadLimits } from '../log.ts';
import { OffsetWaiters } from '../offset-waiters.ts';
import { appendArguments, GroupAppend, type GroupResult } from './group-append.ts';
import { Look, lookFields, PartitionView } from './partition-view.ts';
import { readRecords } from './read-records.ts';
import type { Scripts } from './scripts.ts';
import type { PartitionKeys } from './stream-keys.ts';
import type { EncodedRecord } from './stream-record.ts';
import { type Argument, listOf, type Reply, type StreamService, textOf } from './stream-service.ts';

/** What the partitions of one log share. */
export interface PartitionContext {
  readonly service: StreamService;
  readonly scripts: Scripts;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly admit: (bytes: number) => void;
  readonly release: (bytes: number) => void;
  /** What this partition may hold, given what the others do; -1 without a bound. */
  readonly room: (partition: number) => number;
  readonly full: () => MillraceError;
  /** Called when the state was gone, so that the log's own keys are made again. */
  readonly onBegun: (partition: number) => Promise<void>;
}

/** Of one step of trimming: a script stops the server for as long as it runs, about 10 ms. */
const trimEventsMax = 50_000;
/** How often an append may find that the server was replaced meanwhile. */
const epochsMax = 3;

export class StreamPartition {
  readonly view: PartitionView;
  readonly #context: PartitionContext;
  readonly #number: number;
  readonly #keys: PartitionKeys;
  readonly #appends: GroupAppend;
  readonly #waiters = new OffsetWaiters();
  #waiting = 0;
  #ended: MillraceError | undefined;

  private constructor(context: PartitionContext, number: number, keys: PartitionKeys, look: Look) {
    const { service, admit, release, full } = context;
    this.#context = context;
    this.#number = number;
    this.#keys = keys;
    this.view = new PartitionView(look);
    this.#appends = new GroupAppend({
      admit,
      release,
      full,
      encoding: service.encoding,
      groupBytesMax: service.groupBytesMax,
      recordBytesMax: service.recordBytesMax,
      send: (records) => this.#send(records),
    });
  }

  /** Errors: those of the service. */
  static async open(
    context: PartitionContext,
    number: number,
    keys: PartitionKeys,
  ): Promise<StreamPartition> {
    const reply = await context.service.run(context.scripts.open, keysOf(keys), [0]);
    return new StreamPartition(context, number, keys, lookOf(reply, 1));
  }

  get isAwaited(): boolean {
    return this.#waiting > 0;
  }

  get keys(): PartitionKeys {
    return this.#keys;
  }

  get lookCommand(): readonly Argument[] {
    return ['HMGET', this.#keys.state, ...lookFields];
  }

  ends(): LogEnds {
    return this.view.ends();
  }

  append(count: number, bytes: Uint8Array): Promise<number> {
    if (this.#ended !== undefined) return Promise.reject(this.#ended);
    return this.#appends.append(count, bytes);
  }

  /** Errors: log_trimmed, log_corrupt, log_read_failed. */
  async read(from: number, limits: ReadLimits): Promise<readonly LogRecord[]> {
    const { first, next } = this.ends();
    if (from < first) throw failure('log_trimmed', { partition: this.#number, from, first });
    if (from >= next) return [];
    const { service } = this.#context;
    try {
      return await this.#read(from, limits, (command) => service.read(command));
    } catch (error) {
      if (!isFailure(error, 'log_corrupt')) throw error;
    }
    // it may have been trimmed under the read, or a replica gave it that is behind
    await this.look().catch(() => {});
    const now = this.ends().first;
    if (from < now) throw failure('log_trimmed', { partition: this.#number, from, first: now });
    return await this.#read(from, limits, async (command) => (await service.readAll([command]))[0]!);
  }

  async #read(from: number, limits: ReadLimits, read: StreamService['read']): Promise<readonly LogRecord[]> {
    const service = { read, where: this.#context.service.where };
    try {
      return await readRecords({ service, key: this.#keys.records, view: this.view }, from, limits);
    } catch (error) {
      throw this.#readFailure(error);
    }
  }

  async wait(offset: number, signal: AbortSignal, onWait: () => void): Promise<void> {
    if (offset < this.ends().next) return;
    if (this.#ended !== undefined) throw this.#ended;
    this.#waiting++;
    try {
      onWait();
      await this.#waiters.add(offset, signal);
    } finally {
      this.#waiting--;
    }
  }

  /** Errors: log_write_failed. */
  async trim(below: number): Promise<void> {
    const { next } = this.ends();
    const goal = Math.min(below, next);
    const { gone } = this.view.look;
    for (let to = 0; to < goal && this.ends().first < goal; ) {
      to = Math.min(goal, Math.max(to, this.ends().first) + trimEventsMax);
      const { epoch, index } = this.view.look.epochs.placeOf(to);
      this.update(Look.of(await this.#run(this.#context.scripts.trim, [epoch, index])));
    }
    const bytes = this.view.look.gone - gone;
    if (bytes === 0) return;
    this.#context.telemetry.publish('log.trimmed', {
      partition: this.#number,
      below: this.ends().first,
      bytes,
    });
  }

  /** Errors: those of the service. */
  async look(): Promise<void> {
    const [reply] = await this.#context.service.readAll([this.lookCommand]);
    this.update(Look.of(reply));
  }

  update(look: Look | undefined): void {
    const before = this.view.look.epochs.last.number;
    const { next } = this.ends();
    this.view.update(look);
    this.#waiters.resolve(this.ends().next);
    // what this process saw acknowledged must not be used again, even if the server forgot it
    if (this.view.look.epochs.last.number !== before) void this.begin(next).catch(() => {});
  }

  /** Begins an epoch when the server is another one than that of the last. `floor`: no offset below it is given out again. */
  async begin(floor: number): Promise<void> {
    const reply = await this.#context.service.run(this.#context.scripts.open, keysOf(this.#keys), [floor]);
    const hasBegun = textOf(listOf(reply)[0]) === 'begun';
    this.update(lookOf(reply, 1));
    if (hasBegun) await this.#context.onBegun(this.#number);
  }

  /** Errors: log_write_failed. */
  async run(script: keyof Scripts, args: readonly Argument[]): Promise<Reply> {
    return await this.#run(this.#context.scripts[script], args);
  }

  end(error: MillraceError): void {
    this.#ended ??= error;
  }

  /** Waits for what is being appended. */
  async close(): Promise<void> {
    await this.#appends.settled();
    if (this.#ended !== undefined) this.#waiters.reject(this.#ended);
  }

  async #send(records: readonly EncodedRecord[]): Promise<GroupResult> {
    const { scripts, room, clock, telemetry } = this.#context;
    const startedAt = clock.monotonic();
    const own = appendArguments(records);
    for (let attempt = 1; attempt <= epochsMax; attempt++) {
      const reply = await this.#run(scripts.append, [room(this.#number), ...own], 'append');
      const [status, taken, first] = listOf(reply);
      if (textOf(status) === 'ok') {
        const look = lookOf(reply, 3);
        this.update(look);
        const result = {
          taken: Number(taken),
          offset: look.epochs.last.base + Number(textOf(first)),
        };
        const group = records.slice(0, result.taken);
        telemetry.publish('log.commit', {
          partition: this.#number,
          appends: group.length,
          events: group.reduce((sum, { count }) => sum + count, 0),
          bytes: group.reduce((sum, { bytes }) => sum + bytes, 0),
          durationMs: clock.monotonic() - startedAt,
        });
        return result;
      }
      await this.begin(this.ends().next).catch((error) => {
        throw this.#writeFailure(error);
      });
    }
    throw this.#writeFailure(new Error('the server was replaced again and again'));
  }

  async #run(script: Scripts[keyof Scripts], args: readonly Argument[], kind?: 'append'): Promise<Reply> {
    const { service } = this.#context;
    try {
      const unsafe = kind === 'append' ? service.unsafe() : undefined;
      if (unsafe !== undefined) throw new Error(unsafe);
      return await service.run(script, keysOf(this.#keys), args);
    } catch (error) {
      throw this.#writeFailure(error);
    }
  }

  #writeFailure(error: unknown): MillraceError {
    const known = this.#context.service.failure(error);
    if (known.code === 'redis_full')
      return failure('log_full', { detail: String(known.details.detail) }, known);
    return failure('log_write_failed', { path: this.#context.service.where }, known);
  }

  #readFailure(error: unknown): MillraceError {
    const known = this.#context.service.failure(error);
    if (!known.code.startsWith('redis_')) return known;
    return failure('log_read_failed', { path: this.#context.service.where }, known);
  }
}

function keysOf({ records, state, lease }: PartitionKeys): readonly string[] {
  return [records, state, lease];
}

function lookOf(reply: Reply, place: number): Look {
  const look = Look.of(listOf(reply)[place]);
  if (look === undefined) throw new Error('Redis gave no state');
  return look;
}
