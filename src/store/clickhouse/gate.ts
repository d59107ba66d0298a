/**
 * Inserts pass side by side, a repair of rollups alone: a repair that counted the rows of an insert whose own share had not
 * reached the rollup yet would have them counted twice. First come, first served, so that neither starves.
 */

export class Gate {
  #inside = 0;
  #closed = false;
  readonly #waiting: { readonly alone: boolean; readonly enter: () => void }[] = [];

  async shared<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter(false);
    try {
      return await work();
    } finally {
      this.#inside--;
      this.#admit();
    }
  }

  async alone<T>(work: () => Promise<T>): Promise<T> {
    await this.#enter(true);
    try {
      return await work();
    } finally {
      this.#inside--;
      this.#closed = false;
      this.#admit();
    }
  }

  #enter(alone: boolean): Promise<void> {
    return new Promise((enter) => {
      this.#waiting.push({ alone, enter });
      this.#admit();
    });
  }

  #admit(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      if (this.#closed || (next.alone && this.#inside > 0)) return;
      this.#waiting.shift();
      this.#inside++;
      this.#closed = next.alone;
      next.enter();
    }
  }
}
