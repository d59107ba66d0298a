/**
 * The inserts of one partition that are under way in this process. Reconciling ends them all: one that still waits for a connection
 * must not begin later, and one that waits for the server must not hold up the fence.
 */
export class Attempts {
  readonly #open = new Map<number, Set<AbortController>>();

  /** Runs `insert` until it is done or ended. */
  async run<T>(partition: number, insert: (signal: AbortSignal) => Promise<T>): Promise<T> {
    const attempt = new AbortController();
    const open = this.#open.get(partition) ?? new Set();
    this.#open.set(partition, open.add(attempt));
    try {
      return await insert(attempt.signal);
    } finally {
      open.delete(attempt);
    }
  }

  /** None of those that have begun sends anything to the server any more. */
  end(partition: number): void {
    for (const attempt of this.#open.get(partition) ?? []) attempt.abort();
  }
}
