/**
 * The hashes of ids that came in one stretch of the log: open addressing with linear probing over pairs of 32-bit words,
 * 8 bytes a slot, at most 60 % full. It grows by doubling; when it is full the index seals it and begins the next.
 */
export const slotsMin = 65_536;
export const loadMax = 0.6;
const wordsPerSlot = 2;
export const bytesPerSlot = wordsPerSlot * Uint32Array.BYTES_PER_ELEMENT;

export interface GenerationState {
  /** Counts generations from the first of this index; the name of its file is made of it. */
  readonly serial: number;
  readonly count: number;
  /** Epoch ms of the earliest and the latest `receivedAt`; Infinity and -Infinity while empty. */
  readonly receivedMin: number;
  readonly receivedMax: number;
  readonly table: Uint32Array;
}

export class Generation {
  readonly serial: number;
  count = 0;
  receivedMin = Number.POSITIVE_INFINITY;
  receivedMax = Number.NEGATIVE_INFINITY;
  #table: Uint32Array;

  /** `slots` is a power of two. */
  constructor(serial: number, slots: number) {
    this.serial = serial;
    this.#table = new Uint32Array(slots * wordsPerSlot);
  }

  static from(state: GenerationState): Generation {
    const generation = new Generation(state.serial, 0);
    generation.count = state.count;
    generation.receivedMin = state.receivedMin;
    generation.receivedMax = state.receivedMax;
    generation.#table = state.table;
    return generation;
  }

  get slots(): number {
    return this.#table.length / wordsPerSlot;
  }

  get bytes(): number {
    return this.#table.byteLength;
  }

  /** Shares the table: whoever keeps the state while this generation still takes ids copies it. */
  state(): GenerationState {
    const { serial, count, receivedMin, receivedMax } = this;
    return { serial, count, receivedMin, receivedMax, table: this.#table };
  }

  has(low: number, high: number): boolean {
    const word = find(this.#table, low, high);
    return this.#table[word] !== 0 || this.#table[word + 1] !== 0;
  }

  /** Returns false when it was there already; the times are widened all the same. */
  add(low: number, high: number, receivedAt: number): boolean {
    if (receivedAt < this.receivedMin) this.receivedMin = receivedAt;
    if (receivedAt > this.receivedMax) this.receivedMax = receivedAt;
    const word = find(this.#table, low, high);
    if (this.#table[word] !== 0 || this.#table[word + 1] !== 0) return false;
    this.#table[word] = low;
    this.#table[word + 1] = high;
    this.count++;
    if (this.count > this.slots * loadMax) this.#grow();
    return true;
  }

  #grow(): void {
    const old = this.#table;
    const table = new Uint32Array(old.length * 2);
    for (let word = 0; word < old.length; word += wordsPerSlot) {
      const low = old[word]!;
      const high = old[word + 1]!;
      if (low === 0 && high === 0) continue;
      const place = find(table, low, high);
      table[place] = low;
      table[place + 1] = high;
    }
    this.#table = table;
  }
}

/** The word where the hash stands or would stand. Ends because a table is never full. */
function find(table: Uint32Array, low: number, high: number): number {
  const mask = table.length - 1;
  let word = (low * wordsPerSlot) & mask;
  for (;;) {
    const foundLow = table[word]!;
    const foundHigh = table[word + 1]!;
    if ((foundLow === low && foundHigh === high) || (foundLow === 0 && foundHigh === 0)) return word;
    word = (word + wordsPerSlot) & mask;
  }
}
