/** What one partition's writer is doing, for those who look: depth, lag, rates, the ledger, the last failure. */
import type { Clock } from '../clock.ts';
import { isFailure } from '../errors.ts';
import type { Log } from '../log/log.ts';
import type { Progress } from '../store/store.ts';
import type { DedupeUsage } from './dedupe-index.ts';
import { type Ledger, ledgerOf } from './ledger.ts';
import { RecentRate } from './recent-rate.ts';
import type { LastError } from './retry.ts';
import type { Window } from './window.ts';
import type { WriterMode } from './writer-mode.ts';

export interface LastBatch {
  readonly rows: number;
  readonly durationMs: number;
  /** When it became countable, epoch ms. */
  readonly at: number;
}

export interface PartitionStatus {
  readonly partition: number;
  readonly mode: WriterMode;
  /** Events in the log that are not stored yet. */
  readonly waiting: number;
  /** Age of the oldest of them, from acceptance; 0 when there is none. */
  readonly lagMs: number;
  /** Over the last ten seconds. */
  readonly eventsPerSecond: number;
  readonly lastBatch: LastBatch | undefined;
  /** Undefined until the store has told the progress. */
  readonly ledger: Ledger | undefined;
  readonly dedupe: DedupeUsage | undefined;
  /** What the writer is waiting out, or what ended it. */
  readonly lastError: LastError | undefined;
}

export class StatusBoard {
  readonly #partition: number;
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #rate: RecentRate;
  #lastBatch: LastBatch | undefined;
  #failure: LastError | undefined;
  /** `receivedAt` of the oldest event in hand, by where its window begins; the windows in hand are two at most. */
  readonly #inHand = new Map<number, number>();
  /** Since when events wait that are not in hand; an event's own time is known only once it is read. */
  #unreadSince: number | undefined;

  constructor(partition: number, log: Log, clock: Clock) {
    this.#partition = partition;
    this.#log = log;
    this.#clock = clock;
    this.#rate = new RecentRate(clock);
    if (log.ends(partition).next > log.ends(partition).first) this.unread();
  }

  unread(): void {
    this.#unreadSince ??= this.#clock.now();
  }

  gathered(window: Window): void {
    this.#inHand.set(window.from, window.receivedMin);
    // what comes behind it was accepted about when the last of it was
    this.#unreadSince = window.to < this.#log.ends(this.#partition).next ? window.receivedMax : undefined;
  }

  stored(window: Window, rows: number, durationMs: number): void {
    this.#inHand.delete(window.from);
    this.#rate.add(window.to - window.from);
    this.#lastBatch = { rows, durationMs, at: this.#clock.now() };
  }

  /** A recovery reads again what was in hand; its age goes on counting. */
  recovering(): void {
    for (const since of this.#inHand.values()) {
      this.#unreadSince = Math.min(this.#unreadSince ?? since, since);
    }
    this.#inHand.clear();
  }

  failed(error: Error): void {
    const code = isFailure(error) ? error.code : 'unexpected';
    this.#failure = { code, message: error.message, at: this.#clock.now() };
  }

  status(
    mode: WriterMode,
    progress: Progress | undefined,
    dedupe: DedupeUsage | undefined,
    lastError: LastError | undefined,
  ): PartitionStatus {
    const ends = this.#log.ends(this.#partition);
    const waiting = ends.next - (progress?.next ?? ends.first);
    return {
      partition: this.#partition,
      mode,
      waiting,
      lagMs: waiting === 0 ? 0 : this.#lagMs(),
      eventsPerSecond: this.#rate.perSecond(),
      lastBatch: this.#lastBatch,
      ledger: progress === undefined ? undefined : ledgerOf(progress, ends),
      dedupe,
      lastError: this.#failure ?? lastError,
    };
  }

  #lagMs(): number {
    const now = this.#clock.now();
    const oldest = Math.min(now, this.#unreadSince ?? now, ...this.#inHand.values());
    return now - oldest;
  }
}
