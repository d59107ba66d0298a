/**
 * How much of a rate clients have used up at all servers together. Each server counts for itself and tells the others now and then,
 * so that no request waits for it; in between, each may let through what it thinks is left.
 *  1. What all servers took of an id within a minute lowers what is left for each of them.
 *  2. What was taken comes back evenly, a minute's worth in a minute, and never more than that.
 *  3. It never rejects: undefined means that nobody knows what the others took.
 */
export interface SharedRates {
  /** `taken`: by id, how many requests came since the last call. Gives how many are left of each; negative when too many were let through. */
  take(
    name: string,
    perMinute: number,
    taken: readonly (readonly [id: string, count: number])[],
  ): Promise<readonly number[] | undefined>;
  close(): Promise<void>;
}
