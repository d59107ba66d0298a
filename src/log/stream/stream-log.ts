/**
 * A log in the streams of a Redis, which many processes share. Appending needs no lease; bringing a partition into the store does.
 * Nothing here is lost by a process that ends: what it had to say about a partition stands in Redis.
 */
import type { Clock } from '../../clock.ts';
import { failure, isFailure, type MillraceError } from '../../errors.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type {
  Lease,
  Log,
  LogEnds,
  LogRecord,
  LogState,
  LogSupports,
  LogUsage,
  ReadLimits,
  RecordBytes,
} from '../log.ts';
import { joined } from '../record-bytes.ts';
import { type HeldLease, LeaseKeeper } from './lease-keeper.ts';
import { Look } from './partition-view.ts';
import { makeScripts, type Scripts } from './scripts.ts';
import { type LogKeys, logKeys } from './stream-keys.ts';
import { type PartitionContext, StreamPartition } from './stream-partition.ts';
import { listOf, type StreamService, textOf } from './stream-service.ts';
import { Watcher } from './watcher.ts';

export interface StreamLogConfig {
  readonly partitions: number;
  /** Payload bytes of all partitions; 0: as many as the server takes. */
  readonly bytesMax: number;
  /** Of what waits for an answer, in this process. */
  readonly waitingBytesMax: number;
  readonly keyPrefix: string;
  readonly leaseMs: number;
  readonly refreshMs: number | undefined;
}

export interface StreamLogOptions {
  readonly service: StreamService;
  readonly config: StreamLogConfig;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Names this process among the writers; without blanks. */
  readonly owner: string;
  /** Closes the connections, at the end. */
  readonly onClosed: () => Promise<void>;
}

const supports: LogSupports = { contiguousOffsets: true, durable: true, shared: true };

/** Errors: setting_invalid when the log has another number of partitions; redis_refused, redis_unavailable. */
export async function openStreamLog(options: StreamLogOptions): Promise<Log> {
  const { service, config } = options;
  const scripts = makeScripts(service.identifies);
  const keys = logKeys(config.keyPrefix, config.partitions);
  try {
    await agree(service, scripts, keys, config.partitions);
    const log = new StreamLog(options, scripts, keys);
    await log.open();
    return log;
  } catch (error) {
    throw service.failure(error);
  }
}

class StreamLog implements Log {
  readonly supports = supports;
  /** A server that is lost comes back or is replaced; this process goes on either way. */
  readonly failed = new Promise<Error>(() => {});
  readonly #options: StreamLogOptions;
  readonly #scripts: Scripts;
  readonly #keys: LogKeys;
  readonly #partitions: StreamPartition[] = [];
  readonly #keeper: LeaseKeeper;
  #watcher: Watcher | undefined;
  #waitingBytes = 0;
  #isRefusing = false;
  #closing: Promise<void> | undefined;

