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
    // as words of 32 bits: integers of 64 are objects here
    const words = [low, high].map(
      ({ buffer, byteOffset, length }) => new Uint32Array(buffer, byteOffset, 2 * length),
    );
    const isOn = this.#mode === 'on';
    for (let i = 0; i < starts.length; i++) {
      const start = starts[i]!;
      const row = this.counts[start]!;
      row[0]! += 1;
      let last = start;
      for (let base = 0; base < wordsMax; base++) {
        let word = words[base >> 1]![2 * i + (base & 1)]!;
        while (word !== 0) {
          const bit = 31 - Math.clz32(word & -word);
          word &= word - 1;
          const period = 32 * base + bit;
          if (period <= start || period >= this.#periods) continue;
          if (isOn) row[period - start]! += 1;
          else last = period;
        }
      }
      for (let period = start + 1; !isOn && period <= last; period++) row[period - start]! += 1;
    }
  }
}

const wordsMax = 4;
