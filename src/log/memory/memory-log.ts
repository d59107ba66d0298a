/**
 * The `memory:` log: the contract without the disk, for tests and for trying things out. Nothing survives the process, so
 * `durable` is false; everything else holds.
 */
import { failure, type MillraceError } from '../../errors.ts';
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
import { OffsetWaiters } from '../offset-waiters.ts';
import { byteLengthOf, joined } from '../record-bytes.ts';
import { soleLease } from '../sole-lease.ts';

export interface MemoryLogOptions {
  readonly partitions?: number;
  /** Payload bytes of all partitions together. */
  readonly bytesMax?: number;
}

const defaultBytesMax = 256 * 1024 * 1024;

interface Partition {
  readonly waiters: OffsetWaiters;
  records: LogRecord[];
  first: number;
  next: number;
}

export function openMemoryLog(options: MemoryLogOptions = {}): Log {
  return new MemoryLog(options);
}

class MemoryLog implements Log {
  readonly supports: LogSupports = { contiguousOffsets: true, durable: false, shared: false };
  /** Memory does not fail. */
  readonly failed = new Promise<Error>(() => {});
  readonly #bytesMax: number;
  readonly #partitions: readonly Partition[];
  #bytes = 0;
  #closed: MillraceError | undefined;

  constructor({ partitions = 1, bytesMax = defaultBytesMax }: MemoryLogOptions) {
    this.#bytesMax = bytesMax;
    this.#partitions = Array.from({ length: partitions }, () => ({
      waiters: new OffsetWaiters(),
      records: [],
      first: 0,
      next: 0,
    }));
  }

  get partitions(): number {
    return this.#partitions.length;
  }

  async append(partition: number, count: number, bytes: RecordBytes): Promise<number> {
    if (this.#closed !== undefined) throw this.#closed;
    if (!Number.isInteger(count) || count < 1)
      throw new RangeError(`a record holds at least one event, not ${count}`);
    const byteLength = byteLengthOf(bytes);
    if (this.#bytes + byteLength > this.#bytesMax) {
      throw failure('log_full', { detail: `it holds ${this.#bytes} of ${this.#bytesMax} bytes of memory` });
    }
    const at = this.#partition(partition);
    const offset = at.next;
    at.records.push({ offset, count, bytes: Uint8Array.from(joined(bytes)) });
    at.next += count;
    this.#bytes += byteLength;
    at.waiters.resolve(at.next);
    return offset;
  }

  async read(partition: number, from: number, limits: ReadLimits): Promise<readonly LogRecord[]> {
    if (this.#closed !== undefined) throw this.#closed;
    const { records, first } = this.#partition(partition);
    if (from < first) throw failure('log_trimmed', { partition, from, first });
    const found: LogRecord[] = [];
    let events = 0;
    let bytes = 0;
    for (let at = firstPast(records, from); at < records.length; at++) {
      const record = records[at]!;
      found.push(record);
      events += record.count;
      bytes += record.bytes.byteLength;
      if (events >= limits.eventsMax || bytes >= limits.bytesMax) break;
    }
    return found;
  }

  ends(partition: number): LogEnds {
    const { first, next } = this.#partition(partition);
    return { first, next };
  }

  wait(partition: number, offset: number, signal: AbortSignal): Promise<void> {
    const { next, waiters } = this.#partition(partition);
    if (offset < next) return Promise.resolve();
    return this.#closed === undefined ? waiters.add(offset, signal) : Promise.reject(this.#closed);
  }

  async lease(partition: number): Promise<Lease> {
    if (this.#closed !== undefined) throw this.#closed;
    return soleLease(this, partition);
  }

  async trim(partition: number, below: number): Promise<void> {
    if (this.#closed !== undefined) throw this.#closed;
    const at = this.#partition(partition);
    const kept = firstPast(at.records, below);
    for (const { bytes } of at.records.slice(0, kept)) this.#bytes -= bytes.byteLength;
    at.records = at.records.slice(kept);
    at.first = at.records[0]?.offset ?? at.next;
  }

  state(): LogState {
    return this.#closed === undefined
      ? { status: 'ready', reason: '' }
      : { status: 'down', reason: 'it is closed' };
  }

  usage(): LogUsage {
    return { bytes: this.#bytes, bytesMax: this.#bytesMax };
  }

  async close(): Promise<void> {
    this.#closed ??= failure('log_closed', {});
    for (const { waiters } of this.#partitions) waiters.reject(this.#closed);
  }

  #partition(number: number): Partition {
    const partition = this.#partitions[number];
    if (partition === undefined)
      throw new RangeError(`the log has ${this.partitions} partitions, and no ${number}`);
    return partition;
  }
}

/** Index of the first record that ends past `offset`. */
function firstPast(records: readonly LogRecord[], offset: number): number {
  let low = 0;
  let high = records.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (records[middle]!.offset + records[middle]!.count > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}
