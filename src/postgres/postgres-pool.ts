/**
 * What adapters see of PostgreSQL. Everything runs in a transaction of its own, with its bounds set for that transaction alone: no
 * statement is named and no session keeps anything, so that PgBouncer may lend a connection for one transaction at a time.
 * Our schema is first in the search path: adapters name their tables without it.
 */
import type { ClientBase, QueryResult, QueryResultRow } from 'pg';

export interface RunOptions {
  /** The kind of question, for what is slow; without it, slowness is not reported. */
  readonly kind?: string;
  /** How long one statement may run; MILLRACE_POSTGRES_STATEMENT_MS when absent. */
  readonly timeoutMs?: number;
  /** How long the whole transaction may take before its connection is broken off; four statements' time when absent. */
  readonly totalMs?: number;
  /** Stops the statement that runs, and the transaction. */
  readonly signal?: AbortSignal;
}

export interface TransactionOptions extends RunOptions {
  readonly readOnly?: boolean;
  /** `repeatable read`: all statements see one moment. */
  readonly isolation?: 'repeatable read';
}

/** A connection inside a transaction. `query` takes what the driver's takes, streams of COPY too; never a named statement. */
export type Connection = Pick<ClientBase, 'query'>;

/** All errors are PostgresError, but for what `work` itself throws. */
export interface PostgresPool {
  /** Runs one statement. */
  query<R extends QueryResultRow = QueryResultRow>(
    text: string,
    values?: readonly unknown[],
    options?: RunOptions,
  ): Promise<QueryResult<R>>;
  /** Commits when `work` resolves, rolls back when it rejects. On the read pool `work` may be run a second time, on the primary. */
  transaction<T>(work: (connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T>;
  /** Runs one statement outside of any transaction, for those that refuse one; names in it bear their schema. */
  alone(text: string, options?: RunOptions): Promise<QueryResult>;
  figures(): PoolFigures;
}

export interface PoolFigures {
  /** Connections that are open. */
  readonly size: number;
  /** Of these, how many nobody uses. */
  readonly idle: number;
  /** Who waits for one. */
  readonly waiting: number;
  /** The most that may be open: the setting, or what the server gives. */
  readonly max: number;
  /** How often one was taken, since the start. */
  readonly uses: number;
}
