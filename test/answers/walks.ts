/** Sequences of events in one word each, for cases about what people do one after another. */
import type { GivenEvent } from './answer-set.ts';

export const second = 1_000;
export const minute = 60 * second;
export const day = 24 * 60 * minute;
/** A Monday. */
export const begin = Date.UTC(2025, 5, 16);
/** The day that most walks are of. */
export const today = { from: '2025-06-16', to: '2025-06-17' };

export const isoAt = (ms: number): string => new Date(begin + ms).toISOString();

/** 'a0 b5 a7': an event of type a at once, one of type b 5 units later, one of type a after 7; `unitMs`: a millisecond. */
export function walk(
  userId: string | undefined,
  steps: string,
  more: Partial<GivenEvent> = {},
  unitMs = 1,
): readonly GivenEvent[] {
  return steps.split(' ').map((step) => {
    const [, type, time] = /^([a-z]+)(-?\d+)$/.exec(step)!;
    return {
      at: isoAt(Number(time) * unitMs),
      type: type!,
      ...(userId !== undefined && { userId }),
      ...more,
    };
  });
}

/** Pages in a row, a minute between them. */
export function visit(
  userId: string | undefined,
  pages: string,
  more: Partial<GivenEvent> = {},
  startMs = 0,
): readonly GivenEvent[] {
  return pages.split(' ').map((path, i) => ({
    at: isoAt(startMs + i * minute),
    path,
    ...(userId !== undefined && { userId }),
    ...more,
  }));
}

export const typeIs = (...types: readonly string[]) => ({ field: 'type', op: 'in', value: types });
