/**
 * How long things took: counts of whole durations by powers of 2^(1/64), so that memory is bounded whatever the number, and the
 * same durations give the same quantiles in any order. A quantile is off by at most 0.6 % of itself; below 64 ms it is exact.
 */
const stepsPerDoubling = 64;
const exactMsMax = 64;

export class Durations {
  readonly #counts = new Map<number, number>();
  count = 0;

  /** `ms`: not negative. */
  add(ms: number): void {
    const slot =
      ms <= exactMsMax ? ms : exactMsMax + Math.ceil(Math.log2(ms / exactMsMax) * stepsPerDoubling);
    this.#counts.set(slot, (this.#counts.get(slot) ?? 0) + 1);
    this.count++;
  }

  /** The smallest duration that at least the share `q` of all did not exceed, in ms; undefined when there is none. */
  quantile(q: number): number | undefined {
    if (this.count === 0) return undefined;
    const wanted = Math.max(1, Math.ceil(q * this.count));
    let seen = 0;
    for (const slot of this.#slots()) {
      seen += this.#counts.get(slot)!;
      if (seen >= wanted) return middleOf(slot);
    }
    return undefined;
  }

  #slots(): readonly number[] {
    return [...this.#counts.keys()].sort((a, b) => a - b);
  }
}

function middleOf(slot: number): number {
  if (slot <= exactMsMax) return slot;
  return Math.round(exactMsMax * 2 ** ((slot - exactMsMax - 0.5) / stepsPerDoubling));
}

/** Borders of the distribution that people read, in ms: a minute to thirty days. */
export const durationBorders: readonly number[] = [
  60_000,
  5 * 60_000,
  15 * 60_000,
  30 * 60_000,
  3_600_000,
  3 * 3_600_000,
  6 * 3_600_000,
  12 * 3_600_000,
  86_400_000,
  2 * 86_400_000,
  7 * 86_400_000,
  14 * 86_400_000,
  30 * 86_400_000,
];

/** How many durations lie below each border and at or above the one before it; the last is for all above. */
export class Distribution {
  readonly counts = new Array<number>(durationBorders.length + 1).fill(0);

  add(ms: number): void {
    const found = durationBorders.findIndex((border) => ms < border);
    this.counts[found === -1 ? durationBorders.length : found]! += 1;
  }
}
