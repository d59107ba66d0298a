/**
 * Time that passes by itself, and only then when nobody has anything else to do: it jumps to the next sleeper's moment.
 * Tests of waiting take no time and do not depend on the machine's speed.
 */
import { setImmediate, setTimeout } from 'node:timers/promises';
import type { Clock } from '../../src/clock.ts';

interface Sleeper {
  readonly at: number;
  readonly wake: () => void;
}

/** So many turns of the event loop without a change count as nothing to do. */
const quietTurns = 4;
/** Before a long jump files get real time to be written. */
const longJumpMs = 2000;
const realPauseMs = 25;

export class AutoClock implements Clock {
  readonly #sleepers = new Set<Sleeper>();
  #time: number;
  #changes = 0;
  #running = true;

  constructor(start = Date.UTC(2026, 0, 31, 23, 59)) {
    this.#time = start;
    void this.#pump();
  }

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  sleep(ms: number, signal?: AbortSignal): Promise<void> {
    if (signal?.aborted) return Promise.resolve();
    this.#changes++;
    return new Promise((resolve) => {
      const wake = () => {
        this.#sleepers.delete(sleeper);
        signal?.removeEventListener('abort', wake);
        resolve();
      };
      const sleeper = { at: this.#time + ms, wake };
      this.#sleepers.add(sleeper);
      signal?.addEventListener('abort', wake, { once: true });
    });
  }

  /** Ends the jumping; nobody who sleeps wakes any more. */
  stop(): void {
    this.#running = false;
  }

  async #pump(): Promise<void> {
    while (this.#running) {
      const before = this.#changes;
      for (let turn = 0; turn < quietTurns; turn++) await setImmediate();
      if (this.#changes !== before) continue;
      let next: Sleeper | undefined;
      for (const sleeper of this.#sleepers) if (next === undefined || sleeper.at < next.at) next = sleeper;
      if (next === undefined || next.at === Number.POSITIVE_INFINITY) continue;
      if (next.at - this.#time > longJumpMs) {
        await setTimeout(realPauseMs);
        if (this.#changes !== before || !this.#sleepers.has(next)) continue;
      }
      this.#time = Math.max(this.#time, next.at);
      next.wake();
    }
  }
}
