/** How many things happened a second, lately: one count a second, for ten seconds. */
import type { Clock } from '../clock.ts';

const secondsKept = 10;

export class RecentRate {
  readonly #clock: Clock;
  readonly #counts = new Float64Array(secondsKept);
  #second: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#second = this.#now();
  }

  add(count: number): void {
    this.#forget();
    this.#counts[this.#second % secondsKept]! += count;
  }

  perSecond(): number {
    this.#forget();
    return this.#counts.reduce((sum, count) => sum + count, 0) / secondsKept;
  }

  #forget(): void {
    const now = this.#now();
    for (let second = Math.max(this.#second + 1, now - secondsKept + 1); second <= now; second++) {
      this.#counts[second % secondsKept] = 0;
    }
    this.#second = now;
  }

  #now(): number {
    return Math.floor(this.#clock.monotonic() / 1000);
  }
}
