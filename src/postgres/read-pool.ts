/**
 * Questions go to the replica while it will do, else to the primary. A question that breaks on the replica for a reason of the
 * replica's own is asked once more of the primary, so an asker sees nothing of a replica that goes.
 */
import type { QueryResult, QueryResultRow } from 'pg';
import { PostgresError, type PostgresErrorKind } from './postgres-error.ts';
import type {
  Connection,
  PoolFigures,
  PostgresPool,
  RunOptions,
  TransactionOptions,
} from './postgres-pool.ts';
import type { ReplicaWatch } from './replica-watch.ts';
import type { ServerPool } from './server-pool.ts';

export interface ReadPoolOptions {
  readonly primary: ServerPool;
  readonly replica?: { readonly pool: ServerPool; readonly watch: ReplicaWatch } | undefined;
}

/** `conflict`: the replica breaks a question off whose rows the primary has removed since. */
const replicaFaults: ReadonlySet<PostgresErrorKind> = new Set([
  'unreachable',
  'login',
  'database',
  'unsuitable',
  'crowded',
  'full',
  'lost',
  'conflict',
]);

export class ReadPool implements PostgresPool {
  readonly #primary: ServerPool;
  readonly #replica: ReadPoolOptions['replica'];

  constructor({ primary, replica }: ReadPoolOptions) {
    this.#primary = primary;
    this.#replica = replica;
  }

  query<R extends QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    options: RunOptions = {},
  ): Promise<QueryResult<R>> {
    return this.#routed((pool) =>
      pool.transaction((each) => each.query<R>(text, [...values]), readOnly(options)),
    );
  }

  transaction<T>(work: (connection: Connection) => Promise<T>, options: TransactionOptions = {}): Promise<T> {
    return this.#routed((pool) => pool.transaction(work, readOnly(options)));
  }

  alone(text: string, options: RunOptions = {}): Promise<QueryResult> {
    return this.#routed((pool) => pool.alone(text, options));
  }

  /** Of the replica and the primary's share together. */
  figures(): PoolFigures {
    const [one, two] = [this.#primary.figures(), this.#replica?.pool.figures()];
    if (two === undefined) return one;
    return {
      size: one.size + two.size,
      idle: one.idle + two.idle,
      waiting: one.waiting + two.waiting,
      max: two.max,
      uses: one.uses + two.uses,
    };
  }

  async #routed<T>(ask: (pool: ServerPool) => Promise<T>): Promise<T> {
    if (this.#replica === undefined || !(await this.#replica.watch.usable())) return ask(this.#primary);
    const { pool, watch } = this.#replica;
    try {
      return await ask(pool);
    } catch (error) {
      if (!(error instanceof PostgresError) || !replicaFaults.has(error.kind)) throw error;
      if (error.kind !== 'conflict' && error.kind !== 'crowded') watch.fell(error);
      return ask(this.#primary);
    }
  }
}

const readOnly = (options: TransactionOptions): TransactionOptions => ({ ...options, readOnly: true });
