/**
 * The `disk:` log: one directory, one owner, a folder of segments for each partition. Opening takes the lock, recovers every
 * partition and reports what was cut or is damaged; closing gives everything back in reverse.
 */
import { randomInt } from 'node:crypto';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import { type DirectoryLock, lockDirectory } from '../../directory-lock.ts';
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
import { soleLease } from '../sole-lease.ts';
import { DiskBudget } from './disk-budget.ts';
import type { DiskLogConfig } from './disk-config.ts';
import { type FileSystem, nodeFiles } from './file-system.ts';
import { type PartitionContext, PartitionLog } from './partition-log.ts';
import { type Recovered, recoverPartition } from './recovery.ts';

export interface DiskLogOptions {
  readonly directory: string;
  readonly config: DiskLogConfig;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** The real file system unless a test gives another. */
  readonly files?: FileSystem;
  /** A random number below 2^32 for each new segment. */
  readonly salt?: () => number;
}

const supports: LogSupports = { contiguousOffsets: true, durable: true, shared: false };

/** Errors: directory_locked, setting_invalid, and the file system's own. */
export async function openDiskLog(options: DiskLogOptions): Promise<Log> {
  const lock = lockDirectory(options.directory);
  try {
    return await DiskLog.open(options, lock);
  } catch (error) {
    lock.release();
    throw error;
  }
}

class DiskLog implements Log {
  readonly supports = supports;
  readonly failed: Promise<Error>;
  readonly #telemetry: Telemetry;
  readonly #config: DiskLogConfig;
  readonly #budget: DiskBudget;
  readonly #lock: DirectoryLock;
  readonly #partitions: PartitionLog[] = [];
  readonly #fail: (error: Error) => void;
  #failure: MillraceError | undefined;
  #closing: Promise<void> | undefined;

  private constructor(options: DiskLogOptions, budget: DiskBudget, lock: DirectoryLock) {
    this.#telemetry = options.telemetry;
    this.#config = options.config;
    this.#budget = budget;
    this.#lock = lock;
    const { promise, resolve } = Promise.withResolvers<Error>();
    this.failed = promise;
    this.#fail = resolve;
  }

  static async open(options: DiskLogOptions, lock: DirectoryLock): Promise<DiskLog> {
    const { clock, telemetry, config, files = nodeFiles, salt = () => randomInt(2 ** 32) } = options;
    const { directory } = lock;
    const budget = new DiskBudget(config, files, directory, clock);
    const log = new DiskLog(options, budget, lock);
    const context = {
      files,
      clock,
      telemetry,
      budget,
      config,
      salt,
      fail: (error: MillraceError) => log.#end(error),
      refused: (error: unknown) => log.#refused(error),
    };
    await checkPartitions(files, directory, config.partitions);
    for (let partition = 0; partition < config.partitions; partition++) {
      log.#partitions.push(await openPartition(context, partition, join(directory, String(partition))));
    }
    await budget.check();
    return log;
  }

  get partitions(): number {
    return this.#partitions.length;
  }

  append(partition: number, count: number, bytes: RecordBytes): Promise<number> {
    const at = this.#partitions[partition];
    if (at === undefined) return Promise.reject(this.#unknown(partition));
    if (!Number.isInteger(count) || count < 1)
      return Promise.reject(new RangeError(`a record holds at least one event, not ${count}`));
    return at.append(count, bytes);
  }

  async read(partition: number, from: number, limits: ReadLimits): Promise<readonly LogRecord[]> {
    this.#assertOpen();
    return this.#partition(partition).read(from, limits);
  }

  ends(partition: number): LogEnds {
    return this.#partition(partition).ends();
  }

  wait(partition: number, offset: number, signal: AbortSignal): Promise<void> {
    return this.#partition(partition).wait(offset, signal);
  }

  async lease(partition: number): Promise<Lease> {
    this.#assertOpen();
    return soleLease(this, partition);
  }

  async trim(partition: number, below: number): Promise<void> {
    this.#assertOpen();
    return this.#partition(partition).trim(below);
  }

  state(): LogState {
    if (this.#failure !== undefined)
      return { status: 'down', reason: 'the log failed and the process must start again' };
    return this.#closing === undefined
      ? { status: 'ready', reason: '' }
      : { status: 'down', reason: 'it is closed' };
  }

  usage(): LogUsage {
    return { bytes: this.#budget.bytes, bytesMax: this.#config.bytesMax };
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #close(): Promise<void> {
    try {
      const closed = await Promise.allSettled(this.#partitions.map((partition) => partition.close()));
      const rejected = closed.find((each) => each.status === 'rejected');
      if (rejected !== undefined) throw rejected.reason;
    } finally {
      this.#lock.release();
    }
  }

  #assertOpen(): void {
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#closing !== undefined) throw failure('log_closed', {});
  }

  #partition(number: number): PartitionLog {
    const partition = this.#partitions[number];
    if (partition === undefined) throw this.#unknown(number);
    return partition;
  }

  #unknown(partition: number): RangeError {
    return new RangeError(`the log has ${this.partitions} partitions, and no ${partition}`);
  }

  #end(error: MillraceError): void {
    if (this.#failure !== undefined) return;
    this.#failure = error;
    for (const partition of this.#partitions) partition.end(error);
    this.#fail(error);
  }

  #refused(error: unknown): void {
    if (!isFailure(error)) return;
    this.#telemetry.publish('log.refused', { code: error.code, detail: error.message });
    // What is only retained makes room before anything new is refused for long.
    if (error.code === 'log_full')
      for (const partition of this.#partitions) partition.reclaim(0).catch(() => {});
  }
}

async function openPartition(
  context: PartitionContext,
  number: number,
  directory: string,
): Promise<PartitionLog> {
  await context.files.makeDirectory(directory);
  const recovered = await recoverPartition(context.files, directory);
  report(context.telemetry, number, recovered);
  return new PartitionLog(context, number, directory, recovered);
}

function report(
  telemetry: Telemetry,
  partition: number,
  { segments, next, cutBytes, damage }: Recovered,
): void {
  telemetry.publish('log.recovered', { partition, segments: segments.length, cutBytes, next });
  const path = segments.at(-1)?.path ?? '';
  for (const { position, detail, nextOffset } of damage) {
    const message = `${path} is damaged at byte ${position}: ${detail}`;
    telemetry.publish('note', { level: 'error', message, fields: { partition, nextOffset } });
  }
}

/** The partition of an event depends on how many there are, so a log keeps the number that it was made with. */
async function checkPartitions(files: FileSystem, directory: string, wanted: number): Promise<void> {
  const made = (await files.list(directory)).filter((name) => /^\d+$/.test(name)).map(Number);
  const count = made.length === 0 ? wanted : Math.max(...made) + 1;
  if (count !== wanted) {
    const rule = `must stay ${count}, the number that ${directory} was made with`;
    throw failure('setting_invalid', { setting: 'MILLRACE_LOG_PARTITIONS', rule, value: String(wanted) });
  }
  // The last one first: it alone says how many there are, even if this is interrupted.
  await files.makeDirectory(join(directory, String(wanted - 1)));
  for (let partition = 0; partition < wanted; partition++)
    await files.makeDirectory(join(directory, String(partition)));
  await files.syncDirectory(directory);
}
