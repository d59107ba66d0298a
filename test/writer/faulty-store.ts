/**
 * A store that fails as real ones do: before or after the rows landed, half-way, late, or not at all until it is fenced.
 * The rows are kept by the memory store. `session()` is what one writer sees; after `kill()` it never answers again, but
 * what that writer had begun may still land, until somebody reconciles.
 */
import type { Clock } from '../../src/clock.ts';
import { failure } from '../../src/errors.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Batch, EventKey, OffsetRanges, Progress, Store } from '../../src/store/store.ts';
import { unpacked } from './packer.ts';

export type Fault = 'none' | 'before' | 'after' | 'part' | 'late' | 'hang' | 'hang-landed';

export interface FaultPlan {
  /** One for each insert, in order; then none. */
  readonly inserts: readonly Fault[];
  /** How often each of the first reconciliations fails before it works. */
  readonly reconcileFailures: readonly number[];
  /** Whether the rows of an id are refused. */
  readonly isRefused: (eventId: string) => boolean;
  /** By how many inserts the progress may be older after a kill. */
  readonly progressLag: number;
}

export const noFaults: FaultPlan = {
  inserts: [],
  reconcileFailures: [],
  isRefused: () => false,
  progressLag: 0,
};

interface Attempt {
  readonly partition: number;
  isFenced: boolean;
}

const nothing: Progress = { next: 0, stored: 0, duplicates: 0, quarantined: 0 };

export class FaultyStore {
  readonly memory: MemoryStore;
  readonly #clock: Clock;
  #plan: FaultPlan;
  #faults: Fault[];
  #reconcileFailures: number[];
  #attempts: Attempt[] = [];
  /** All that was reported, oldest first, and how much of it a reader has been shown: that may not be undone. */
  readonly #reported = new Map<number, { all: Progress[]; shown: number }>();
  inserts = 0;
  reconciled: (readonly [number, number])[] = [];
  knownCalls = 0;

  constructor(clock: Clock, plan: FaultPlan = noFaults) {
    this.memory = new MemoryStore({ clock });
    this.#clock = clock;
    this.#plan = plan;
    this.#faults = [...plan.inserts];
    this.#reconcileFailures = [...plan.reconcileFailures];
  }

  /** From now on everything works; refused rows are refused still. */
  heal(): void {
    this.#faults = [];
    this.#reconcileFailures = [];
  }

  /** What a crash may take back of the progress. */
  crash(): void {
    for (const reported of this.#reported.values()) {
      const kept = Math.max(reported.shown, reported.all.length - this.#plan.progressLag);
      reported.all.length = Math.min(kept, reported.all.length);
    }
  }

  /** `packer`: the writer packs rows, in its thread. */
  session({ packer }: { readonly packer?: string } = {}): {
    readonly store: Store;
    readonly kill: () => void;
  } {
    let alive = true;
    const guard = <T>(result: Promise<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        result.then(
          (value) => alive && resolve(value),
          (error) => alive && reject(error),
        );
      });
    const open = <A extends unknown[], T>(call: (...args: A) => Promise<T>) => {
      return (...args: A): Promise<T> => (alive ? guard(call(...args)) : new Promise<T>(() => {}));
    };
    const { memory } = this;
    const store = {
      ...(packer !== undefined && { packer }),
      supports: { ...memory.supports, durable: true, atomicProgress: false },
      state: () => memory.state(),
      progress: open((partition: number) => this.#progress(partition)),
      insert: open((batch: Batch) => this.#insert(unpacked(batch))),
      reconcile: open((partition: number, from: number, to: number) => this.#reconcile(partition, from, to)),
      known: open((keys: readonly EventKey[]) => this.#known(keys)),
      recent: memory.recent.bind(memory),
      quarantined: memory.quarantined.bind(memory),
    } satisfies Partial<Store>;
    return {
      store: store as unknown as Store,
      kill: () => {
        alive = false;
      },
    };
  }

  async #progress(partition: number): Promise<Progress> {
    const reported = this.#reported.get(partition);
    if (reported === undefined) return nothing;
    reported.shown = reported.all.length;
    return reported.all.at(-1) ?? nothing;
  }

  /** What it says was true when it was asked, not when it answers. */
  async #known(keys: readonly EventKey[]): Promise<readonly boolean[]> {
    this.knownCalls++;
    const answer = await this.memory.known(keys);
    await this.#clock.sleep(7);
    return answer;
  }

  async #reconcile(partition: number, from: number, to: number): Promise<OffsetRanges> {
    const left = this.#reconcileFailures[0] ?? 0;
    if (left > 0) {
      this.#reconcileFailures[0] = left - 1;
      throw failure('store_unavailable', { detail: 'told to fail' });
    }
    this.#reconcileFailures.shift();
    for (const attempt of this.#attempts) if (attempt.partition === partition) attempt.isFenced = true;
    this.#attempts = this.#attempts.filter(({ isFenced }) => !isFenced);
    this.reconciled.push([from, to]);
    return await this.memory.reconcile(partition, from, to);
  }

  async #insert(batch: Batch): Promise<void> {
    this.inserts++;
    if (batch.rows.some(({ eventId }) => this.#plan.isRefused(eventId))) {
      throw failure('store_refused', { detail: 'told to refuse one of the rows' });
    }
    const fault = this.#faults.shift() ?? 'none';
    const attempt: Attempt = { partition: batch.partition, isFenced: false };
    this.#attempts.push(attempt);
    switch (fault) {
      case 'none':
        // the fence may come between the beginning and the landing
        await this.#clock.sleep(5);
        if (attempt.isFenced) throw failure('store_unclear', { detail: 'fenced' });
        await this.#land(batch);
        break;
      case 'before':
        throw failure('store_unavailable', { detail: 'told to fail before' });
      case 'after':
        await this.#land(batch);
        throw failure('store_unclear', { detail: 'told to fail after' });
      case 'part': {
        const rows = batch.rows.slice(0, batch.rows.length >>> 1);
        await this.memory.insert({ partition: batch.partition, rows, quarantined: [] });
        throw failure('store_unclear', { detail: 'told to fail half-way' });
      }
      case 'late':
        void this.#clock.sleep(75).then(() => (attempt.isFenced ? undefined : this.#land(batch)));
        throw failure('store_unclear', { detail: 'told to land late' });
      case 'hang-landed':
        await this.#land(batch);
        return await new Promise<never>(() => {});
      case 'hang':
        return await new Promise<never>(() => {});
      default:
        fault satisfies never;
    }
    this.#attempts = this.#attempts.filter((each) => each !== attempt);
  }

  async #land(batch: Batch): Promise<void> {
    const { progress, ...rest } = batch;
    await this.memory.insert(rest);
    if (progress === undefined) return;
    const reported = this.#reported.get(batch.partition) ?? { all: [], shown: 0 };
    reported.all.push(progress);
    this.#reported.set(batch.partition, reported);
  }
}
