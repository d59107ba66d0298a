/**
 * Promise 3 for one partition: which events are copies of one that came before. The index says which ids may have come
 * before; a hit is confirmed by the full id, against the windows in hand (window-maker.ts) or else against the store. A hit
 * that nobody confirms is another id with the same hash, or an event of a project that was deleted since: it is new.
 *
 * An index may be cold: it knows the ids from where it began, and the store is asked of every other one until the older ones
 * have been put before it. Where a writer lives for seconds only, there is no index at all, and the store is asked of each id.
 *
 * An offset that the store has already was found to be new when it was stored, and stays so. With that, a window may be
 * walked again after a crash with an index that is older or newer than its first walk: each event still ends up once.
 */
import { randomBytes } from 'node:crypto';
import type { EventKey } from '../store/store.ts';
import { hashKeyBytes } from './dedupe-hash.ts';
import { type DedupeBounds, DedupeIndex, type DedupeUsage, dedupeBounds, idKey } from './dedupe-index.ts';
import type { DedupeSnapshot } from './dedupe-snapshot.ts';
import { Slices } from './slices.ts';
import type { Decoded } from './window-maker.ts';

/** Asks the store which ids it has. */
export type Known = (keys: readonly EventKey[]) => Promise<readonly boolean[]>;

/** They take a tenth of a microsecond each. */
const decisionsInSlice = 10_000;

/** Whose ids the index has: of all events in its bounds, of those since it began, or none. */
type Knowledge = 'all' | 'new' | 'none';

export class Dedupe {
  #index: DedupeIndex;
  #knows: Knowledge;
  #position: number;
  #deciding = false;
  #captures: ((snapshot: DedupeSnapshot) => void)[] = [];

  constructor(index: DedupeIndex, position: number, knows: Knowledge = 'all') {
    this.#index = index;
    this.#knows = knows;
    this.#position = position;
  }

  static empty(position: number, bounds: DedupeBounds = dedupeBounds): Dedupe {
    return new Dedupe(new DedupeIndex(randomBytes(hashKeyBytes), bounds), position);
  }

  /** Knows nothing from before `position` until `complete`. */
  static cold(position: number, bounds: DedupeBounds = dedupeBounds): Dedupe {
    return new Dedupe(new DedupeIndex(randomBytes(hashKeyBytes), bounds), position, 'new');
  }

  /** Asks the store of every id, for good. */
  static withoutIndex(position: number): Dedupe {
    return new Dedupe(new DedupeIndex(randomBytes(hashKeyBytes), dedupeBounds), position, 'none');
  }

  static restore(snapshot: DedupeSnapshot, bounds: DedupeBounds = dedupeBounds): Dedupe {
    return new Dedupe(new DedupeIndex(snapshot.key, bounds, snapshot.generations), snapshot.position);
  }

  /** All ids below this offset have been observed. */
  get position(): number {
    return this.#position;
  }

  /** Whether it can be kept as a snapshot. */
  get isWhole(): boolean {
    return this.#knows === 'all';
  }

  /** An empty one for the older ids of a cold one. */
  emptyLike(): Dedupe {
    return new Dedupe(new DedupeIndex(this.#index.key, this.#index.bounds), 0);
  }

  /** `older`, of `emptyLike`, has every id in the bounds from before this one began: from now on the index is enough. */
  complete(older: Dedupe): void {
    if (this.#knows !== 'new') return;
    this.#index = this.#index.after(older.#index);
    this.#knows = 'all';
  }

  usage(): DedupeUsage {
    return this.#index.usage();
  }

  /** Remembers ids that need no verdict: of events that were stored before the index was made. */
  observe(ids: Iterable<EventKey & { readonly receivedAt: number }>): void {
    for (const { project, eventId, receivedAt } of ids)
      this.#index.observe(idKey(project, eventId), receivedAt);
  }

  /** As `observe`, for ids in no order; those between two calls of `endGeneration` count as equally old. */
  load(ids: Iterable<EventKey & { readonly receivedAt: number }>): void {
    for (const { project, eventId, receivedAt } of ids) this.#index.load(idKey(project, eventId), receivedAt);
  }

  endGeneration(): void {
    this.#index.endGeneration();
  }

  moveTo(position: number): void {
    this.#position = Math.max(this.#position, position);
  }

  get key(): Uint8Array {
    return this.#index.key;
  }

  /** A window is decided from here on; nothing is captured until `end`. */
  begin(): void {
    this.#deciding = true;
  }

  /** The places of events whose ids may have come before and that the store does not have. They all count as observed. */
  async decide({ count, hashes, receivedAt, landed }: Decoded): Promise<number[]> {
    const hits: number[] = [];
    const slices = new Slices(decisionsInSlice);
    for (let place = 0; place < count; place++) {
      await slices.step();
      const low = hashes[2 * place]!;
      const high = hashes[2 * place + 1]!;
      if (this.#mayHaveCome(low, high, receivedAt[place]!) && landed[place] === 0) hits.push(place);
    }
    return hits;
  }

  /** The window has been decided up to `next`, where it ends, or was given up. */
  end(next?: number): void {
    if (next !== undefined) this.moveTo(next);
    this.#deciding = false;
    for (const resolve of this.#captures.splice(0)) resolve(this.#state());
  }

  /** A copy of the whole index as it is between two windows. The table that still changes is copied (at most 32 MiB). */
  capture(): Promise<DedupeSnapshot> {
    if (!this.#deciding) return Promise.resolve(this.#state());
    return new Promise((resolve) => this.#captures.push(resolve));
  }

  #state(): DedupeSnapshot {
    const generations = this.#index.states();
    const current = generations.pop()!;
    generations.push({ ...current, table: current.table.slice() });
    return { position: this.#position, key: this.#index.key, generations };
  }

  #mayHaveCome(low: number, high: number, receivedAt: number): boolean {
    if (this.#knows === 'none') return true;
    return this.#index.observeHash(low, high, receivedAt) || this.#knows === 'new';
  }
}
