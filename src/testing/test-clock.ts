/** A clock that stands until a test moves it. */
import type { Clock } from '../clock.ts';

interface Sleeper {
  readonly until: number;
  readonly wake: () => void;
}

export class TestClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #now: number;
  #elapsed = 0;

  constructor(now: number = Date.UTC(2025, 5, 15, 12)) {
    this.#now = now;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  /** Moves both times and wakes whoever slept until then. */
  advance(ms: number): void {
    this.#now += ms;
    this.#elapsed += ms;
    for (const sleeper of [...this.#sleepers]) {
      if (sleeper.until <= this.#elapsed) sleeper.wake();
    }
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const wake = (): void => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper: Sleeper = { until: this.#elapsed + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }
}
