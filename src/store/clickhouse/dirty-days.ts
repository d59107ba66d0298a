/**
 * The UTC days whose rollups may differ from the rows, each with who said so. A day is answered from raw rows until
 * everybody who marked it has had it rebuilt: one partition's repair says nothing about another's unclear insert.
 */
import { millisecondsPerDay } from '../../clock.ts';
import type { Range } from '../sql/cover.ts';

export const dayOf = (ms: number): number => Math.floor(ms / millisecondsPerDay);

export class DirtyDays {
  /** Days since 1970-01-01 and their markers. */
  readonly #markers = new Map<number, Set<string>>();

  mark(marker: string, days: Iterable<number>): void {
    for (const day of days) {
      const markers = this.#markers.get(day);
      if (markers === undefined) this.#markers.set(day, new Set([marker]));
      else markers.add(marker);
    }
  }

  of(marker: string): readonly number[] {
    return [...this.#markers].filter(([, markers]) => markers.has(marker)).map(([day]) => day);
  }

  clean(marker: string, days: Iterable<number>): void {
    for (const day of days) {
      const markers = this.#markers.get(day);
      markers?.delete(marker);
      if (markers?.size === 0) this.#markers.delete(day);
    }
  }

  /** As ranges of time, ascending, within or around [from, to). */
  ranges(from: number, to: number): readonly Range[] {
    return [...this.#markers.keys()]
      .filter((day) => day >= dayOf(from) && day <= dayOf(to - 1))
      .sort((a, b) => a - b)
      .map((day) => ({ from: day * millisecondsPerDay, to: (day + 1) * millisecondsPerDay }));
  }
}
