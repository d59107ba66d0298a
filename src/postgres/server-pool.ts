/**
 * The connections to one server. The first one asks what the server is and holds the pool to what it gives; a connection that
 * broke while nobody used it is noticed by its BEGIN and replaced, so callers see a broken connection only when their own work was cut.
 */
import pg from 'pg';
import type { Clock } from '../clock.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { cancel } from './cancel.ts';
import { clientOptions } from './client-options.ts';
import { type Client, destroy, isDriverError, stoppable, stopped } from './client-work.ts';
import { PoolNotices } from './pool-notices.ts';
import type { PostgresConfig } from './postgres-config.ts';
import { connectError, PostgresError, statementError } from './postgres-error.ts';
import type {
  Connection,
  PoolFigures,
  PostgresPool,
  RunOptions,
  TransactionOptions,
} from './postgres-pool.ts';
import { type PostgresTarget, placeOf } from './postgres-target.ts';
import { checkServer, type ServerFacts } from './server-check.ts';

export interface ServerPoolOptions {
  readonly name: 'write' | 'read' | 'fallback';
  readonly target: PostgresTarget;
  readonly max: number;
  readonly min: number;
  readonly config: PostgresConfig;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Says how many connections this pool may have, once the server is known. Errors: PostgresError `unsuitable`. */
  readonly hold: (facts: ServerFacts) => number;
}

/** Who may wait for a connection; the next one is refused at once. */
const waitingMax = 1_000;
const idleMs = 30_000;
/** An open transaction in which nothing happens holds locks: a process that hangs loses it. */
const idleInTransactionMs = 60_000;
/** How long closing waits for what is under way. */
const closeMsMax = 5_000;
/** A connection that is found broken is replaced this often before its caller is told. */
const attemptsMax = 5;
const crowdedPauseMs = 100;
const totalFactor = 4;

export class ServerPool implements PostgresPool {
  readonly #options: ServerPoolOptions;
  readonly #pool: pg.Pool;
  readonly #notices: PoolNotices;
  readonly #inUse = new Set<Client>();
  #facts: ServerFacts | undefined;
  #checking: Promise<ServerFacts> | undefined;
  #uses = 0;
  #closing: Promise<void> | undefined;

