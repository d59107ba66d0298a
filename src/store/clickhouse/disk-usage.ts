/** How many bytes the tables take on disk, asked now and then and told at once: what is told may be a little old. */
import type { Clock } from '../../clock.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';

const staleAfterMs = 10_000;

export class DiskUsage {
  readonly #client: ClickHouseClient;
  readonly #clock: Clock;
  #bytes = 0;
  #askAgainAt = 0;
  #asking: Promise<void> | undefined;

  constructor(client: ClickHouseClient, clock: Clock) {
    this.#client = client;
    this.#clock = clock;
  }

  get lastBytes(): number {
    return this.#bytes;
  }

  /** As last seen; looks anew in the background when that is old. */
  bytes(): number {
    if (this.#asking === undefined && this.#clock.monotonic() >= this.#askAgainAt) {
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
    this.#askAgainAt = this.#clock.monotonic() + staleAfterMs;
    try {
      const rows = await this.#client.rows<[string]>(
        'SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = currentDatabase()',
      );
      this.#bytes = Number(rows[0]?.[0] ?? 0);
    } catch {
      // nobody is told of a number that could not be had: the last one stands
    }
  }
}
