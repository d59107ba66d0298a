/**
 * What changes or copies the store as a whole goes one at a time: replays, discards, retention, rebuilding, the removal of a
 * project, a backup. People are told what is under way; what runs by itself waits its turn.
 */
import { failure } from '../errors.ts';

export class OneAtATime {
  #turn: Promise<unknown> = Promise.resolve();
  #doing: string | undefined;
  #waiting = 0;

  /** For people. Errors: conflict, when something else is under way. */
  async now<T>(what: string, work: () => Promise<T>): Promise<T> {
    if (this.#waiting > 0) {
      const doing = this.#doing ?? 'something else';
      throw failure('conflict', { detail: `${doing} is under way; try again when it has ended` });
    }
    return this.later(what, work);
  }

  /** After what is under way. */
  later<T>(what: string, work: () => Promise<T>): Promise<T> {
    this.#waiting++;
    const result = this.#turn.then(async () => {
      this.#doing = what;
      try {
        return await work();
      } finally {
        this.#waiting--;
      }
    });
    this.#turn = result.catch(() => {});
    return result;
  }
}
