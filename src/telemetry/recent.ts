/**
 * How fast and how often over the last minute, for people without a Prometheus server: quantiles and a rate from six windows of ten
 * seconds. Durations fall into buckets 5 % wide, so a quantile is at most 5 % too high. Memory is fixed: 6 windows × 292 numbers.
 */
const windowMs = 10_000;
const windowCount = 6;
const durationMsMin = 0.05;
const durationMsMax = 60_000;
const growth = 1.05;
const bucketCount = Math.ceil(Math.log(durationMsMax / durationMsMin) / Math.log(growth)) + 2;

interface Window {
  startedAt: number;
  weight: number;
  readonly buckets: Uint32Array;
}

export class Recent {
  readonly #monotonic: () => number;
  readonly #windows: Window[];

  /** `monotonic`: a clock in milliseconds that only grows. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
    this.#windows = Array.from({ length: windowCount }, () => ({
      startedAt: Number.NEGATIVE_INFINITY,
      weight: 0,
      buckets: new Uint32Array(bucketCount),
    }));
  }

  /** `weight`: what the rate counts, such as the events of a request. */
  observe(durationMs: number, weight: number): void {
    const window = this.#current();
    window.weight += weight;
    window.buckets[bucketOf(durationMs)]! += 1;
  }

  /** What was counted a second, over the last minute or since the first observation when that is less. */
  perSecond(): number {
    const now = this.#monotonic();
    const windows = this.#live(now);
    const first = Math.min(...windows.map((each) => each.startedAt));
    const weight = windows.reduce((sum, each) => sum + each.weight, 0);
    return weight === 0 ? 0 : (weight * 1000) / Math.max(now - first, 1000);
  }

  /** Milliseconds that the given share of observations did not exceed; undefined when there were none. */
  quantileMs(share: number): number | undefined {
    const windows = this.#live(this.#monotonic());
    const totals = Array.from({ length: bucketCount }, (_, index) =>
      windows.reduce((sum, each) => sum + each.buckets[index]!, 0),
    );
    const count = totals.reduce((sum, each) => sum + each, 0);
    if (count === 0) return undefined;
    const rank = Math.ceil(count * share);
    let seen = 0;
    for (const [index, total] of totals.entries()) {
      seen += total;
      if (seen >= rank) return durationMsMin * growth ** index;
    }
    return durationMsMax;
  }

  #current(): Window {
    const startedAt = Math.floor(this.#monotonic() / windowMs) * windowMs;
    const window = this.#windows[(startedAt / windowMs) % windowCount]!;
    if (window.startedAt !== startedAt) {
      window.startedAt = startedAt;
      window.weight = 0;
      window.buckets.fill(0);
    }
    return window;
  }

  #live(now: number): readonly Window[] {
    return this.#windows.filter((each) => now - each.startedAt < windowMs * windowCount);
  }
}

function bucketOf(durationMs: number): number {
  if (!(durationMs > durationMsMin)) return 0;
  return Math.min(bucketCount - 1, Math.ceil(Math.log(durationMs / durationMsMin) / Math.log(growth)));
}
