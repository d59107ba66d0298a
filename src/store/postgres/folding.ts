/**
 * When rollups are folded: after so many batches of this process, in the background, one fold at a time. A fold that fails costs
 * nothing but speed, and the next one does its work.
 */
export interface FoldingOptions {
  readonly fold: (signal: AbortSignal) => Promise<void>;
  readonly onError: (error: unknown) => void;
  readonly batches?: number;
  /** From 0 up to 1. Processes that live for a few batches each fold now and then, too. */
  readonly random: () => number;
}

/** Each adds a row to the keys that it touches; reading a few hundred small rows of a key costs about a millisecond. */
const defaultBatches = 64;

export class Folding {
  readonly #options: FoldingOptions;
  readonly #stop = new AbortController();
  #added: number;
  #running: Promise<void> | undefined;

  constructor(options: FoldingOptions) {
    this.#options = options;
    this.#added = Math.floor(options.random() * (options.batches ?? defaultBatches));
  }

  /** A batch has added rows. */
  added(): void {
    this.#added += 1;
    const { batches = defaultBatches } = this.#options;
    if (this.#added < batches || this.#running !== undefined || this.#stop.signal.aborted) return;
    this.#added = 0;
    this.#running = this.#fold();
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#running;
  }

  async #fold(): Promise<void> {
    try {
      await this.#options.fold(this.#stop.signal);
    } catch (error) {
      if (!this.#stop.signal.aborted) this.#options.onError(error);
    } finally {
      this.#running = undefined;
    }
  }
}