  constructor(options: StreamLogOptions, scripts: Scripts, keys: LogKeys) {
    this.#options = options;
    this.#scripts = scripts;
    this.#keys = keys;
    this.#keeper = new LeaseKeeper({
      ...options,
      scripts,
      keys,
      leaseMs: options.config.leaseMs,
      begin: (lease, taken) => this.#settle(lease, taken),
      onReleased: ({ partition, lose }) => this.#partition(partition).view.unsettle(lose),
    });
  }

  async open(): Promise<void> {
    const { service, clock, config } = this.#options;
    const context = this.#context();
    const opened = this.#keys.partitions.map((keys, partition) =>
      StreamPartition.open(context, partition, keys),
    );
    this.#partitions.push(...(await Promise.all(opened)));
    const { refreshMs } = config;
    this.#watcher = new Watcher({ service, clock, refreshMs, partitions: this.#partitions });
  }

  get partitions(): number {
    return this.#options.config.partitions;
  }

  async append(partition: number, count: number, bytes: RecordBytes): Promise<number> {
    this.#assertOpen();
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError(`a record holds at least one event, not ${count}`);
    try {
      const offset = await this.#partition(partition).append(count, joined(bytes));
      this.#taking();
      return offset;
    } catch (error) {
      this.#refused(error);
      throw error;
    }
  }

  async read(partition: number, from: number, limits: ReadLimits): Promise<readonly LogRecord[]> {
    this.#assertOpen();
    return await this.#partition(partition).read(from, limits);
  }

  ends(partition: number): LogEnds {
    return this.#partition(partition).ends();
  }

  async wait(partition: number, offset: number, signal: AbortSignal): Promise<void> {
    const at = this.#partition(partition);
    await at.wait(offset, signal, () => this.#watcher!.watch(at));
  }

  async lease(partition: number, signal: AbortSignal): Promise<Lease> {
    this.#assertOpen();
    this.#partition(partition);
    return await this.#keeper.acquire(partition, signal);
  }

  async trim(partition: number, below: number): Promise<void> {
    this.#assertOpen();
    await this.#partition(partition).trim(below);
  }

  usage(): LogUsage {
    const bytes = this.#partitions.reduce((sum, { view }) => sum + view.look.bytes, 0);
    return { bytes, bytesMax: this.#options.config.bytesMax };
  }

  state(): LogState {
    const { service } = this.#options;
    const refusing = this.#isRefusing ? 'the last append failed' : undefined;
    const reason = this.#closing ? 'it is closed' : (service.away() ?? service.unsafe() ?? refusing);
    return reason === undefined ? { status: 'ready', reason: '' } : { status: 'down', reason };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    const closed = failure('log_closed', {});
    for (const partition of this.#partitions) partition.end(closed);
    await Promise.all(this.#partitions.map((partition) => partition.close()));
    await this.#keeper.close(closed);
    await this.#watcher?.close();
    await this.#options.onClosed();
  }

  #assertOpen(): void {
    if (this.#closing !== undefined) throw failure('log_closed', {});
  }

  #partition(number: number): StreamPartition {
    const partition = this.#partitions[number];
    if (partition === undefined)
      throw new RangeError(`the log has ${this.partitions} partitions, and no ${number}`);
    return partition;
  }

  #context(): PartitionContext {
    const { service, clock, telemetry, config } = this.#options;
    return {
      service,
      clock,
      telemetry,
      scripts: this.#scripts,
      admit: (bytes) => this.#admit(bytes),
      release: (bytes) => {
        this.#waitingBytes -= bytes;
      },
      room: (partition) => this.#room(partition),
      full: () => {
        const { bytes, bytesMax } = this.usage();
        return failure('log_full', {
          detail: `it holds ${bytes} of ${bytesMax} bytes (MILLRACE_LOG_BYTES_MAX)`,
        });
      },
      onBegun: async () => {
        await agree(service, this.#scripts, this.#keys, config.partitions);
      },
    };
  }

  #admit(bytes: number): void {
    const { waitingBytesMax } = this.#options.config;
    const due = this.#waitingBytes + bytes;
    if (this.#waitingBytes > 0 && due > waitingBytesMax)
      throw failure('log_overloaded', { bytesMax: waitingBytesMax });
    this.#waitingBytes = due;
  }

  /** Of the others it is known what they held a moment ago. */
  #room(partition: number): number {
    const { bytes, bytesMax } = this.usage();
    return bytesMax === 0 ? -1 : Math.max(0, bytesMax - bytes + this.#partition(partition).view.look.bytes);
  }

  /** Errors: log_behind, log_read_failed. */
  async #settle(lease: HeldLease, taken: number): Promise<void> {
    const at = this.#partition(lease.partition);
    const { service } = this.#options;
    const unsettled = (cause: unknown) => failure('log_read_failed', { path: service.where }, cause);
    const reply = await at.run('settle', [this.#keeper.valueOf(lease), taken]).catch((error) => {
      throw unsettled(error);
    });
    const [status, end, floor, found] = listOf(reply);
    switch (textOf(status)) {
      case 'settled':
      case 'same':
        at.update(Look.of(found));
        at.view.settle(lease.lose);
        if (textOf(status) === 'settled')
          this.#report(lease.partition, taken, Number(textOf(end)), Number(textOf(floor)));
        return;
      case 'behind':
        throw failure('log_behind', {
          partition: lease.partition,
          next: Number(textOf(end)),
          progress: taken,
        });
      case 'moved':
        // the server was replaced: an epoch begins, and with it the leases are given out again
        await at.begin(at.ends().next).catch(() => {});
    }
    lease.lose();
    throw unsettled(new Error('the lease is lost'));
  }

  /** An epoch has its base: `end` is where the stream ended before, `floor` what somebody had seen acknowledged. */
  #report(partition: number, taken: number, end: number, floor: number): void {
    const { telemetry, service } = this.#options;
    const has = Math.max(end, taken);
    const fields = { partition, storeHas: taken, logHad: end, seen: floor };
    if (floor > has) {
      const message = `${floor - has} acknowledged events of partition ${partition} are lost: ${service.where} came back without them`;
      telemetry.publish('note', { level: 'error', message, fields });
    } else if (taken > end && end === 0) {
      const message = `partition ${partition} of the log at ${service.where} was empty, and the store has its events up to offset ${taken}: it goes on from there. If that Redis held the log before, what it had acknowledged since is lost`;
      telemetry.publish('note', { level: 'warn', message, fields });
    } else if (taken > end) {
      const message = `partition ${partition} of the log at ${service.where} ends at offset ${end}, and the store has its events up to ${taken}: that Redis came back without its last writes. What it had acknowledged behind ${taken} is lost`;
      telemetry.publish('note', { level: 'error', message, fields });
    }
  }

  #refused(error: unknown): void {
    if (!isFailure(error)) return;
    const { telemetry } = this.#options;
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : '';
    telemetry.publish('log.refused', { code: error.code, detail: `${error.message}${cause}` });
    if (error.code !== 'log_write_failed' || this.#isRefusing) return;
    this.#isRefusing = true;
    const message = `events are not taken now (503): ${error.message}${cause}`;
    telemetry.publish('note', { level: 'error', message });
  }

  #taking(): void {
    if (!this.#isRefusing) return;
    this.#isRefusing = false;
    this.#options.telemetry.publish('note', { level: 'info', message: 'events are taken again' });
  }
}

/** The partition of an event depends on how many there are, so a log keeps the number that it was made with. */
async function agree(
  service: StreamService,
  scripts: Scripts,
  keys: LogKeys,
  partitions: number,
): Promise<void> {
  const count = Number(textOf(await service.run(scripts.agree, [keys.meta], [partitions])));
  if (count === partitions) return;
  const rule = `must stay ${count}, the number that the log at ${service.where} was made with`;
  throw invalidPartitions(rule, partitions);
}

function invalidPartitions(rule: string, partitions: number): MillraceError {
  return failure('setting_invalid', { setting: 'MILLRACE_LOG_PARTITIONS', rule, value: String(partitions) });
}
