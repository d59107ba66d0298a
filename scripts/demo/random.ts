/** Randomness that is the same for the same seed, on every machine: Marsaglia's xorshift128 ("Xorshift RNGs", 2003). Not for secrets. */

/** What may be drawn, each with its weight; weights need not add up to anything. */
export type Weighted<T> = readonly (readonly [T, number])[];

export class Random {
  readonly #state: Uint32Array;

  constructor(seed: number) {
    // a few rounds of a multiplicative hash, so that neighboring seeds have nothing in common and no state is zero
    let mixed = seed >>> 0;
    this.#state = Uint32Array.from({ length: 4 }, () => {
      mixed = (Math.imul(mixed ^ (mixed >>> 15), 0x2c1b3c6d) + 0x9e3779b9) >>> 0;
      return mixed | 1;
    });
    for (let round = 0; round < 16; round++) this.next();
  }

  /** From 0 to 1, without 1. */
  next(): number {
    const state = this.#state;
    const last = state[3]!;
    const first = state[0]! ^ (state[0]! << 11);
    state.copyWithin(1, 0, 3);
    state[0] = last ^ (last >>> 19) ^ first ^ (first >>> 8);
    // the newest word stands first here; 2^32
    return state[0]! / 4_294_967_296;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** Both ends are possible. */
  integer(from: number, to: number): number {
    return from + Math.floor(this.next() * (to - from + 1));
  }

  pick<T>(items: readonly T[]): T {
    return items[Math.floor(this.next() * items.length)]!;
  }

  weighted<T>(items: Weighted<T>): T {
    let left = this.next() * items.reduce((sum, [, weight]) => sum + weight, 0);
    for (const [item, weight] of items) {
      left -= weight;
      if (left < 0) return item;
    }
    return items[items.length - 1]![0];
  }

  /** The wait until the next of events that come independently of each other, in the unit of the mean. */
  wait(mean: number): number {
    return -mean * Math.log(1 - this.next());
  }
}