  /** Opens nothing yet. Errors: setting_invalid, for certificates that cannot be read. */
  constructor(options: ServerPoolOptions) {
    const { config, target } = options;
    this.#options = options;
    this.#notices = new PoolNotices(options);
    this.#pool = new pg.Pool({
      ...clientOptions(target),
      max: options.max,
      min: Math.min(options.min, options.max),
      idleTimeoutMillis: idleMs,
      connectionTimeoutMillis: config.connectMs,
      maxLifetimeSeconds: config.lifetimeMs / 1000,
    });
    // idle connections that break are dropped by the pool; who needs one next gets another
    this.#pool.on('error', () => {});
    this.#pool.on('connect', (client) => {
      client.on('error', () => {});
    });
  }

  /** Asks the server what it is, unless that is known. Errors: PostgresError. */
  async facts(): Promise<ServerFacts> {
    if (this.#facts !== undefined) return this.#facts;
    this.#checking ??= this.#check().finally(() => {
      this.#checking = undefined;
    });
    return this.#checking;
  }

  figures(): PoolFigures {
    const { totalCount: size, idleCount: idle, waitingCount: waiting } = this.#pool;
    return { size, idle, waiting, max: this.#pool.options.max, uses: this.#uses };
  }

  query<R extends pg.QueryResultRow>(
    text: string,
    values: readonly unknown[] = [],
    options: RunOptions = {},
  ): Promise<pg.QueryResult<R>> {
    return this.transaction((connection) => connection.query<R>(text, [...values]), options);
  }

  async transaction<T>(
    work: (connection: Connection) => Promise<T>,
    options: TransactionOptions = {},
  ): Promise<T> {
    const client = await this.#begun(options);
    return this.#run(client, options, async (connection) => {
      const result = await work(connection);
      options.signal?.throwIfAborted();
      await this.#commit(client);
      return result;
    });
  }

  alone(text: string, options: RunOptions = {}): Promise<pg.QueryResult> {
    return this.#acquired().then((client) => {
      const timeoutMs = options.timeoutMs ?? this.#options.config.statementMs;
      const timed = AbortSignal.any([
        AbortSignal.timeout(timeoutMs),
        ...(options.signal === undefined ? [] : [options.signal]),
      ]);
      const work = (connection: Connection) => connection.query(text);
      return this.#run(client, { ...options, signal: timed }, work, true);
    });
  }

  close(): Promise<void> {
    this.#closing ??= this.#close();
    return this.#closing;
  }

  async #check(): Promise<ServerFacts> {
    const { target, hold } = this.#options;
    const client = await this.#connected();
    try {
      const facts = await this.#answered(client, () => checkServer(client, target));
      this.#pool.options.max = hold(facts);
      this.#facts = facts;
      client.release();
      return facts;
    } catch (error) {
      client.release(true);
      throw statementError(error, target, false);
    }
  }

  /** A connection with a transaction begun on it. */
  async #begun(options: TransactionOptions): Promise<Client> {
    for (let attempt = 1; ; attempt++) {
      const client = await this.#acquired();
      try {
        await this.#answered(client, () => client.query(this.#beginText(options)));
        return client;
      } catch (error) {
        this.#release(client, true);
        const known = statementError(error, this.#options.target, false);
        if (known.kind !== 'lost' || attempt === attemptsMax) throw known;
        this.#facts = undefined;
      }
    }
  }

  #beginText({ isolation, readOnly, timeoutMs }: TransactionOptions): string {
    const { config } = this.#options;
    const modes = [isolation && `ISOLATION LEVEL ${isolation}`, readOnly && 'READ ONLY'].filter(Boolean);
    const statementMs = Math.max(1, Math.ceil(timeoutMs ?? config.statementMs));
    return `BEGIN ${modes.join(', ')};
      SET LOCAL statement_timeout = ${statementMs};
      SET LOCAL idle_in_transaction_session_timeout = ${idleInTransactionMs};
      SELECT set_config('search_path', '${config.schema}, ' || current_setting('search_path'), true)`;
  }

  async #commit(client: Client): Promise<void> {
    let result: pg.QueryResult;
    try {
      result = await client.query('COMMIT');
    } catch (error) {
      throw statementError(error, this.#options.target, true);
    }
    // a statement failed and somebody caught it: PostgreSQL answers COMMIT with ROLLBACK
    if (result.command !== 'COMMIT')
      throw new PostgresError('other', 'the transaction was rolled back, as a statement in it had failed');
  }

  /** Resolves with whether the connection is of no further use. */
  async #rolledBack(client: Client): Promise<boolean> {
    try {
      await this.#answered(client, () => client.query('ROLLBACK'));
      return false;
    } catch {
      return true;
    }
  }

  /** For what a living server answers at once. */
  async #answered<T>(client: Client, work: () => Promise<T>): Promise<T> {
    const { connectMs } = this.#options.config;
    const guard = setTimeout(() => destroy(client, `no answer within ${connectMs} ms`), connectMs);
    try {
      return await work();
    } finally {
      clearTimeout(guard);
    }
  }

  /** Runs `work` within its bounds and gives the connection back, whatever happened. */
  async #run<T>(
    client: Client,
    options: RunOptions,
    work: (connection: Connection) => Promise<T>,
    committing = false,
  ): Promise<T> {
    const { clock, config, target } = this.#options;
    const { signal } = options;
    const startedAt = clock.monotonic();
    let broken = false;
    let cancelling: Promise<void> | undefined;
    const stop = () => {
      broken = true;
      cancelling ??= cancel(target, client.processID, client.secretKey);
    };
    const totalMs = options.totalMs ?? totalFactor * (options.timeoutMs ?? config.statementMs);
    const guard = setTimeout(() => {
      broken = true;
      destroy(client, `no end within ${totalMs} ms`);
    }, totalMs + config.connectMs);
    signal?.addEventListener('abort', stop);
    try {
      signal?.throwIfAborted();
      return await work(stoppable(client, signal));
    } catch (error) {
      const known = this.#known(error, committing, signal);
      if (known instanceof PostgresError && (known.kind === 'lost' || known.kind === 'unsuitable')) {
        broken = true;
        this.#facts = undefined;
      }
      if (!broken && !committing) broken = await this.#rolledBack(client);
      throw known;
    } finally {
      clearTimeout(guard);
      signal?.removeEventListener('abort', stop);
      await cancelling;
      this.#release(client, broken);
      this.#notices.ended(options.kind, clock.monotonic() - startedAt);
    }
  }

  /** What `work` throws of its own goes through as it is. */
  #known(error: unknown, committing: boolean, signal: AbortSignal | undefined): unknown {
    const known = isDriverError(error) ? statementError(error, this.#options.target, committing) : error;
    const outcome = known instanceof PostgresError ? known.outcome : 'none';
    return signal?.aborted && outcome === 'none' ? stopped(signal, error) : known;
  }

  async #acquired(): Promise<Client> {
    await this.facts();
    this.#notices.taken(this.figures());
    const client = await this.#connected();
    this.#uses += 1;
    this.#inUse.add(client);
    return client;
  }

  #release(client: Client, broken: boolean): void {
    this.#inUse.delete(client);
    client.release(broken);
  }

  async #connected(): Promise<Client> {
    const { clock, config, target } = this.#options;
    if (this.#closing !== undefined) throw new PostgresError('unreachable', 'the pool is closed');
    if (this.#pool.waitingCount >= waitingMax) throw this.#allTaken(`${waitingMax} wait for one already`);
    const until = clock.monotonic() + config.connectMs;
    for (;;) {
      try {
        return (await this.#pool.connect()) as Client;
      } catch (error) {
        const full = this.#pool.totalCount >= this.#pool.options.max;
        if (full && (error as Error).message.startsWith('timeout exceeded'))
          throw this.#allTaken(`none came free in ${config.connectMs} ms`);
        const known = connectError(error, target);
        // the server has no place for one more: wait for one of ours, or of somebody else, to come free
        if (known.kind !== 'crowded' || clock.monotonic() > until) throw known;
        this.#notices.refused(known);
        await clock.sleep(crowdedPauseMs);
      }
    }
  }

  #allTaken(why: string): PostgresError {
    const { name, target } = this.#options;
    const setting = name === 'write' ? 'DB_POOL_MAX' : 'DB_READ_POOL_MAX';
    const line = `all ${this.#pool.options.max} connections to PostgreSQL at ${placeOf(target)} are taken and ${why}: raise ${setting} (and max_connections of the server)`;
    return new PostgresError('crowded', line);
  }

  async #close(): Promise<void> {
    const ended = this.#pool.end();
    const waiting = new AbortController();
    await Promise.race([ended, this.#options.clock.sleep(closeMsMax, waiting.signal)]);
    waiting.abort();
    for (const client of this.#inUse) destroy(client, 'the pool is closed');
    await ended;
  }
}
