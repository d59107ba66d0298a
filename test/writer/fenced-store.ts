/**
 * A store that several writers may have open, as a database is: progress and rows change together, the token of a claim fences
 * earlier ones, and what was begun before the claim is refused when it comes to its commit.
 */
import { setTimeout as delay } from 'node:timers/promises';
import { failure } from '../../src/errors.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import type { Batch, EventKey, Progress } from '../../src/store/store.ts';

export class FencedStore extends MemoryStore {
  override readonly supports = {
    atomicProgress: true,
    exactUsersMax: Number.POSITIVE_INFINITY,
    usersError: 0,
    durable: true,
  };
  readonly #tokens = new Map<number, number>();
  /** Every token that claimed a partition, in order. */
  readonly claims: { readonly partition: number; readonly token: number }[] = [];
  fenced = 0;
  knownKeys = 0;
  recentReads = 0;
  /** How long an insert is under way. */
  insertMs = 1;

  override async progress(partition: number, token?: number): Promise<Progress> {
    if (token !== undefined) {
      if (token < this.#tokenOf(partition)) throw failure('store_fenced', { partition });
      this.#tokens.set(partition, token);
      this.claims.push({ partition, token });
    }
    return await super.progress(partition);
  }

  override async insert(batch: Batch): Promise<void> {
    const before = await super.progress(batch.partition);
    await delay(this.insertMs);
    const now = await super.progress(batch.partition);
    if ((batch.token ?? 0) < this.#tokenOf(batch.partition) || now.next !== before.next) {
      this.fenced++;
      throw failure('store_fenced', { partition: batch.partition });
    }
    await super.insert(batch);
  }

  override async known(keys: readonly EventKey[], among?: 'rows'): Promise<readonly boolean[]> {
    this.knownKeys += keys.length;
    return await super.known(keys, among);
  }

  override recent(...args: Parameters<MemoryStore['recent']>): ReturnType<MemoryStore['recent']> {
    this.recentReads++;
    return super.recent(...args);
  }

  /** Ids as often as they are stored, in order. */
  async ids(partitions: number): Promise<string[]> {
    const ids: string[] = [];
    for (let partition = 0; partition < partitions; partition++) {
      for await (const part of super.recent(partition, 0)) ids.push(...part.map(({ eventId }) => eventId));
    }
    return ids.sort();
  }

  #tokenOf(partition: number): number {
    return this.#tokens.get(partition) ?? 0;
  }
}
