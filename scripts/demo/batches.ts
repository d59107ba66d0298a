/** Events of one or more streams as the batches that are sent; says after each what moment it has reached. */
export interface Timed {
  readonly timestamp: number;
}

export const batchEventsMax = 1_000;

export async function* batches<T extends Timed>(
  days: Iterable<readonly T[]>,
  sent: (events: number, reachedMs: number) => void,
): AsyncGenerator<readonly T[]> {
  for (const day of days) {
    for (let at = 0; at < day.length; at += batchEventsMax) {
      const batch = day.slice(at, at + batchEventsMax);
      yield batch;
      sent(batch.length, batch.at(-1)!.timestamp);
    }
  }
}
