/**
 * Keeps what this process knows of the partitions' ends fresh. While somebody waits for one, the server is asked to tell of new
 * entries; else all are looked at now and then. A server that is away is asked again until it is back.
 */
import type { Clock } from '../../clock.ts';
import { Look } from './partition-view.ts';
import type { StreamPartition } from './stream-partition.ts';
import type { StreamService } from './stream-service.ts';

export interface WatcherOptions {
  readonly service: StreamService;
  readonly partitions: readonly StreamPartition[];
  readonly clock: Clock;
  /** Between two looks at all of them; undefined: only when somebody waits. */
  readonly refreshMs: number | undefined;
}

/** Under load entries come all the time: so long they gather before the next look. */
const pauseMs = 4;
const awayMs = 250;

export class Watcher {
  readonly #options: WatcherOptions;
  readonly #stop = new AbortController();
  #interrupt = new AbortController();
  #asked: ReadonlySet<StreamPartition> = new Set();
  #watching: Promise<void> | undefined;
  #refreshing: Promise<void> | undefined;

  constructor(options: WatcherOptions) {
    this.#options = options;
    if (options.refreshMs !== undefined) this.#refreshing = this.#refresh(options.refreshMs);
  }

  /** Somebody waits for the end of this partition to move. */
  readonly watch = (partition: StreamPartition): void => {
    if (this.#stop.signal.aborted) return;
    if (this.#watching === undefined) this.#watching = this.#watch();
    else if (!this.#asked.has(partition)) this.#interrupt.abort();
  };

  async close(): Promise<void> {
    this.#stop.abort();
    this.#interrupt.abort();
    await this.#watching;
    await this.#refreshing;
  }

  async #watch(): Promise<void> {
    const { service, partitions, clock } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      this.#interrupt = new AbortController();
      const awaited = partitions.filter(({ isAwaited }) => isAwaited);
      if (awaited.length === 0) break;
      this.#asked = new Set(awaited);
      try {
        const ids = new Map(awaited.map(({ keys, view }) => [keys.records, view.lastId]));
        await service.newer(ids, this.#interrupt.signal);
        await this.#look(awaited);
        await clock.sleep(pauseMs, signal);
      } catch {
        await clock.sleep(awayMs, signal);
      }
    }
    this.#asked = new Set();
    this.#watching = undefined;
  }

  async #refresh(refreshMs: number): Promise<void> {
    const { partitions, clock } = this.#options;
    const { signal } = this.#stop;
    while (!signal.aborted) {
      await clock.sleep(refreshMs, signal);
      if (!signal.aborted) await this.#look(partitions).catch(() => {});
    }
  }

  async #look(partitions: readonly StreamPartition[]): Promise<void> {
    const replies = await this.#options.service.readAll(partitions.map(({ lookCommand }) => lookCommand));
    for (const [index, partition] of partitions.entries()) partition.update(Look.of(replies[index]));
  }
}
