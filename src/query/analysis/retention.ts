/** Folds people's start and return periods into the triangle of retention. */
import type { RetentionPlan } from '../../plan/analysis.ts';
import type { RetentionBlock } from '../../store/analyses.ts';

/** Row c: the people who started in period c; column k: how many of them returned k periods later. Column 0 is all of them. */
export class RetentionFold {
  readonly counts: readonly number[][];
  readonly #mode: RetentionPlan['mode'];
  readonly #periods: number;

  constructor(mode: RetentionPlan['mode'], periods: number) {
    this.#mode = mode;
    this.#periods = periods;
    this.counts = Array.from({ length: periods }, (_, start) => new Array<number>(periods - start).fill(0));
  }

  add({ starts, low, high }: RetentionBlock): void {
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i]!;
      const row = this.counts[start]!;
      row[0]! += 1;
      const returns = (high[i]! << 64n) | low[i]!;
      let before = returns >> BigInt(start + 1);
      if (before === 0n) continue;
      if (this.#mode === 'onOrAfter') {
        const last = start + before.toString(2).length;
        for (let period = start + 1; period <= Math.min(last, this.#periods - 1); period++)
          row[period - start]! += 1;
        continue;
      }
      for (let period = start + 1; before !== 0n && period < this.#periods; period++, before >>= 1n)
        if (before & 1n) row[period - start]! += 1;
    }
  }
}
