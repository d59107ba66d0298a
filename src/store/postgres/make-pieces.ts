/**
 * The partitions of `events`: made ahead, and for late events when they come. A piece is made beside the table and attached, which
 * keeps nobody who reads or writes waiting (CREATE … PARTITION OF would lock the whole table); whoever else makes the same
 * one waits for the first.
 */
import { PostgresError } from '../../postgres/postgres-error.ts';
import type { Connection, PostgresPool } from '../../postgres/postgres-pool.ts';
import { type Asked, ask } from './ask.ts';
import { locks } from './locks.ts';
import { type Cut, numbered, type Piece, pieceNamed, pieceOf } from './piece.ts';
import { isStorable } from './schema.ts';

/** A bound on what is remembered; beyond it the server is asked again. */
const knownMax = 10_000;
const timeoutMs = 60_000;
/** Of tables of one time: more than one only while old ones wait to be removed. */
const numbersMax = 100;

/** A table that is, or was, a partition. */
export interface Found extends Piece {
  readonly table: string;
  readonly schema: string;
  /** `pending`: its detaching was broken off; `detached`: it is no partition any more and waits for its end. */
  readonly state: 'attached' | 'pending' | 'detached';
}

/** All of ours, the oldest first. */
export async function piecesFound(of: Asked, cut: Cut): Promise<readonly Found[]> {
  const rows = await ask<Omit<Found, keyof Piece>>(
    of,
    `SELECT relname AS table, nspname AS schema,
  CASE WHEN inhparent IS NULL THEN 'detached' WHEN inhdetachpending THEN 'pending' ELSE 'attached' END AS state
FROM pg_class JOIN pg_namespace ON pg_namespace.oid = relnamespace LEFT JOIN pg_inherits ON inhrelid = pg_class.oid
WHERE relkind = 'r' AND nspname = current_schema() AND starts_with(relname, 'events_')`,
  );
  const found = rows.flatMap((row) => {
    const piece = pieceNamed(cut, row.table);
    return piece === undefined ? [] : [{ ...piece, ...row }];
  });
  return found.sort((a, b) => a.to - b.to);
}

/** Makes those that `events` does not have; resolves with how many those were. */
export async function attachMissing(
  connection: Connection,
  cut: Cut,
  pieces: readonly Piece[],
): Promise<number> {
  if ((await missing(connection, cut, pieces)).length === 0) return 0;
  await connection.query(locks.pieces);
  // another may have made some while we waited
  const left = await missing(connection, cut, pieces);
  for (const piece of left) await attach(connection, piece);
  return left.length;
}

async function missing(
  connection: Connection,
  cut: Cut,
  pieces: readonly Piece[],
): Promise<readonly Piece[]> {
  const found = await piecesFound(connection, cut);
  const there = new Set(found.filter(({ state }) => state === 'attached').map(({ name }) => name));
  return pieces.filter(({ name }) => !there.has(name));
}

async function attach(connection: Connection, { name, from, to }: Piece): Promise<void> {
  const names = Array.from({ length: numbersMax }, (_, i) => numbered(name, i + 1));
  const { rows } = await connection.query<{ table: string }>(
    `SELECT name AS table FROM unnest($1::text[]) WITH ORDINALITY AS each (name, place)
WHERE to_regclass(name) IS NULL ORDER BY place LIMIT 1`,
    [names],
  );
  const { table } = rows[0]!;
  await connection.query(`CREATE TABLE ${table} (LIKE events INCLUDING ALL)`);
  await connection.query(
    `ALTER TABLE events ATTACH PARTITION ${table} FOR VALUES FROM (${bound(from)}) TO (${bound(to)})`,
  );
}

/** Ends the detaching of pieces that was broken off: until then nothing of their times can be attached, so no row be stored. */
export async function finishDetaching(pool: PostgresPool, cut: Cut): Promise<void> {
  for (const { schema, table, state } of await piecesFound(pool, cut)) {
    if (state === 'pending')
      await pool.alone(`ALTER TABLE ${schema}.events DETACH PARTITION ${schema}.${table} FINALIZE`, {
        timeoutMs,
      });
  }
}

/** "Invalid object definition": the bounds overlap with those of another. */
const overlaps = (error: unknown): boolean => error instanceof PostgresError && error.sqlState === '42P17';

const bound = (time: number): string =>
  time === Number.NEGATIVE_INFINITY ? 'MINVALUE' : `'${new Date(time).toISOString()}'`;

/** What this process knows of them, so that an insert asks the server only when it meets a new time. */
export class Pieces {
  readonly #pool: PostgresPool;
  readonly #cut: Cut;
  readonly #known = new Set<string>();
  /** That of the last time, which is nearly always the next one's too. */
  #last: Piece | undefined;

  constructor(pool: PostgresPool, cut: Cut) {
    this.#pool = pool;
    this.#cut = cut;
  }

  /** Forgets which ones are there: one that was is gone. */
  forget(): void {
    this.#known.clear();
  }

  /** Resolves once all of these times have a partition. Errors: those of the pool. */
  async coverTimes(times: Iterable<number>): Promise<void> {
    const unknown = new Map<string, Piece>();
    for (const time of times) {
      const piece = this.#pieceOf(time);
      if (!this.#known.has(piece.name)) unknown.set(piece.name, piece);
    }
    if (unknown.size > 0) await this.cover([...unknown.values()]);
  }

  /** Resolves with how many of them were missing. Errors: those of the pool. */
  async cover(pieces: readonly Piece[]): Promise<number> {
    const make = () =>
      this.#pool.transaction((connection) => attachMissing(connection, this.#cut, pieces), { timeoutMs });
    const made = await make().catch(async (error: unknown) => {
      if (!overlaps(error)) throw error;
      await finishDetaching(this.#pool, this.#cut);
      return make();
    });
    if (this.#known.size + pieces.length > knownMax) this.#known.clear();
    for (const { name } of pieces) this.#known.add(name);
    return made;
  }

  #pieceOf(time: number): Piece {
    if (!isStorable(time)) throw new RangeError(`the time ${time} is out of range`);
    if (this.#last === undefined || time < this.#last.from || time >= this.#last.to)
      this.#last = pieceOf(this.#cut, time);
    return this.#last;
  }
}
