/**
 * Lanes with a bounded first-in, first-out queue in front. Questions, writes and kills each have their own, so that
 * none waits for another kind.
 */

import { EngineRefusal, refusals } from './engine-refusal.ts';
import { type EngineSessions, Lane } from './engine-sessions.ts';
import type { Settings } from './engine-statement.ts';

export interface LanesOptions {
  readonly count: number;
  /** Statements that may wait for a lane; beyond it they are refused. */
  readonly queueMax: number;
  /** Of all that runs in these lanes. */
  readonly settings?: Settings;
}

interface Waiting {
  readonly resolve: (lane: Lane) => void;
  readonly reject: (error: EngineRefusal) => void;
}

export class Lanes {
  readonly #name: string;
  readonly #queueMax: number;
  readonly #free: Lane[];
  readonly #waiting: Waiting[] = [];

  constructor(name: string, options: LanesOptions, sessions: EngineSessions) {
    this.#name = name;
    this.#queueMax = options.queueMax;
    this.#free = Array.from({ length: options.count }, () => new Lane(sessions, options.settings ?? {}));
  }

  /** Runs `work` on a lane of its own, in turn. Errors: EngineRefusal when the queue is full, or `signal` aborts before its turn. */
  async use<T>(signal: AbortSignal, work: (lane: Lane) => Promise<T>): Promise<T> {
    const lane = await this.#take(signal);
    try {
      return await work(lane);
    } finally {
      this.#give(lane);
    }
  }

  async #take(signal: AbortSignal): Promise<Lane> {
    signal.throwIfAborted();
    const free = this.#free.pop();
    if (free !== undefined) return free;
    if (this.#waiting.length >= this.#queueMax) {
      throw new EngineRefusal(
        refusals.tooMany,
        `${this.#queueMax} statements wait for the ${this.#name} lanes already`,
      );
    }
    const { promise, resolve, reject } = Promise.withResolvers<Lane>();
    const waiting = { resolve, reject };
    const giveUp = () => {
      const at = this.#waiting.indexOf(waiting);
      if (at === -1) return;
      this.#waiting.splice(at, 1);
      reject(signal.reason as EngineRefusal);
    };
    this.#waiting.push(waiting);
    signal.addEventListener('abort', giveUp);
    try {
      return await promise;
    } finally {
      signal.removeEventListener('abort', giveUp);
    }
  }

  #give(lane: Lane): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free.push(lane);
    else next.resolve(lane);
  }
}
