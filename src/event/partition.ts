/**
 * Which partition of the log an event goes to: a hash of project and `eventId`, so that a client's retry always meets
 * its first copy at the same writer.
 */
import type { Hasher } from './hasher.ts';

/** A number from 0 to `partitions` - 1. */
export function partitionOf(hasher: Hasher, project: string, eventId: string, partitions: number): number {
  if (partitions === 1) return 0;
  // NUL is in neither part, so no two pairs make the same text
  return hasher.hash32(`${project}\0${eventId}`) % partitions;
}
