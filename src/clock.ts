/**
 * Time as an argument. Everything that waits or stamps takes a `Clock`, so that tests can
 * stand time still and no test depends on the machine's own clock.
 */
import { setTimeout as delay } from 'node:timers/promises';

export interface Clock {
  /** Wall time in epoch milliseconds. May jump; never use it to measure a duration. */
  now(): number;
  /** Milliseconds since an arbitrary start; only ever grows. For durations. */
  monotonic(): number;
  /** Resolves after `ms`, or at once (without an error) when `signal` aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  async sleep(ms, signal) {
    if (signal?.aborted) return;
    try {
      await delay(ms, undefined, signal ? { signal } : {});
    } catch {
      // aborted: the caller asked to stop waiting, which is not an error
    }
  },
};

export const millisecondsPerSlot = 15 * 60_000;
export const millisecondsPerHour = 60 * 60_000;
export const millisecondsPerDay = 24 * millisecondsPerHour;
