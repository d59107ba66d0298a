/**
 * A shared cache with one of this process's own behind it: while the shared one is away, what this process found lately is
 * still there. The shared one is asked first, because others may have found something newer. Counts hits and misses.
 */
import type { Cache } from './cache.ts';

export interface CacheCounts {
  readonly hits: number;
  readonly misses: number;
}

export class LayeredCache implements Cache {
  readonly #shared: Cache | undefined;
  readonly #own: Cache;
  #hits = 0;
  #misses = 0;

  /** `shared` undefined: this process's own alone. */
  constructor(shared: Cache | undefined, own: Cache) {
    this.#shared = shared;
    this.#own = own;
  }

  async get(key: string): Promise<string | undefined> {
    const value = (await this.#shared?.get(key)) ?? (await this.#own.get(key));
    if (value === undefined) this.#misses++;
    else this.#hits++;
    return value;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    await Promise.all([this.#shared?.set(key, value, ttlMs), this.#own.set(key, value, ttlMs)]);
  }

  counts(): CacheCounts {
    return { hits: this.#hits, misses: this.#misses };
  }

  /** Of the shared one, where there is one. */
  usage(): { readonly entries: number; readonly bytes: number; readonly bytesMax: number } {
    return (this.#shared ?? this.#own).usage();
  }

  async close(): Promise<void> {
    await Promise.all([this.#shared?.close(), this.#own.close()]);
  }
}
