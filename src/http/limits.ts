/**
 * Bounds on what clients may ask of the server: requests a minute by key and by address, and bytes of bodies in flight.
 * In memory, which is bounded too; rates may be shared with other servers.
 */
import { failure } from '../errors.ts';
import type { SharedRates } from '../limits/limits.ts';

interface Bucket {
  tokens: number;
  filledAt: number;
  /** Since the last sharing. */
  taken: number;
}

/** How often servers tell each other; what they let through in between is what may pass a limit. */
const shareIntervalMs = 250;

/** A client that is forgotten starts with a full bucket, so forgetting the longest quiet one costs least. */
const bucketsMax = 100_000;
const minuteMs = 60_000;

/** Token buckets: a minute's worth at once, refilled evenly. */
export class RateLimiter {
  readonly #perMinute: number | undefined;
  readonly #what: string;
  readonly #monotonic: () => number;
  readonly #buckets = new Map<string, Bucket>();

  readonly #changed = new Set<string>();
  #timer: NodeJS.Timeout | undefined;

  /** `perMinute` undefined: no limit. `what` names it in the refusal: 'this key'. */
  constructor(
    perMinute: number | undefined,
    what: string,
    monotonic: () => number,
    shared?: SharedRates | undefined,
  ) {
    this.#perMinute = perMinute;
    this.#what = what;
    this.#monotonic = monotonic;
    if (shared === undefined || perMinute === undefined) return;
    this.#timer = setInterval(() => void this.#share(shared, perMinute), shareIntervalMs);
    this.#timer.unref();
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Counts one request. Errors: rate_limited, with the time until the next one may come. */
  take(id: string): void {
    if (this.#perMinute === undefined) return;
    const bucket = this.#bucket(id, this.#perMinute, this.#monotonic());
    if (bucket.tokens < 1) {
      const retryAfterMs = Math.ceil(((1 - bucket.tokens) * minuteMs) / this.#perMinute);
      const detail = `${this.#what} has made its ${this.#perMinute} requests a minute; wait as Retry-After says`;
      throw failure('rate_limited', { detail, retryAfterMs });
    }
    bucket.tokens -= 1;
    if (this.#timer === undefined) return;
    bucket.taken += 1;
    this.#changed.add(id);
  }

  /** Tells what was taken here, and learns what all have left. */
  async #share(shared: SharedRates, perMinute: number): Promise<void> {
    const changed = [...this.#changed].flatMap((id) => {
      const bucket = this.#buckets.get(id);
      return bucket === undefined ? [] : [{ id, bucket, taken: bucket.taken }];
    });
    this.#changed.clear();
    if (changed.length === 0) return;
    for (const { bucket } of changed) bucket.taken = 0;
    const told = changed.map(({ id, taken }) => [id, taken] as const);
    const left = await shared.take(this.#what, perMinute, told);
    if (left === undefined) return;
    // what was taken meanwhile is not among it
    for (const [i, { bucket }] of changed.entries()) bucket.tokens = left[i]! - bucket.taken;
  }

  #bucket(id: string, perMinute: number, now: number): Bucket {
    const bucket = this.#buckets.get(id) ?? { tokens: perMinute, filledAt: now, taken: 0 };
    bucket.tokens = Math.min(perMinute, bucket.tokens + ((now - bucket.filledAt) * perMinute) / minuteMs);
    bucket.filledAt = now;
    // a Map keeps its order of insertion: the first one is the longest quiet
    this.#buckets.delete(id);
    this.#buckets.set(id, bucket);
    if (this.#buckets.size > bucketsMax) this.#buckets.delete(this.#buckets.keys().next().value!);
    return bucket;
  }
}

/** How many bytes of bodies all requests together hold. */
export class BodyBudget {
  readonly #bytesMax: number;
  #held = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  get held(): number {
    return this.#held;
  }

  /** What one request holds of it: nothing yet. */
  open(): HeldBytes {
    return new HeldBytes(this);
  }

  /** Errors: bodies_in_flight; then nothing is held. What was taken must be given back. */
  take(bytes: number): void {
    if (this.#held + bytes > this.#bytesMax) throw failure('bodies_in_flight', { bytesMax: this.#bytesMax });
    this.#held += bytes;
  }

  giveBack(bytes: number): void {
    this.#held -= bytes;
  }
}

/** What one request holds of the budget; only grows until it is released. */
export class HeldBytes {
  readonly #budget: BodyBudget;
  #bytes = 0;

  constructor(budget: BodyBudget) {
    this.#budget = budget;
  }

  /** Errors: bodies_in_flight; then it holds what it held. */
  growTo(bytes: number): void {
    if (bytes <= this.#bytes) return;
    this.#budget.take(bytes - this.#bytes);
    this.#bytes = bytes;
  }

  release(): void {
    this.#budget.giveBack(this.#bytes);
    this.#bytes = 0;
  }
}
