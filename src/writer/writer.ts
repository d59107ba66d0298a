/** The writing stage: one writer a partition, opened together, closed together, and seen as one. */
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { OffsetRanges, Quarantined, Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { DedupeBounds } from './dedupe-index.ts';
import { type DrainReport, drain } from './drain.ts';
import { type Ledger, sumLedgers } from './ledger.ts';
import { ThreadMakers } from './maker-thread.ts';
import { LocalMakers, type Makers } from './makers.ts';
import type { PartitionStatus } from './partition-status.ts';
import { PartitionWriter } from './partition-writer.ts';
import { openPrepareTools, type PrepareTools } from './prepare.ts';
import type { Replayed } from './replay.ts';
import type { WriterConfig } from './writer-config.ts';

export interface WriterOptions {
  readonly log: Log;
  readonly store: Store;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly config: WriterConfig;
  /** Where the dedupe index is kept between starts, made when missing; undefined only for a log that forgets too. */
  readonly directory?: string;
  /** `store`: no index of ids; every id is asked of the store, for writers that live for seconds. Default `index`. */
  readonly dedupe?: 'index' | 'store';
  /** From 0 to 1, for the jitter of waiting; Math.random by default. */
  readonly random?: () => number;
  readonly tools?: PrepareTools;
  /** Smaller ones are for tests. */
  readonly dedupeBounds?: DedupeBounds;
}

export interface WriterStatus {
  readonly partitions: readonly PartitionStatus[];
  /** Events in the log that are not stored yet. */
  readonly waiting: number;
  /** Age of the oldest of them, from acceptance, in ms; 0 when there is none. */
  readonly lagMs: number;
  readonly eventsPerSecond: number;
  /** The sum over the partitions whose progress is known; undefined until all are. */
  readonly ledger: Ledger | undefined;
}

export class Writer {
  readonly #options: WriterOptions;
  readonly #partitions: readonly PartitionWriter[];
  readonly #makers: Makers;

  constructor(options: WriterOptions & { readonly tools: PrepareTools; readonly makers: Makers }) {
    const { log, directory, makers } = options;
    this.#options = options;
    this.#makers = makers;
    this.#partitions = Array.from(
      { length: log.partitions },
      (_, partition) => new PartitionWriter({ ...options, partition, directory }),
    );
  }

  /** Begins to write. A store that is away is waited for; nothing of that is an error here. */
  start(): void {
    for (const partition of this.#partitions) partition.start();
  }

  /** Instead of `start`: writes nothing, and tells how far others have come. */
  observe(): void {
    for (const partition of this.#partitions) partition.observe();
  }

  /**
   * Instead of `start` and `close`: one pass over the partitions that nobody else has. Begins nothing new after `timeMs`, or when
   * the signal aborts; then it waits for what the store has in hand, as `close` does. Never rejects.
   */
  async drainFor(timeMs: number, signal: AbortSignal = new AbortController().signal): Promise<DrainReport> {
    const { log, clock } = this.#options;
    const report = await drain({ partitions: this.#partitions, log, clock, timeMs, signal });
    await this.#makers.close();
    return report;
  }

  status(): WriterStatus {
    const partitions = this.#partitions.map((partition) => partition.status());
    const ledgers = partitions.flatMap(({ ledger }) => ledger ?? []);
    return {
      partitions,
      waiting: partitions.reduce((sum, { waiting }) => sum + waiting, 0),
      lagMs: Math.max(0, ...partitions.map(({ lagMs }) => lagMs)),
      eventsPerSecond: partitions.reduce((sum, { eventsPerSecond }) => sum + eventsPerSecond, 0),
      ledger: ledgers.length === partitions.length ? sumLedgers(ledgers) : undefined,
    };
  }

  /**
   * Stores these quarantined events of one partition, ascending by offset, exactly once; they stay in
   * quarantine. What lies between the first and the last is read back, so they should not be far apart. Errors: store_unavailable, store_unclear: nothing is known of them, and it may be called again.
   */
  replay(partition: number, items: readonly Quarantined[]): Promise<Replayed> {
    return this.#writerOf(partition).replay(items);
  }

  /** False while another process writes this partition. */
  holds(partition: number): boolean {
    return this.#writerOf(partition).holds;
  }

  /** Which offsets of [from, to) are stored as rows. Errors: those of the store. */
  readBack(partition: number, from: number, to: number): Promise<OffsetRanges> {
    return this.#writerOf(partition).readBack(from, to);
  }

  #writerOf(partition: number): PartitionWriter {
    const writer = this.#partitions[partition];
    if (writer === undefined) throw new RangeError(`there is no partition ${partition}`);
    return writer;
  }

  /** Ends when each partition has given its last batch away; see `closeTimeoutMs`. Never rejects. */
  async close(): Promise<void> {
    await Promise.all(this.#partitions.map((partition) => partition.close()));
    await this.#makers.close();
  }
}

export async function openWriter(options: WriterOptions): Promise<Writer> {
  const tools = options.tools ?? (await openPrepareTools());
  const { packer } = options.store;
  const makers = packer === undefined ? new LocalMakers(tools) : new ThreadMakers({ packer });
  return new Writer({ ...options, tools, makers });
}
