/**
 * Remembers the statements whose outcome is unclear, until the fence has made sure that none of them can change anything
 * any more. In memory: a new process starts with a fence of its own (a new engine, or see `open`).
 */
import { ClickHouseError } from './clickhouse-error.ts';

export type Fence = (queryId: string) => Promise<void>;

export class FencedCalls {
  readonly #fence: Fence;
  readonly #makeId: () => string;
  readonly #unclear = new Set<string>();

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

  /** After it resolves, no earlier statement can still land. */
  async settle(): Promise<void> {
    for (const queryId of this.#unclear) {
      await this.#fence(queryId);
      this.#unclear.delete(queryId);
    }
  }
}
