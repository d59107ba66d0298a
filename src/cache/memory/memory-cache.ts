/** A cache in this process: least recently used out first, bounded by bytes, times of life by the clock it is given. */
import type { Clock } from '../../clock.ts';
import type { Cache } from '../cache.ts';

export interface MemoryCacheOptions {
  readonly clock: Clock;
  /** Keys and values as UTF-16, and `entryBytes` for each entry. */
  readonly bytesMax: number;
}

/** What an entry costs beside its text: the map's slot, the object, the string headers. An estimate. */
const entryBytes = 200;

interface Entry {
  readonly value: string;
  readonly expiresAt: number;
  readonly bytes: number;
}

export class MemoryCache implements Cache {
  readonly #clock: Clock;
  readonly #bytesMax: number;
  /** A Map keeps the order of insertion: a used entry is put in again, so that the first one is the oldest. */
  readonly #entries = new Map<string, Entry>();
  #bytes = 0;
  #closed = false;

  constructor({ clock, bytesMax }: MemoryCacheOptions) {
    this.#clock = clock;
    this.#bytesMax = bytesMax;
  }

  async get(key: string): Promise<string | undefined> {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    if (entry.expiresAt <= this.#clock.now()) {
      this.#drop(key);
      return undefined;
    }
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry.value;
  }

  async set(key: string, value: string, ttlMs: number): Promise<void> {
    this.#drop(key);
    const bytes = 2 * (key.length + value.length) + entryBytes;
    if (bytes > this.#bytesMax || ttlMs <= 0 || this.#closed) return;
    this.#entries.set(key, { value, expiresAt: this.#clock.now() + ttlMs, bytes });
    this.#bytes += bytes;
    for (const oldest of this.#entries.keys()) {
      if (this.#bytes <= this.#bytesMax) break;
      this.#drop(oldest);
    }
  }

  usage(): { readonly entries: number; readonly bytes: number; readonly bytesMax: number } {
    return { entries: this.#entries.size, bytes: this.#bytes, bytesMax: this.#bytesMax };
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#entries.clear();
    this.#bytes = 0;
  }

  #drop(key: string): void {
    this.#bytes -= this.#entries.get(key)?.bytes ?? 0;
    this.#entries.delete(key);
  }
}
