/**
 * Counts what is removed from `events`, exactly, whatever happens in between: the intent with its number is written first,
 * and corrected by what is left once the removal ended or was broken off. Until that is done no row that the removal
 * is about may be inserted, so the store settles before each insert; after a crash, when it opens.
 */
import type { Clock } from '../../clock.ts';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { mutationsEnded } from './delete-rows.ts';

export type RemovalKind = 'expired' | 'deleted';
type Counts = ReadonlyMap<number, number>;
interface Removal {
  readonly id: string;
  readonly kind: RemovalKind;
  readonly condition: string;
  readonly planned: Counts;
}

const timeoutMs = 10 * 60_000;

export class Removals {
  readonly #client: ClickHouseClient;
  readonly #clock: Clock;
  readonly #makeId: () => string;
  #open: Removal | undefined;
  #settling: Promise<number> | undefined;

  constructor(client: ClickHouseClient, clock: Clock, makeId: () => string) {
    this.#client = client;
    this.#clock = clock;
    this.#makeId = makeId;
  }

  /** A removal whose number is not known yet. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /** Finds what an earlier process left open, and settles it. */
  async load(): Promise<void> {
    const rows = await this.#client.rows<[string, RemovalKind, string, number, string]>(
      'SELECT id, kind, condition, _partition, rows FROM removals FINAL WHERE NOT is_done',
    );
    for (const [id, some] of Map.groupBy(rows, ([id]) => id)) {
      const [, kind, condition] = some[0]!;
      const planned = new Map(some.map(([, , , partition, count]) => [partition, Number(count)] as const));
      this.#open = { id, kind, condition, planned };
      await this.settle();
    }
  }

  /** Runs `remove`, which takes the rows of `condition` (SQL) away; resolves with how many those were. Errors: ClickHouseError. */
  async run(kind: RemovalKind, condition: string, remove: () => Promise<void>): Promise<number> {
    await this.settle();
    const planned = await this.#count(condition);
    if (planned.size === 0) {
      await remove();
      return 0;
    }
    const removal = { id: this.#makeId(), kind, condition, planned };
    // written in part, it is settled as it would be after a crash
    this.#open = removal;
    await this.#write(removal, planned, false);
    try {
      await remove();
    } catch (error) {
      await this.settle().catch(() => {});
      throw error;
    }
    return this.settle();
  }

  /** Resolves with the number of rows that the open removal took; 0 without one. */
  settle(): Promise<number> {
    this.#settling ??= this.#settle().finally(() => {
      this.#settling = undefined;
    });
    return this.#settling;
  }

  async #settle(): Promise<number> {
    const removal = this.#open;
    if (removal === undefined) return 0;
    await mutationsEnded(this.#client, this.#clock, 'events');
    const left = await this.#count(removal.condition);
    const taken = new Map(
      [...removal.planned].map(
        ([partition, count]) => [partition, count - (left.get(partition) ?? 0)] as const,
      ),
    );
    await this.#write(removal, taken, true);
    this.#open = undefined;
    return [...taken.values()].reduce((sum, count) => sum + count, 0);
  }

  async totals(partition: number): Promise<Readonly<Record<RemovalKind, number>>> {
    const rows = await this.#client.rows<[RemovalKind, string]>(
      `SELECT kind, toString(sum(rows)) FROM removals FINAL WHERE is_done AND _partition = ${partition} GROUP BY kind`,
    );
    const totals = { expired: 0, deleted: 0 };
    for (const [kind, count] of rows) totals[kind] = Number(count);
    return totals;
  }

  async #count(condition: string): Promise<Counts> {
    const rows = await this.#client.rows<[number, string]>(
      `SELECT _partition, toString(count()) FROM events WHERE ${condition} GROUP BY _partition`,
      { timeoutMs },
    );
    return new Map(rows.map(([partition, count]) => [partition, Number(count)] as const));
  }

  async #write({ id, kind, condition }: Removal, counts: Counts, isDone: boolean): Promise<void> {
    const writtenAt = this.#clock.now() + (isDone ? 1 : 0);
    const values = [...counts].map(([partition, count]) => `(${partition}, ${count})`).join(', ');
    await this.#client.command(`INSERT INTO removals (id, kind, _partition, condition, rows, is_done, written_at)
SELECT ${stringLiteral(id)}, ${stringLiteral(kind)}, each.1, ${stringLiteral(condition)}, each.2, ${isDone}, ${writtenAt}
FROM (SELECT arrayJoin([${values}]) AS each)`);
  }
}
