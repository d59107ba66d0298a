/** A map that keeps the entries used last, at most `entriesMax` of them. For things that are dear to derive again. */
export class Lru<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #entriesMax: number;

  constructor(entriesMax: number) {
    this.#entriesMax = entriesMax;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    const value = this.#entries.get(key);
    if (value === undefined) return undefined;
    // nothing is forgotten soon, so the order, which costs more than the look, does not matter yet
    if (this.#entries.size * 2 < this.#entriesMax) return value;
    // a Map keeps the order of insertion: taking out and putting back makes this entry the newest
    this.#entries.delete(key);
    this.#entries.set(key, value);
    return value;
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#entriesMax) return;
    const oldest = this.#entries.keys().next();
    if (!oldest.done) this.#entries.delete(oldest.value);
  }
}
