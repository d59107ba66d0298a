/**
 * The catalog in PostgreSQL, for several processes. Every change takes the lock of the version's row first, so changes come one
 * after the other and what was checked still holds when it is written.
 */
import { open } from 'node:fs/promises';
import { millisecondsPerDay } from '../../clock.ts';
import { failure } from '../../errors.ts';
import { migrate } from '../../postgres/migrate.ts';
import { PostgresError } from '../../postgres/postgres-error.ts';
import type { Connection, TransactionOptions } from '../../postgres/postgres-pool.ts';
import type { PostgresPools } from '../../postgres/postgres-pools.ts';
import type { Catalog, Key, KeyLimits, Project, Scope } from '../catalog.ts';
import type { Random } from '../keys.ts';
import { migrations } from './migrations.ts';
import { PostgresPeople, peopleForCopy } from './postgres-people.ts';
import { PostgresSaved, toSaved } from './postgres-saved.ts';
import { PostgresShares } from './postgres-shares.ts';

export interface PostgresCatalogOptions {
  /** Closed by who opened them. */
  readonly pools: PostgresPools;
  readonly random: Random;
}

const saltBytes = 32;
/** A salt lives for its own day and 48 hours after. */
const saltLifeMs = 3 * millisecondsPerDay;
/** Small tables: what takes longer waits for a lock or a server that is gone. */
const timeoutMs = 10_000;

type Row = Readonly<Record<string, unknown>>;

export class PostgresCatalog implements Catalog {
  readonly saved = new PostgresSaved((work) => this.#transaction(work));
  readonly people = new PostgresPeople((work) => this.#transaction(work));
  readonly shares = new PostgresShares((work) => this.#transaction(work));
  readonly #pools: PostgresPools;
  readonly #random: Random;

  private constructor({ pools, random }: PostgresCatalogOptions) {
    this.#pools = pools;
    this.#random = random;
  }

  /** Makes the tables when they are missing. Errors: catalog_unavailable, schema_newer. */
  static async open(options: PostgresCatalogOptions): Promise<PostgresCatalog> {
    await guarded(() => migrate(options.pools, 'catalog', migrations));
    return new PostgresCatalog(options);
  }

  async version(): Promise<string> {
    const [row] = await this.#rows(`SELECT origin || '-' || count AS version FROM catalog_version`);
    return row!.version as string;
  }

  async projects(): Promise<readonly Project[]> {
    return (await this.#rows('SELECT * FROM projects ORDER BY created_at, id')).map(toProject);
  }

  async createProject({ id, name, createdAt, deletingSince }: Project): Promise<void> {
    await this.#change(async (connection) => {
      if (await project(connection, id))
        throw failure('conflict', { detail: `there is a project ${id} already` });
      const values = [id, name, createdAt, deletingSince ?? null];
      await connection.query('INSERT INTO projects VALUES ($1, $2, $3, $4)', values);
    });
  }

  async markProjectDeleting(id: string, at: number): Promise<void> {
    await this.#change(async (connection) => {
      if (!(await project(connection, id)))
        throw failure('not_found', { detail: `there is no project ${id}` });
      const values = [id, at];
      await connection.query(
        'UPDATE projects SET deleting_since = $2 WHERE id = $1 AND deleting_since IS NULL',
        values,
      );
      await connection.query(
        'UPDATE keys SET revoked_at = $2 WHERE project = $1 AND revoked_at IS NULL',
        values,
      );
    });
  }

