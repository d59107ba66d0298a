/**
 * Who writes a partition, and up to where it is stored: one row of `progress` each. Every insert locks that row first and changes
 * it in its own transaction, so whoever holds the lock knows that nothing else of the partition is under way.
 *
 * A backend whose client is gone may hold it still: amid a COPY it waits for bytes that will not come. Who waits for the row longer
 * than `patienceMs` ends the backends in its way (our own: the server refuses to end another user's).
 */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';
import type { Batch, Progress } from '../store.ts';

export interface ClaimsOptions {
  readonly pool: PostgresPool;
  readonly clock: Clock;
  readonly patienceMs?: number;
}

/** What this store knows of a partition that it writes. */
interface Claim {
  readonly next: number;
  readonly token: number;
}

interface Row {
  readonly next: string;
  readonly stored: string;
  readonly duplicates: string;
  readonly quarantined: string;
  readonly token: string;
}

const defaultPatienceMs = 2_000;
/** In which the lock must be had; the backends in the way are ended long before. */
const lockTimeoutMs = 30_000;
/** The log is trimmed by what is committed: where a server or user may lose commits to be faster, these are not among them. */
const durably = `CASE WHEN current_setting('synchronous_commit') = 'off' THEN set_config('synchronous_commit', 'on', true) END`;
const makeRow = 'INSERT INTO progress VALUES ($1, 0, 0, 0, 0, 0) ON CONFLICT (_partition) DO NOTHING';
const none: Progress = { next: 0, stored: 0, duplicates: 0, quarantined: 0 };

export class Claims {
  readonly #pool: PostgresPool;
  readonly #clock: Clock;
  readonly #patienceMs: number;
  readonly #known = new Map<number, Claim>();

  constructor({ pool, clock, patienceMs = defaultPatienceMs }: ClaimsOptions) {
    this.#pool = pool;
    this.#clock = clock;
    this.#patienceMs = patienceMs;
  }

  /** Without a token it only looks. Errors: store_fenced, those of the pool. */
  async progress(partition: number, token: number | undefined): Promise<Progress> {
    if (token !== undefined) return this.claim(partition, token);
    const { rows } = await this.#pool.query<Row>('SELECT * FROM progress WHERE _partition = $1', [partition]);
    return rows[0] === undefined ? none : progressOf(rows[0]);
  }

  /** From then on nothing of a lower token can land. Errors: store_fenced when a higher one was here. */
  async claim(partition: number, token: number): Promise<Progress> {
    const { rowCount } = await this.#pool.query('SELECT FROM progress WHERE _partition = $1', [partition]);
    // not at once: where a row is being changed, ON CONFLICT waits for the end of that
    if (rowCount === 0) await this.#pool.query(makeRow, [partition]);
    return this.locked(partition, token, async (connection, progress) => {
      await connection.query('UPDATE progress SET token = $2 WHERE _partition = $1 AND token < $2', [
        partition,
        token,
      ]);
      return progress;
    });
  }

  /**
   * Runs `work` in a transaction that holds the partition's row: no insert of any process is under way, nor can one begin. After
   * it, what is known of the partition is what the row says. `token` undefined: that of the last claim here. Errors: store_fenced.
   */
  async locked<T>(
    partition: number,
    token: number | undefined,
    work: (connection: Connection, progress: Progress) => Promise<T>,
  ): Promise<T> {
    const own = token ?? this.#known.get(partition)?.token ?? 0;
    const result = await this.#pool.transaction(
      async (connection) => {
        const row = await this.#lockedRow(connection, partition, own);
        const value = await work(connection, row === undefined ? none : progressOf(row));
        return { row, value };
      },
      { timeoutMs: 2 * lockTimeoutMs },
    );
    // without a row the next insert claims the partition
    if (result.row !== undefined) this.#known.set(partition, { next: Number(result.row.next), token: own });
    return result.value;
  }

  async #lockedRow(connection: Connection, partition: number, token: number): Promise<Row | undefined> {
    const before = await connection.query<Row & { pid: number }>(
      `SELECT *, pg_backend_pid() AS pid FROM progress WHERE _partition = $1`,
      [partition],
    );
    if (before.rows[0] === undefined) return undefined;
    // a writer whose time is over must not end the transactions of the one that came after it
    assertNotFenced(partition, before.rows[0], token);
    await connection.query(`SET LOCAL lock_timeout = ${lockTimeoutMs}`);
    const locking = connection.query<Row>('SELECT * FROM progress WHERE _partition = $1 FOR UPDATE', [
      partition,
    ]);
    const ended = new AbortController();
    const clearing = this.#clearTheWay(before.rows[0].pid, ended.signal);
    try {
      const row = (await locking).rows[0]!;
      assertNotFenced(partition, row, token);
      return row;
    } finally {
      ended.abort();
      await clearing;
    }
  }

  /** Ends who is in the way of the backend `pid`, again and again, until `ended`. */
  async #clearTheWay(pid: number, ended: AbortSignal): Promise<void> {
    for (;;) {
      await this.#clock.sleep(this.#patienceMs, ended);
      if (ended.aborted) return;
      await this.#pool
        .query('SELECT pg_terminate_backend(blocker) FROM unnest(pg_blocking_pids($1)) AS blocker', [pid])
        // not ours to end, or the server is away: then the lock's own timeout ends the waiting
        .catch(() => {});
    }
  }

  /**
   * The first statement of an insert: locks the partition's row and moves the progress. Errors: store_fenced when another writer
   * was here since the last claim or reconciliation.
   */
  async move(connection: Connection, batch: Batch): Promise<void> {
    const { partition, progress, token } = batch;
    const known = this.#known.get(partition)!;
    const own = token ?? known.token;
    const isMine = `_partition = ${whole(partition)} AND token <= ${whole(own)} AND next = ${whole(known.next)}`;
    const values = Object.entries(progress ?? {}).map(([name, value]) => `${name} = ${whole(value)}`);
    const sql =
      progress === undefined
        ? `SELECT ${durably} FROM progress WHERE ${isMine} FOR UPDATE`
        : `UPDATE progress SET ${values.join(', ')} WHERE ${isMine} AND next <= ${whole(progress.next)} RETURNING ${durably}`;
    const { rowCount } = await connection.query(sql);
    if (rowCount !== 1) throw failure('store_fenced', { partition });
  }

  isKnown(partition: number): boolean {
    return this.#known.has(partition);
  }

  /** After the insert is committed. */
  moved({ partition, progress }: Batch): void {
    const known = this.#known.get(partition);
    if (known !== undefined && progress !== undefined)
      this.#known.set(partition, { ...known, next: progress.next });
  }
}

function assertNotFenced(partition: number, row: Row, token: number): void {
  if (Number(row.token) > token) throw failure('store_fenced', { partition });
}

const progressOf = ({ next, stored, duplicates, quarantined }: Row): Progress => ({
  next: Number(next),
  stored: Number(stored),
  duplicates: Number(duplicates),
  quarantined: Number(quarantined),
});

/** A number that stands in a statement's text. */
function whole(value: number): string {
  if (!Number.isSafeInteger(value)) throw new RangeError(`${value} is no whole number`);
  return String(value);
}
