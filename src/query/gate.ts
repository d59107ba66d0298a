/**
 * Lets so many questions through at once and so many more wait; the next one is refused. Each key has a lane of its own with bounds
 * of its own, and whoever has fewest questions inside comes next, so that nobody who asks much keeps others from asking.
 */
import { failure } from '../errors.ts';

/** Whose question it is, and how many of theirs may be inside and wait. */
export interface Lane {
  readonly id: string;
  readonly insideMax: number;
  readonly waitingMax: number;
}

interface Waiting {
  readonly enter: () => void;
}

interface LaneState {
  inside: number;
  insideMax: number;
  readonly waiting: Set<Waiting>;
}

export class Gate {
  readonly #insideMax: number;
  readonly #waitingMax: number;
  /** Those with anything inside or waiting; whoever came in last is last. */
  readonly #lanes = new Map<string, LaneState>();
  #inside = 0;
  #waiting = 0;

  constructor(insideMax: number, waitingMax: number) {
    this.#insideMax = insideMax;
    this.#waitingMax = waitingMax;
  }

  /**
   * Runs `work` once there is room. Errors: questions_too_many when the lane is full, questions_overloaded when everything is,
   * question_cancelled, and those of `work`.
   */
  async through<T>(work: () => Promise<T>, signal: AbortSignal, lane: Lane): Promise<T> {
    if (signal.aborted) throw failure('question_cancelled', {});
    const state = this.#laneOf(lane);
    if (this.#hasRoom(state)) this.#enter(lane.id, state);
    else await this.#wait(signal, lane, state);
    try {
      return await work();
    } finally {
      this.#leave(lane.id, state);
    }
  }

  usage(): { readonly inside: number; readonly waiting: number } {
    return { inside: this.#inside, waiting: this.#waiting };
  }

  /** The newest bounds count: a key's may have changed. */
  #laneOf({ id, insideMax }: Lane): LaneState {
    const state = this.#lanes.get(id) ?? { inside: 0, insideMax, waiting: new Set() };
    state.insideMax = insideMax;
    this.#lanes.set(id, state);
    return state;
  }

  #hasRoom(state: LaneState): boolean {
    return this.#inside < this.#insideMax && state.inside < state.insideMax;
  }

  #enter(id: string, state: LaneState): void {
    this.#inside += 1;
    state.inside += 1;
    this.#lanes.delete(id);
    this.#lanes.set(id, state);
  }

  #wait(signal: AbortSignal, lane: Lane, state: LaneState): Promise<void> {
    try {
      this.#assertMayWait(lane, state);
    } catch (error) {
      this.#forget(lane.id, state);
      throw error;
    }
    return new Promise((resolve, reject) => {
      const stop = (): void => {
        signal.removeEventListener('abort', giveUp);
        state.waiting.delete(waiting);
        this.#waiting -= 1;
      };
      const giveUp = (): void => {
        stop();
        this.#forget(lane.id, state);
        reject(failure('question_cancelled', {}));
      };
      const waiting: Waiting = {
        enter: () => {
          stop();
          this.#enter(lane.id, state);
          resolve();
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      state.waiting.add(waiting);
      this.#waiting += 1;
    });
  }

  #assertMayWait({ insideMax, waitingMax }: Lane, state: LaneState): void {
    if (state.waiting.size >= waitingMax)
      throw failure('questions_too_many', { concurrencyMax: insideMax, waitingMax });
    if (this.#waiting >= this.#waitingMax)
      throw failure('questions_overloaded', { waitingMax: this.#waitingMax });
  }

  #leave(id: string, state: LaneState): void {
    this.#inside -= 1;
    state.inside -= 1;
    this.#forget(id, state);
    this.#next()?.enter();
  }

  /** Of the lane with fewest inside; where they are equal, of the one that has not come in for longest. */
  #next(): Waiting | undefined {
    let best: LaneState | undefined;
    for (const state of this.#lanes.values()) {
      if (state.waiting.size === 0 || !this.#hasRoom(state)) continue;
      if (best === undefined || state.inside < best.inside) best = state;
    }
    return best?.waiting.values().next().value;
  }

  #forget(id: string, state: LaneState): void {
    if (state.inside === 0 && state.waiting.size === 0) this.#lanes.delete(id);
  }
}
