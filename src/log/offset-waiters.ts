/** Those who wait for an offset to be written: each is resolved once, by the offset, by its signal, or by the log's end. */

interface Waiter {
  readonly offset: number;
  readonly settle: (error?: Error) => void;
}

export class OffsetWaiters {
  readonly #waiters = new Set<Waiter>();

  /** Resolves when `next` has passed `offset`, or when the signal aborts; rejects when the log ends. */
  add(offset: number, signal: AbortSignal): Promise<void> {
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve, reject) => {
      const settle = (error?: Error) => {
        this.#waiters.delete(waiter);
        signal.removeEventListener('abort', aborted);
        if (error === undefined) resolve();
        else reject(error);
      };
      const waiter: Waiter = { offset, settle };
      const aborted = () => settle();
      this.#waiters.add(waiter);
      signal.addEventListener('abort', aborted, { once: true });
    });
  }

  /** Everything below `next` is readable now. */
  resolve(next: number): void {
    for (const waiter of this.#waiters) if (waiter.offset < next) waiter.settle();
  }

  reject(error: Error): void {
    for (const waiter of this.#waiters) waiter.settle(error);
  }
}
