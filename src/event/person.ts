/** The integer that stands for a person in columns and sketches: see `personKey` in event-row.ts. */
import type { Hasher } from './hasher.ts';

/** xxHash64 of `userId`, else of `anonymousId`; 0n when there is neither, which counts as no person. */
export function personKey(
  hasher: Hasher,
  userId: string | undefined,
  anonymousId: string | undefined,
): bigint {
  const person = userId || anonymousId;
  return person ? hasher.hash64(person) : 0n;
}
