/** A sample is the persons whose key, or the events of nobody whose offset, has a small enough remainder. */
import type { EventRow } from '../event/event-row.ts';

/** What keys are divided by; a sample is so many of these. */
export const sampleSteps = 10_000;

export function isSampled(row: Pick<EventRow, 'personKey' | 'offset'>, sample: number): boolean {
  const key = row.personKey === 0n ? BigInt(row.offset) : row.personKey;
  return Number(key % BigInt(sampleSteps)) < Math.round(sample * sampleSteps);
}
