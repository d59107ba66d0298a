/** Long work in short slices: after so many steps the event loop gets its turn, so that requests are answered meanwhile. */
import { setImmediate } from 'node:timers/promises';

export const sliceSteps = 500;

export class Slices {
  readonly #inSlice: number;
  #steps = 0;

  constructor(inSlice = sliceSteps) {
    this.#inSlice = inSlice;
  }

  /** Call before each step; resolves later only at the end of a slice. */
  step(): Promise<void> | undefined {
    this.#steps++;
    if (this.#steps % this.#inSlice !== 0) return undefined;
    return setImmediate();
  }
}
