/**
 * Whether the database answers, as far as its last calls say; while it does not, a small question is asked now and then, so that
 * who only looks at the state sees it come back.
 */
import type { Clock } from '../../clock.ts';
import { PostgresError, type PostgresErrorKind } from '../../postgres/postgres-error.ts';
import type { PostgresPool } from '../../postgres/postgres-pool.ts';
import type { StoreState } from '../store.ts';

const askEveryMs = 1_000;
/** What says that the database itself is not there for us, whatever was asked. */
const faults: ReadonlySet<PostgresErrorKind> = new Set([
  'unreachable',
  'login',
  'database',
  'unsuitable',
  'rights',
  'crowded',
  'full',
  'lost',
]);

export class Health {
  readonly #pool: PostgresPool;
  readonly #clock: Clock;
  #reason: string | undefined;
  #askAgainAt = 0;
  #asking: Promise<void> | undefined;

  constructor(pool: PostgresPool, clock: Clock) {
    this.#pool = pool;
    this.#clock = clock;
  }

  state(): Pick<StoreState, 'status' | 'reason'> {
    if (this.#reason === undefined) return { status: 'ready', reason: '' };
    if (this.#asking === undefined && this.#clock.monotonic() >= this.#askAgainAt) {
      this.#askAgainAt = this.#clock.monotonic() + askEveryMs;
      this.#asking = this.#ask().finally(() => {
        this.#asking = undefined;
      });
    }
    return { status: 'down', reason: this.#reason };
  }

  worked(): void {
    this.#reason = undefined;
  }

  /** `error`: of any call, as the pool gave it or as the cause of what was made of it. */
  failed(error: unknown): void {
    for (let each = error; each instanceof Error; each = each.cause) {
      if (each instanceof PostgresError && faults.has(each.kind)) this.#reason = each.message;
    }
  }

  async close(): Promise<void> {
    await this.#asking;
  }

  async #ask(): Promise<void> {
    try {
      await this.#pool.query('SELECT FROM progress LIMIT 1');
      this.worked();
    } catch (error) {
      this.failed(error);
    }
  }
}
