/**
 * Pauses after failures: so many are free, then each one more doubles the wait, up to a quarter of an hour. An attempt counts as a
 * failure from its begin until it succeeds, so that many at the same moment gain nothing. What is counted is whatever was named:
 * whether anybody has that name makes no difference. In this process's memory, and bounded: the longest quiet are forgotten.
 */
import { failure } from '../errors.ts';

export interface PausesOptions {
  readonly monotonic: () => number;
  /** Failures without a pause; the last of them begins the first. */
  readonly free: number;
  /** A name without failures for so long is forgotten. */
  readonly forgetMs: number;
  readonly countersMax?: number;
  /** What is said during one, where it is not about signing in. */
  readonly detail?: string;
}

interface Counter {
  failures: number;
  pausedUntil: number;
  at: number;
}

const signInDetail =
  'too many attempts to sign in failed; wait as Retry-After says, or sign in by a new link';
const countersMax = 10_000;
const pauseFirstMs = 5_000;
export const pauseMaxMs = 15 * 60_000;

export class Pauses {
  readonly #options: PausesOptions;
  /** In the order of their last failure. */
  readonly #counters = new Map<string, Counter>();

  constructor(options: PausesOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#counters.size;
  }

  /** Errors: sign_in_paused, with the time that is left. */
  refuse(name: string): void {
    const leftMs = (this.#get(name)?.pausedUntil ?? 0) - this.#options.monotonic();
    if (leftMs <= 0) return;
    const { detail = signInDetail } = this.#options;
    throw failure('sign_in_paused', { detail, retryAfterMs: leftMs });
  }

  /** Counts a failure. True: a pause begins. */
  fail(name: string): boolean {
    const { monotonic, free } = this.#options;
    const now = monotonic();
    const counter = this.#get(name) ?? { failures: 0, pausedUntil: 0, at: now };
    counter.failures++;
    counter.at = now;
    const over = counter.failures - free;
    if (over >= 0) counter.pausedUntil = now + Math.min(pauseMaxMs, pauseFirstMs * 2 ** Math.min(over, 20));
    this.#counters.delete(name);
    this.#counters.set(name, counter);
    if (this.#counters.size > (this.#options.countersMax ?? countersMax))
      this.#counters.delete(this.#counters.keys().next().value!);
    return over >= 0;
  }

  /** Takes one failure back. */
  undo(name: string): void {
    const counter = this.#counters.get(name);
    if (counter === undefined) return;
    counter.failures--;
    if (counter.failures < this.#options.free) counter.pausedUntil = 0;
    if (counter.failures <= 0) this.#counters.delete(name);
  }

  forget(name: string): void {
    this.#counters.delete(name);
  }

  #get(name: string): Counter | undefined {
    const counter = this.#counters.get(name);
    if (counter === undefined || this.#options.monotonic() - counter.at < this.#options.forgetMs)
      return counter;
    this.#counters.delete(name);
    return undefined;
  }
}
