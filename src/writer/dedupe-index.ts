/**
 * Which ids a partition has seen lately: the hashes, in generations. What it remembers follows from the log alone (order
 * and `receivedAt`), never from the clock, from batches or from restarts.
 *
 * Bound. An id is remembered until 25 hours have passed or 10 million other ids came, whichever is first. It is forgotten
 * with its whole generation, which ends with 2.5 million ids or after 6 hours, so that at most 15 million ids are kept. A
 * full generation is 32 MiB: a steady stream of 10 million ids takes 128 MiB (160 with the one that is being filled), the
 * worst mixture of busy and quiet hours 320, little traffic 512 KiB a generation. An id that comes again is remembered anew.
 *
 * A hit may be wrong (two ids with one hash); a miss never is. So a hit is confirmed elsewhere, and ids too many do no harm.
 */
import { millisecondsPerDay, millisecondsPerHour } from '../clock.ts';
import { Generation, type GenerationState, loadMax, slotsMin } from './dedupe-generation.ts';
import { IdHasher } from './dedupe-hash.ts';

export interface DedupeBounds {
  /** An id may be forgotten when so many others came after it, … */
  readonly idsMin: number;
  /** … or when it is so much older, in ms. */
  readonly ageMinMs: number;
  readonly generationIdsMax: number;
  readonly generationAgeMaxMs: number;
}

export const dedupeBounds: DedupeBounds = {
  idsMin: 10_000_000,
  // an hour more than promised, for collectors whose clocks disagree
  ageMinMs: millisecondsPerDay + millisecondsPerHour,
  generationIdsMax: 2_500_000,
  generationAgeMaxMs: 6 * millisecondsPerHour,
};

export interface DedupeUsage {
  readonly ids: number;
  readonly bytes: number;
  readonly generations: number;
}

/** NUL is in neither part, so no two pairs make the same text. */
export function idKey(project: string, eventId: string): string {
  return `${project}\0${eventId}`;
}

export class DedupeIndex {
  readonly bounds: DedupeBounds;
  readonly #hasher: IdHasher;
  /** Oldest first; the last one takes new ids. Never empty. */
  #generations: Generation[];

  constructor(key: Uint8Array, bounds: DedupeBounds, states: readonly GenerationState[] = []) {
    this.bounds = bounds;
    this.#hasher = new IdHasher(key);
    this.#generations = states.map((state) => Generation.from(state));
    if (this.#generations.length === 0) this.#generations.push(new Generation(0, slotsMin));
  }

  /** All that `older` has, behind it what this one has; with the same key. The newest generation goes on here. */
  after(older: DedupeIndex): DedupeIndex {
    const states = [...older.states(), ...this.states()].filter(({ count }) => count > 0);
    const numbered = states.map((state, serial) => ({ ...state, serial }));
    return new DedupeIndex(this.key, this.bounds, numbered);
  }

  get key(): Uint8Array {
    return this.#hasher.key;
  }

  usage(): DedupeUsage {
    let ids = 0;
    let bytes = 0;
    for (const generation of this.#generations) {
      ids += generation.count;
      bytes += generation.bytes;
    }
    return { ids, bytes, generations: this.#generations.length };
  }

  /** Oldest first; only the last one may still change. */
  states(): GenerationState[] {
    return this.#generations.map((generation) => generation.state());
  }

  /** Remembers the id as the newest and says whether it was remembered before. */
  observe(id: string, receivedAt: number): boolean {
    this.#hasher.hash(id);
    return this.observeHash(this.#hasher.low, this.#hasher.high, receivedAt);
  }

  /** `observe` of an id by its hash under `key`. */
  observeHash(low: number, high: number, receivedAt: number): boolean {
    if (this.#isDone(this.#generations.at(-1)!, receivedAt)) this.endGeneration();
    return this.#add(low, high, receivedAt);
  }

  /** Seals what was remembered last, and forgets what may be forgotten. */
  endGeneration(): void {
    const last = this.#generations.at(-1)!;
    if (last.count > 0) this.#begin(last);
  }

  /** As `observe`, for ids that come in no order: they all go into one generation, until its end is said. */
  load(id: string, receivedAt: number): boolean {
    this.#hasher.hash(id);
    return this.#add(this.#hasher.low, this.#hasher.high, receivedAt);
  }

  #add(low: number, high: number, receivedAt: number): boolean {
    if (!this.#generations.at(-1)!.add(low, high, receivedAt)) return true;
    for (let index = this.#generations.length - 2; index >= 0; index--) {
      if (this.#generations[index]!.has(low, high)) return true;
    }
    return false;
  }

  #isDone(current: Generation, receivedAt: number): boolean {
    const { generationIdsMax, generationAgeMaxMs } = this.bounds;
    return current.count >= generationIdsMax || receivedAt - current.receivedMin >= generationAgeMaxMs;
  }

  /** Begins as large as the last one needed, so that a busy partition grows (and copies) a table only once. */
  #begin(last: Generation): void {
    const { generationIdsMax } = this.bounds;
    const wanted = last.count >= generationIdsMax ? generationIdsMax : last.count / 2;
    let slots = slotsMin;
    while (slots * loadMax < wanted) slots *= 2;
    this.#forget(last);
    this.#generations.push(new Generation(last.serial + 1, slots));
  }

  /** Ages are measured to the earliest id of the last generation, so that one wrong clock forgets nothing. */
  #forget(last: Generation): void {
    let newer = 0;
    const kept: Generation[] = [];
    for (const generation of this.#generations.toReversed()) {
      const old = last.receivedMin - generation.receivedMax >= this.bounds.ageMinMs;
      if (!old && newer < this.bounds.idsMin) kept.push(generation);
      newer += generation.count;
    }
    this.#generations = kept.reverse();
  }
}