  async removeProject(id: string): Promise<void> {
    await this.#change(async (connection) => {
      const found = await project(connection, id);
      if (found && found.deletingSince === undefined) {
        const detail = `project ${id} is not marked for deletion; its events are still there`;
        throw failure('conflict', { detail });
      }
      await connection.query('DELETE FROM keys WHERE project = $1', [id]);
      const gone = await connection.query('DELETE FROM saved WHERE project = $1', [id]);
      if (gone.rowCount) await connection.query('UPDATE catalog_version SET saved = saved + 1');
      await connection.query('DELETE FROM projects WHERE id = $1', [id]);
    });
  }

  async keys(): Promise<readonly Key[]> {
    return (await this.#rows('SELECT * FROM keys ORDER BY created_at, id')).map(toKey);
  }

  async createKey(key: Key): Promise<void> {
    await this.#change(async (connection) => {
      const owner = await project(connection, key.project);
      if (!owner) throw failure('not_found', { detail: `there is no project ${key.project}` });
      if (owner.deletingSince !== undefined)
        throw failure('conflict', { detail: `project ${key.project} is being deleted` });
      const same = await connection.query('SELECT FROM keys WHERE id = $1 OR hash = $2', [key.id, key.hash]);
      if (same.rowCount) throw failure('conflict', { detail: `there is a key ${key.id} already` });
      const { id, scope, name, hash, hint, origins, createdAt, revokedAt, limits } = key;
      await connection.query('INSERT INTO keys VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)', [
        ...[id, key.project, scope, name, hash, hint],
        ...[origins, createdAt, revokedAt ?? null, limits === undefined ? null : JSON.stringify(limits)],
      ]);
    });
  }

  async revokeKey(id: string, at: number): Promise<void> {
    await this.#change(async (connection) => {
      const found = await connection.query('SELECT FROM keys WHERE id = $1', [id]);
      if (!found.rowCount) throw failure('not_found', { detail: `there is no key ${id}` });
      await connection.query('UPDATE keys SET revoked_at = $2 WHERE id = $1 AND revoked_at IS NULL', [
        id,
        at,
      ]);
    });
  }

  async salt(at: number, now: number): Promise<Uint8Array | undefined> {
    const day = Math.floor(at / millisecondsPerDay) * millisecondsPerDay;
    const oldestKept = now - saltLifeMs;
    const kept = await this.#rows('SELECT day, bytes FROM salts');
    if (kept.some((row) => Number(row.day) <= oldestKept)) await this.#forgetSalts(oldestKept);
    if (day <= oldestKept) return undefined;
    const found = kept.find((row) => Number(row.day) === day);
    return (found?.bytes as Uint8Array | undefined) ?? this.#makeSalt(day);
  }

  async keepSalt(at: number, salt: Uint8Array): Promise<void> {
    const day = Math.floor(at / millisecondsPerDay) * millisecondsPerDay;
    await this.#transaction((connection) =>
      connection.query(
        'INSERT INTO salts VALUES ($1, $2) ON CONFLICT (day) DO UPDATE SET bytes = EXCLUDED.bytes',
        [day, Buffer.from(salt)],
      ),
    );
  }

  /** As JSON that its owner alone may read. */
  async copyTo(path: string): Promise<void> {
    const copy = await this.#transaction(
      async (connection) => ({
        projects: (await connection.query('SELECT * FROM projects ORDER BY created_at, id')).rows.map(
          toProject,
        ),
        keys: (await connection.query('SELECT * FROM keys ORDER BY created_at, id')).rows.map(toKey),
        salts: (await connection.query('SELECT * FROM salts ORDER BY day')).rows.map(({ day, bytes }) => ({
          day: Number(day),
          bytes: (bytes as Buffer).toString('base64'),
        })),
        saved: (await connection.query('SELECT * FROM saved ORDER BY project, kind, id')).rows.map(toSaved),
        people: await peopleForCopy(connection),
      }),
      { isolation: 'repeatable read', readOnly: true },
    );
    const file = await open(path, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify(copy, null, 2));
      await file.sync();
    } finally {
      await file.close();
    }
  }

  /** The pools stay open: they are not ours. */
  async close(): Promise<void> {}

  async #makeSalt(day: number): Promise<Uint8Array> {
    return this.#transaction(async (connection) => {
      // another process may make the same day's salt at this moment: the first one stays
      const values = [day, this.#random(saltBytes)];
      await connection.query('INSERT INTO salts VALUES ($1, $2) ON CONFLICT DO NOTHING', values);
      const { rows } = await connection.query('SELECT bytes FROM salts WHERE day = $1', [day]);
      return rows[0].bytes as Uint8Array;
    });
  }

  /** A row that is deleted stays in the table's file until somebody overwrites it; TRUNCATE gives the file away. */
  async #forgetSalts(oldestKept: number): Promise<void> {
    await this.#transaction(async (connection) => {
      await connection.query('LOCK TABLE salts IN ACCESS EXCLUSIVE MODE');
      const { rows } = await connection.query('SELECT day, bytes FROM salts WHERE day > $1', [oldestKept]);
      await connection.query('TRUNCATE salts');
      for (const { day, bytes } of rows)
        await connection.query('INSERT INTO salts VALUES ($1, $2)', [day, bytes]);
    });
  }

  /** Runs a change of projects or keys and counts the version up, both or neither. */
  #change(work: (connection: Connection) => Promise<void>): Promise<void> {
    return this.#transaction(async (connection) => {
      await connection.query('UPDATE catalog_version SET count = count + 1');
      await work(connection);
    });
  }

  #rows(text: string): Promise<readonly Row[]> {
    return this.#transaction(async (connection) => (await connection.query(text)).rows as Row[]);
  }

  #transaction<T>(work: (connection: Connection) => Promise<T>, options?: TransactionOptions): Promise<T> {
    return guarded(() => this.#pools.write.transaction(work, { timeoutMs, ...options }));
  }
}

async function project(connection: Connection, id: string): Promise<Project | undefined> {
  const { rows } = await connection.query('SELECT * FROM projects WHERE id = $1', [id]);
  return rows[0] && toProject(rows[0]);
}

/** The driver gives a bigint as text; times fit a number. */
function toProject(row: Row): Project {
  return {
    id: row.id as string,
    name: row.name as string,
    createdAt: Number(row.created_at),
    ...(row.deleting_since === null ? {} : { deletingSince: Number(row.deleting_since) }),
  };
}

function toKey(row: Row): Key {
  return {
    id: row.id as string,
    project: row.project as string,
    scope: row.scope as Scope,
    name: row.name as string,
    hash: row.hash as string,
    hint: row.hint as string,
    origins: row.origins as string[],
    ...(row.limits !== null && { limits: JSON.parse(row.limits as string) as KeyLimits }),
    createdAt: Number(row.created_at),
    ...(row.revoked_at === null ? {} : { revokedAt: Number(row.revoked_at) }),
  };
}

async function guarded<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof PostgresError)
      throw failure('catalog_unavailable', { detail: error.message }, error);
    throw error;
  }
}
