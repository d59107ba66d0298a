/**
 * The durable lower bound of what each partition's writer has stored. Written at most once a second, after the rows: it
 * may lag behind them, never run ahead. Within the process the latest value is known without asking.
 */
import type { Clock } from '../../clock.ts';
import type { Progress } from '../store.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import type { Missing } from './missing-rows.ts';
import { nativeBlock } from './native-block.ts';
import { progressColumns } from './schema.ts';

const writeIntervalMs = 1_000;
const none: Progress = { next: 0, stored: 0, duplicates: 0, quarantined: 0 };

export class ProgressTable {
  readonly #client: ClickHouseClient;
  readonly #clock: Clock;
  readonly #latest = new Map<number, Progress>();
  readonly #unwritten = new Set<number>();
  #writing: Promise<void> = Promise.resolve();
  #nextWriteAt = 0;

  constructor(client: ClickHouseClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  async load(): Promise<ReadonlyMap<number, Progress>> {
    const rows = await this.#client.rows<[number, string, string, string, string]>(
      'SELECT _partition, next, stored, duplicates, quarantined FROM progress FINAL',
    );
    for (const [partition, next, stored, duplicates, quarantined] of rows) {
      this.#latest.set(partition, {
        next: Number(next),
        stored: Number(stored),
        duplicates: Number(duplicates),
        quarantined: Number(quarantined),
      });
    }
    return this.#latest;
  }

  of(partition: number): Progress {
    return this.#latest.get(partition) ?? none;
  }

  all(): ReadonlyMap<number, Progress> {
    return this.#latest;
  }

  /** Takes a value whose rows are durable. Never waits for its writing. */
  note(partition: number, progress: Progress): void {
    this.#latest.set(partition, progress);
    this.#unwritten.add(partition);
    const now = this.#clock.monotonic();
    if (now < this.#nextWriteAt) return;
    this.#nextWriteAt = now + writeIntervalMs;
    // a value that could not be written stays among the unwritten ones: the bound is only lower for longer
    this.#writing = this.#writing.then(() => this.#write()).catch(() => {});
  }

  /** Takes what is not there any more off the numbers, so that the ledger counts it as lost; written with the next value. */
  correct({ partition, rows, quarantined }: Missing): void {
    const counted = this.of(partition);
    this.#latest.set(partition, {
      ...counted,
      stored: counted.stored - rows,
      quarantined: counted.quarantined - quarantined,
    });
    this.#unwritten.add(partition);
  }

  /** Writes what is left; for the end. */
  async flush(): Promise<void> {
    await this.#writing;
    await this.#write();
  }

  async #write(): Promise<void> {
    const rows = [...this.#unwritten].map((partition) => ({ partition, ...this.of(partition) }));
    if (rows.length === 0) return;
    const names = progressColumns.map(({ name }) => name);
    await this.#client.insertNative('progress', names, nativeBlock(progressColumns, rows));
    for (const row of rows) {
      if (this.of(row.partition).next === row.next) this.#unwritten.delete(row.partition);
    }
  }
}
