/**
 * Typed channels. A stage says what happened; metrics, the reporter and tests listen. Publishing to nobody costs one
 * look-up. Listeners must not throw and must not keep what they are given.
 */
import type { Signals } from './signals.ts';

type Listener<K extends keyof Signals> = (signal: Signals[K]) => void;

export class Telemetry {
  readonly #listeners = new Map<keyof Signals, Set<Listener<never>>>();

  publish<K extends keyof Signals>(name: K, signal: Signals[K]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined) return;
    for (const listener of listeners) (listener as Listener<K>)(signal);
  }

  /** Whether anybody listens: lets a hot path skip making a signal that nobody reads. */
  listened(name: keyof Signals): boolean {
    return this.#listeners.has(name);
  }

  /** Returns the function that ends the subscription. */
  subscribe<K extends keyof Signals>(name: K, listener: Listener<K>): () => void {
    let listeners = this.#listeners.get(name);
    if (listeners === undefined) {
      listeners = new Set();
      this.#listeners.set(name, listeners);
    }
    listeners.add(listener as Listener<never>);
    return () => {
      listeners.delete(listener as Listener<never>);
      if (listeners.size === 0) this.#listeners.delete(name);
    };
  }
}
