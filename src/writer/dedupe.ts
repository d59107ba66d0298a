/**
 * Promise 3 for one partition: which events are copies of one that came before. The index says which ids may have come
 * before; a hit is confirmed by the full id, against the windows in hand or else against the store. A hit that nobody
 * confirms is another id with the same hash, or an event of a project that was deleted since: it is new.
 *
 * An index may be cold: it knows the ids from where it began, and the store is asked of every other one until the older ones
 * have been put before it. Where a writer lives for seconds only, there is no index at all, and the store is asked of each id.
 *
 * An offset that the store has already was found to be new when it was stored, and stays so. With that, a window may be
 * walked again after a crash with an index that is older or newer than its first walk: each event still ends up once.
 */
import { randomBytes } from 'node:crypto';
import type { Event } from '../event/event.ts';
import type { EventKey } from '../store/store.ts';
import { hashKeyBytes } from './dedupe-hash.ts';
import { type DedupeBounds, DedupeIndex, type DedupeUsage, dedupeBounds, idKey } from './dedupe-index.ts';
import type { DedupeSnapshot } from './dedupe-snapshot.ts';
import type { OffsetSet } from './offset-set.ts';
import type { Origin } from './prepare.ts';
import { Slices } from './slices.ts';

export interface Candidate {
  readonly event: Event;
  readonly origin: Origin;
}

/** Asks the store which ids it has; at most `knownKeysMax` at once. */
export type Known = (keys: readonly EventKey[]) => Promise<readonly boolean[]>;
export const knownKeysMax = 1000;

/** Whose ids the index has: of all events in its bounds, of those since it began, or none. */
type Knowledge = 'all' | 'new' | 'none';

export class Dedupe {
  #index: DedupeIndex;
  #knows: Knowledge;
  #position: number;
  /** Ids of windows that were decided but are not in the store yet. */
  readonly #inHand = new Set<ReadonlySet<string>>();
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

  /**
   * For each candidate, in the order of the log, whether it is a copy. `ids` receives the ids of those that are not, and
   * confirms later ones until `release`. `next` is where the window ends.
   */
  async copies(
    candidates: readonly Candidate[],
    next: number,
    landed: OffsetSet,
    ids: Set<string>,
    known: Known,
  ): Promise<readonly boolean[]> {
    this.#deciding = true;
    this.#inHand.add(ids);
    try {
      const copies: boolean[] = [];
      const unsure: number[] = [];
      const slices = new Slices();
      for (let index = 0; index < candidates.length; index++) {
        await slices.step();
        const { event, origin } = candidates[index]!;
        const id = idKey(origin.project, event.eventId);
        const seen = this.#mayHaveCome(id, origin.receivedAt);
        copies.push(false);
        if (!seen || landed.has(origin.offset)) ids.add(id);
        else if (this.#isInHand(id)) copies[index] = true;
        else unsure.push(index);
      }
      await this.#confirm(candidates, unsure, copies, ids, known);
      this.moveTo(next);
      return copies;
    } finally {
      this.#deciding = false;
      for (const resolve of this.#captures.splice(0)) resolve(this.#state());
    }
  }

  /** The window of these ids is in the store, or was given up. */
  release(ids: ReadonlySet<string>): void {
    this.#inHand.delete(ids);
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

  async #confirm(
    candidates: readonly Candidate[],
    unsure: readonly number[],
    copies: boolean[],
    ids: Set<string>,
    known: Known,
  ): Promise<void> {
    for (let from = 0; from < unsure.length; from += knownKeysMax) {
      const part = unsure.slice(from, from + knownKeysMax);
      const keys = part.map((index) => keyOf(candidates[index]!));
      const answers = await known(keys);
      for (const [at, index] of part.entries()) {
        const id = idKey(keys[at]!.project, keys[at]!.eventId);
        // an id that is twice among the unsure ones is new once
        if (answers[at] || this.#isInHand(id)) copies[index] = true;
        else ids.add(id);
      }
    }
  }

  #mayHaveCome(id: string, receivedAt: number): boolean {
    if (this.#knows === 'none') return true;
    return this.#index.observe(id, receivedAt) || this.#knows === 'new';
  }

  #isInHand(id: string): boolean {
    for (const ids of this.#inHand) if (ids.has(id)) return true;
    return false;
  }
}

function keyOf({ event, origin }: Candidate): EventKey {
  return { project: origin.project, eventId: event.eventId };
}
