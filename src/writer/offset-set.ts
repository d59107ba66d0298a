/** Looking up offsets in the ranges that a store gave. */
import type { OffsetRanges } from '../store/store.ts';

export class OffsetSet {
  static readonly empty = new OffsetSet([]);
  readonly ranges: OffsetRanges;

  constructor(ranges: OffsetRanges) {
    this.ranges = ranges;
  }

  has(offset: number): boolean {
    const range = this.ranges[this.#firstEndingAfter(offset)];
    return range !== undefined && range[0] <= offset;
  }

  /** How many offsets of [from, to) are in the set. */
  count(from: number, to: number): number {
    let count = 0;
    for (let index = this.#firstEndingAfter(from); index < this.ranges.length; index++) {
      const range = this.ranges[index]!;
      if (range[0] >= to) break;
      count += Math.min(range[1], to) - Math.max(range[0], from);
    }
    return count;
  }

  #firstEndingAfter(offset: number): number {
    let low = 0;
    let high = this.ranges.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.ranges[middle]![1] > offset) high = middle;
      else low = middle + 1;
    }
    return low;
  }
}
