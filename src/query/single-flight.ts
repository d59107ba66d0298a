/**
 * Work that several askers wait for runs once. One who leaves does not disturb the others; when the last one has left,
 * the work is cancelled.
 */
import { failure } from '../errors.ts';

export class Flight<T> {
  readonly #controller = new AbortController();
  readonly #result: Promise<T>;
  readonly #onEnd: () => void;
  #askers = 0;

  /** `onEnd` is called when the work settles and when the last asker has left, whichever is first; perhaps twice. */
  constructor(work: (signal: AbortSignal) => Promise<T>, onEnd: () => void) {
    this.#onEnd = onEnd;
    this.#result = work(this.#controller.signal).finally(onEnd);
    this.#result.catch(() => {}); // each asker sees it; with none left nobody needs to
  }

  /** Waits for the result, or rejects with `question_cancelled` as soon as `signal` aborts. */
  async join(signal?: AbortSignal): Promise<T> {
    this.#askers += 1;
    const left = Promise.withResolvers<never>();
    const leave = (): void => {
      this.#leave();
      left.reject(failure('question_cancelled', {}));
    };
    if (signal?.aborted) leave();
    else signal?.addEventListener('abort', leave, { once: true });
    try {
      return await Promise.race([this.#result, left.promise]);
    } finally {
      signal?.removeEventListener('abort', leave);
    }
  }

  #leave(): void {
    this.#askers -= 1;
    if (this.#askers > 0) return;
    this.#onEnd();
    this.#controller.abort();
  }
}
