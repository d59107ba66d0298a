/**
 * What a partition's writer does beside writing: snapshots of the dedupe index, and freeing the log of what is durable in
 * the store and in the snapshot. A snapshot is written only once the store's own progress has reached it, so that a start
 * never finds an index that is ahead of the store.
 */
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { Progress, Store } from '../store/store.ts';
import type { Dedupe } from './dedupe.ts';
import type { DedupeSnapshot, SnapshotFiles } from './dedupe-snapshot.ts';

export interface UpkeepOptions {
  readonly partition: number;
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly files: SnapshotFiles | undefined;
  readonly snapshotIntervalMs: number;
}

/** A snapshot is also due when so many events came since the last one, because a start reads them all again. */
const snapshotEventsMax = 1_000_000;

export class Upkeep {
  readonly #options: UpkeepOptions;
  #taken: DedupeSnapshot | undefined;
  #takenAt: number;
  #trimmedBelow = 0;

  constructor(options: UpkeepOptions) {
    this.#options = options;
    this.#takenAt = options.clock.monotonic();
  }

  /** One round. Errors: those of the store, the log and the file system; the next round tries again. */
  async run(dedupe: Dedupe): Promise<void> {
    const { partition, store, log, files } = this.#options;
    const durable = await store.progress(partition);
    if (this.#taken === undefined && this.#isDue(dedupe)) await this.#take(dedupe);
    await this.#writeTaken(durable);
    // a store that forgets at its end gets everything again from a log that does not
    if (!store.supports.durable && log.supports.durable) return;
    const kept = dedupe.isWhole ? files?.position : undefined;
    const below = Math.min(durable.next, kept ?? durable.next);
    if (below <= this.#trimmedBelow) return;
    await log.trim(partition, below);
    this.#trimmedBelow = below;
  }

  /** The last snapshot, when nothing is in hand any more. Errors as `run`. */
  async close(dedupe: Dedupe): Promise<void> {
    const { partition, store, files } = this.#options;
    if (files === undefined || !dedupe.isWhole || dedupe.position === files.position) return;
    const durable = await store.progress(partition);
    if (dedupe.position <= durable.next) this.#taken = await dedupe.capture();
    await this.#writeTaken(durable);
  }

  #isDue(dedupe: Dedupe): boolean {
    const { clock, files, snapshotIntervalMs } = this.#options;
    if (files === undefined || !dedupe.isWhole || dedupe.position === files.position) return false;
    const events = dedupe.position - files.position;
    return events >= snapshotEventsMax || clock.monotonic() - this.#takenAt >= snapshotIntervalMs;
  }

  async #take(dedupe: Dedupe): Promise<void> {
    this.#takenAt = this.#options.clock.monotonic();
    this.#taken = await dedupe.capture();
  }

  async #writeTaken(durable: Progress): Promise<void> {
    const taken = this.#taken;
    if (taken === undefined || taken.position > durable.next) return;
    await this.#options.files?.write(taken);
    this.#taken = undefined;
  }
}
