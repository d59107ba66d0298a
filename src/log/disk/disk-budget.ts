/**
 * What the log may take: bytes on disk, bytes that stay free on the disk, bytes waiting in memory. One budget serves all
 * partitions. The disk is asked at most once a second, when something was written or refused; what was written since is taken
 * off the last answer.
 */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import type { DiskLogConfig } from './disk-config.ts';
import type { FileSystem } from './file-system.ts';

const freeCheckIntervalMs = 1000;

export class DiskBudget {
  readonly #limits: DiskLogConfig;
  readonly #files: FileSystem;
  readonly #directory: string;
  readonly #clock: Clock;
  #bytes = 0;
  #waitingBytes = 0;
  #freeBytes = Number.POSITIVE_INFINITY;
  #freeCheckedAt = Number.NEGATIVE_INFINITY;
  #checking: Promise<void> | undefined;

  constructor(limits: DiskLogConfig, files: FileSystem, directory: string, clock: Clock) {
    this.#limits = limits;
    this.#files = files;
    this.#directory = directory;
    this.#clock = clock;
  }

  /** Bytes of all segments. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Takes `bytes` of the room for waiting records. Errors: log_full, log_overloaded. */
  admit(bytes: number): void {
    const { bytesMax, freeBytesMin, waitingBytesMax } = this.#limits;
    const due = this.#waitingBytes + bytes;
    if (bytesMax > 0 && this.#bytes + due > bytesMax) {
      throw failure('log_full', {
        detail: `it holds ${this.#bytes} of ${bytesMax} bytes (MILLRACE_LOG_BYTES_MAX)`,
      });
    }
    if (freeBytesMin > 0 && this.#freeBytes - due < freeBytesMin) {
      this.#refreshFreeBytes();
      const rule = `${freeBytesMin} are to stay free (MILLRACE_LOG_FREE_BYTES_MIN)`;
      throw failure('log_full', {
        detail: `its disk has ${Math.max(0, this.#freeBytes)} bytes free and ${rule}`,
      });
    }
    if (this.#waitingBytes > 0 && due > waitingBytesMax)
      throw failure('log_overloaded', { bytesMax: waitingBytesMax });
    this.#waitingBytes = due;
  }

  /** Gives back what `admit` took. */
  release(bytes: number): void {
    this.#waitingBytes -= bytes;
  }

  /** Segments grew, or shrank when negative. */
  grow(bytes: number): void {
    this.#bytes += bytes;
    this.#freeBytes -= bytes;
    this.#refreshFreeBytes();
  }

  /** Asks the disk now; `close` and `open` wait for it. */
  async check(): Promise<void> {
    this.#refreshFreeBytes();
    await this.#checking;
  }

  #refreshFreeBytes(): void {
    if (this.#limits.freeBytesMin === 0) return;
    const now = this.#clock.monotonic();
    if (this.#checking !== undefined || now - this.#freeCheckedAt < freeCheckIntervalMs) return;
    this.#freeCheckedAt = now;
    this.#checking = this.#askDisk().finally(() => {
      this.#checking = undefined;
    });
  }

  async #askDisk(): Promise<void> {
    try {
      this.#freeBytes = await this.#files.freeBytes(this.#directory);
    } catch {
      // A disk that will not say is not full; a write that finds it full is refused by itself.
      this.#freeBytes = Number.POSITIVE_INFINITY;
    }
  }
}
