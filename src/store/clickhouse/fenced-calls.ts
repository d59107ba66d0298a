/**
 * Remembers the statements whose outcome is unclear, until the fence has made sure that none of them can change anything
 * any more. An attempt is several statements of which the later ones may not have been sent yet: it is over then too. In
 * memory: a new process starts with a fence of its own (a new engine, or see `open`).
 */
import { ClickHouseError } from './clickhouse-error.ts';

export type Fence = (queryId: string) => Promise<void>;

export class FencedCalls {
  readonly #fence: Fence;
  readonly #makeId: () => string;
  readonly #unclear = new Set<string>();
  readonly #underWay = new Set<Promise<unknown>>();
  /** Counts the calls of `settle`: what began before the last one may send nothing any more. */
  #era = 0;

  constructor(fence: Fence, makeId: () => string) {
    this.#fence = fence;
    this.#makeId = makeId;
  }

  /** Runs a statement under a query id of its own. */
  async run<T>(call: (queryId: string) => Promise<T>): Promise<T> {
    const queryId = this.#makeId();
    this.#unclear.add(queryId);
    try {
      const answer = await call(queryId);
      this.#unclear.delete(queryId);
      return answer;
    } catch (error) {
      if (error instanceof ClickHouseError && error.outcome === 'refused') this.#unclear.delete(queryId);
      throw error;
    }
  }

  /** Begins an attempt, perhaps long before its first statement: it may have to wait for its turn. */
  begin(): Attempt {
    const era = this.#era;
    const assertGoesOn = () => {
      if (era !== this.#era) throw new ClickHouseError('the attempt was given up before this', 0, 'refused');
    };
    return {
      run: async (call) => {
        assertGoesOn();
        return await this.run(call);
      },
      during: async (work) => {
        assertGoesOn();
        const working = work();
        const ended = working.catch(() => {});
        this.#underWay.add(ended);
        void ended.then(() => this.#underWay.delete(ended));
        return await working;
      },
    };
  }

  /** After it resolves, no earlier statement can still land, and no earlier attempt goes on. */
  async settle(): Promise<void> {
    this.#era++;
    const underWay = [...this.#underWay];
    for (const queryId of this.#unclear) {
      await this.#fence(queryId);
      this.#unclear.delete(queryId);
    }
    await Promise.all(underWay);
  }
}

/** Both refuse once the attempt was settled by somebody else. */
export interface Attempt {
  /** A statement of the attempt. */
  run<T>(call: (queryId: string) => Promise<T>): Promise<T>;
  /** Its work, from the moment on that it has its turn: `settle` waits for its end. */
  during<T>(work: () => Promise<T>): Promise<T>;
}
