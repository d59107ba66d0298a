/**
 * The durable log between collecting and writing. What `append` acknowledged survives anything but the disk's loss.
 * Promises, each a test of `testing/log-suite.ts` by its number:
 *  1. `append` resolves only after the record is durable, and resolves with the offset of its first event.
 *  2. Offsets of a partition only grow and are never used twice, across restarts and crashes too.
 *  3. `read` gives records in offset order, byte for byte as appended, with none missing and none twice.
 *  4. A damaged record is never returned: `read` rejects with `log_corrupt`, its place, and `details.nextOffset`, from which
 *     reading goes on past the damage (it may equal `ends.next`); a torn tail after a crash is cut.
 *  5. At its bound `append` rejects (`log_full`, `log_overloaded`) and keeps nothing of that record; memory stays flat.
 *  6. A failed write rejects that append alone and later appends may succeed; a failed fsync ends the log (`failed`).
 *  7. `trim` removes only whole records below the given offset; what is at or above it stays readable.
 *  8. `wait` resolves when an event at or above the offset is readable, or when the signal aborts.
 *  9. One log has one owner at a time; a second open is refused with `directory_locked`. A `shared` one may be open in many
 *     processes: then one of them at a time has the lease of a partition, with a token greater than any before it.
 */

/** What one `append` wrote: `count` events at offsets `offset … offset + count - 1`, encoded as `bytes`. */
export interface LogRecord {
  readonly offset: number;
  readonly count: number;
  readonly bytes: Uint8Array;
}

/** What is to be appended, in one piece or in several that stand behind one another. */
export type RecordBytes = Uint8Array | readonly Uint8Array[];

export interface LogEnds {
  /** The oldest offset that can still be read. */
  readonly first: number;
  /** The offset that the next event will get. Everything below it is durable. */
  readonly next: number;
}

export interface ReadLimits {
  /** Stops after the record that reaches this number; at least one record is returned when there is one. */
  readonly eventsMax: number;
  readonly bytesMax: number;
}

/** Whether an append has a chance now. */
export interface LogState {
  readonly status: 'ready' | 'down';
  /** In words; '' while it is ready. */
  readonly reason: string;
}

export interface LogUsage {
  readonly bytes: number;
  /** The most that the log may hold; 0 when it has no bound of its own. */
  readonly bytesMax: number;
}

export interface LogSupports {
  /** Offsets have no gaps, so that `next - offset` counts events. Default true; when false, depth is an estimate. */
  readonly contiguousOffsets: boolean;
  /** Survives a restart of the process. False only for `memory:`. */
  readonly durable: boolean;
  /** Several processes may have it open; its end moves by what others append. Default false: every lease has token 0. */
  readonly shared: boolean;
}

/** The right to bring one partition into the store. */
export interface Lease {
  /** For the store, which refuses what comes with a lower one. 0 where the log has one owner. */
  readonly token: number;
  /** Aborts when another writer has the partition or is to get it: begin nothing more, then call `release`. */
  readonly lost: AbortSignal;
  /**
   * Says, before the first read, that the store has offsets below `taken`. A log that lost what the store has gives new
   * events offsets above it from then on, and says so. Errors: log_behind, when this is not the log that filled the store;
   * log_read_failed, when it cannot be asked now.
   */
  begin(taken: number): Promise<void>;
  /** Lets another writer have it, at once when it can be told. Never rejects. */
  release(): Promise<void>;
}

export interface Log {
  readonly supports: LogSupports;
  readonly partitions: number;
  /** Settles (with the error) when the log can no longer promise anything: the process must end and recover. */
  readonly failed: Promise<Error>;
  /** `count` is at least 1; `bytes` must not be changed before it settles. Errors: log_full, log_overloaded, log_write_failed, log_sync_failed, log_closed. */
  append(partition: number, count: number, bytes: RecordBytes): Promise<number>;
  /** The first record returned is the one that holds `from`. Empty when `from` is not written yet. Errors: log_trimmed, log_corrupt, log_read_failed. */
  read(partition: number, from: number, limits: ReadLimits): Promise<readonly LogRecord[]>;
  ends(partition: number): LogEnds;
  /** Rejects when the log fails or closes meanwhile. */
  wait(partition: number, offset: number, signal: AbortSignal): Promise<void>;
  /** Waits until it can be had. Errors: log_closed; the signal's reason when it aborts. */
  lease(partition: number, signal: AbortSignal): Promise<Lease>;
  /** Errors: log_write_failed, when something could not be removed; trying again may. */
  trim(partition: number, below: number): Promise<void>;
  usage(): LogUsage;
  state(): LogState;
  /** Waits for what is being appended, then releases the log. */
  close(): Promise<void>;
}
