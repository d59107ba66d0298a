/** How many bytes the tables take on disk, asked now and then and told at once: what is told may be a little old. */
import type { Clock } from '../../clock.ts';
import type { PostgresPool } from '../../postgres/postgres-pool.ts';

const staleAfterMs = 60_000;

/** Whatever is in our schema; chunks of TimescaleDB lie in another. */
const ownTables = `SELECT coalesce(sum(pg_total_relation_size(oid)), 0) AS bytes FROM pg_class
WHERE relkind = 'r' AND relnamespace = to_regnamespace(current_schema())`;
const withChunks = `SELECT (${ownTables}) + hypertable_size('events') AS bytes`;

export class DiskUsage {
  readonly #pool: PostgresPool;
  readonly #clock: Clock;
  readonly #sql: string;
  #bytes = 0;
  #askAgainAt = 0;
  #asking: Promise<void> | undefined;

  constructor(pool: PostgresPool, clock: Clock, pieces: 'partitions' | 'timescale') {
    this.#pool = pool;
    this.#clock = clock;
    this.#sql = pieces === 'timescale' ? withChunks : ownTables;
  }

  /** As last seen; looks anew in the background when that is old. */
  bytes(): number {
    if (this.#asking === undefined && this.#clock.monotonic() >= this.#askAgainAt) {
      this.#askAgainAt = this.#clock.monotonic() + staleAfterMs;
      this.#asking = this.#ask().finally(() => {
        this.#asking = undefined;
      });
    }
    return this.#bytes;
  }

  async close(): Promise<void> {
    await this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      const { rows } = await this.#pool.query<{ bytes: string }>(this.#sql);
      this.#bytes = Number(rows[0]?.bytes ?? 0);
    } catch {
      // nobody is told of a number that could not be had: the last one stands
    }
  }
}
