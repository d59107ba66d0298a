/** Lets so many questions through at once and so many more wait, first come first served; the next one is refused. */
import { failure } from '../errors.ts';

interface Waiting {
  readonly enter: () => void;
}

export class Gate {
  readonly #insideMax: number;
  readonly #waitingMax: number;
  readonly #waiting = new Set<Waiting>();
  #inside = 0;

  constructor(insideMax: number, waitingMax: number) {
    this.#insideMax = insideMax;
    this.#waitingMax = waitingMax;
  }

  /** Runs `work` once there is room. Errors: questions_overloaded, question_cancelled, and those of `work`. */
  async through<T>(work: () => Promise<T>, signal: AbortSignal): Promise<T> {
    if (this.#inside < this.#insideMax) this.#inside += 1;
    else await this.#wait(signal); // whoever leaves hands its place over
    try {
      return await work();
    } finally {
      this.#leave();
    }
  }

  usage(): { readonly inside: number; readonly waiting: number } {
    return { inside: this.#inside, waiting: this.#waiting.size };
  }

  #wait(signal: AbortSignal): Promise<void> {
    if (signal.aborted) throw failure('question_cancelled', {});
    if (this.#waiting.size >= this.#waitingMax)
      throw failure('questions_overloaded', { waitingMax: this.#waitingMax });
    return new Promise((resolve, reject) => {
      const giveUp = (): void => {
        this.#waiting.delete(waiting);
        reject(failure('question_cancelled', {}));
      };
      const waiting: Waiting = {
        enter: () => {
          signal.removeEventListener('abort', giveUp);
          resolve();
        },
      };
      signal.addEventListener('abort', giveUp, { once: true });
      this.#waiting.add(waiting);
    });
  }

  #leave(): void {
    const [next] = this.#waiting;
    if (next === undefined) {
      this.#inside -= 1;
      return;
    }
    this.#waiting.delete(next);
    next.enter();
  }
}
