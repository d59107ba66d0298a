/**
 * The catalog in one SQLite file that its owner alone may read. Calls are synchronous inside and take microseconds, except
 * for changes, which wait for the disk (WAL, synchronous=FULL). Several processes may have the file open: the command line
 * makes a key while the server runs.
 */
import { chmodSync, closeSync, mkdirSync, openSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { millisecondsPerDay } from '../../clock.ts';
import { failure, isFailure } from '../../errors.ts';
import type { Catalog, Key, KeyLimits, Project, Scope } from '../catalog.ts';
import type { Random } from '../keys.ts';
import { migrations } from './migrations.ts';
import { forgetSignIns, SqlitePeople } from './sqlite-people.ts';
import { SqliteSaved } from './sqlite-saved.ts';
import { SqliteShares } from './sqlite-shares.ts';

const saltBytes = 32;
/** A salt lives for its own day and 48 hours after. */
const saltLifeMs = 3 * millisecondsPerDay;
/** How long a call waits for another process that is writing. */
const busyTimeoutMs = 5_000;

type Row = Record<string, SQLOutputValue>;

export interface SqliteCatalogOptions {
  /** The file; it and its directory are made when they are missing. */
  readonly path: string;
  readonly random: Random;
}

export class SqliteCatalog implements Catalog {
  readonly saved = new SqliteSaved({
    get: (sql, ...values) => this.#get(sql, ...values),
    all: (sql, ...values) => this.#all(sql, ...values),
    run: (sql, ...values) => this.#run(sql, ...values),
    transaction: (work) => this.#transaction(work),
  });
  readonly people = new SqlitePeople({
    get: (sql, ...values) => this.#get(sql, ...values),
    all: (sql, ...values) => this.#all(sql, ...values),
    run: (sql, ...values) => this.#run(sql, ...values),
    transaction: (work) => this.#transaction(work),
  });
  readonly shares = new SqliteShares({
    get: (sql, ...values) => this.#get(sql, ...values),
    all: (sql, ...values) => this.#all(sql, ...values),
    run: (sql, ...values) => this.#run(sql, ...values),
    transaction: (work) => this.#transaction(work),
  });
  readonly #path: string;
  readonly #random: Random;
  readonly #database: DatabaseSync;

  private constructor(options: SqliteCatalogOptions, database: DatabaseSync) {
    this.#path = options.path;
    this.#random = options.random;
    this.#database = database;
  }

  /** Errors: catalog_unavailable, catalog_newer. */
  static async open(options: SqliteCatalogOptions): Promise<SqliteCatalog> {
    return guarded(options.path, () => {
      createPrivateFile(options.path);
      const database = new DatabaseSync(options.path, { timeout: busyTimeoutMs });
      try {
        database.exec(`PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;
                       PRAGMA secure_delete = ON;`);
        migrate(options.path, database);
      } catch (error) {
        database.close();
        throw error;
      }
      return new SqliteCatalog(options, database);
    });
  }

  async version(): Promise<string> {
    const row = this.#get('SELECT origin, count FROM version');
    return `${row?.origin}-${row?.count}`;
  }

  async projects(): Promise<readonly Project[]> {
    return this.#all('SELECT * FROM projects ORDER BY created_at, id').map(toProject);
  }

  async createProject(project: Project): Promise<void> {
    this.#change(() => {
      if (this.#project(project.id))
        throw failure('conflict', { detail: `there is a project ${project.id} already` });
      this.#run(
        'INSERT INTO projects VALUES (?, ?, ?, ?)',
        project.id,
        project.name,
        project.createdAt,
        project.deletingSince ?? null,
      );
    });
  }

  async markProjectDeleting(id: string, at: number): Promise<void> {
    this.#change(() => {
      if (!this.#project(id)) throw failure('not_found', { detail: `there is no project ${id}` });
      this.#run('UPDATE projects SET deleting_since = ? WHERE id = ? AND deleting_since IS NULL', at, id);
      this.#run('UPDATE keys SET revoked_at = ? WHERE project = ? AND revoked_at IS NULL', at, id);
    });
  }

  async removeProject(id: string): Promise<void> {
    this.#change(() => {
      const project = this.#project(id);
      if (project && project.deletingSince === undefined)
        throw failure('conflict', {
          detail: `project ${id} is not marked for deletion; its events are still there`,
        });
      this.#run('DELETE FROM keys WHERE project = ?', id);
      this.#run(
        'UPDATE version SET saved = saved + 1 WHERE EXISTS (SELECT 1 FROM saved WHERE project = ?)',
        id,
      );
      this.#run('DELETE FROM saved WHERE project = ?', id);
      this.#run('DELETE FROM projects WHERE id = ?', id);
    });
  }

  async keys(): Promise<readonly Key[]> {
    return this.#all('SELECT * FROM keys ORDER BY created_at, id').map(toKey);
  }

  async createKey(key: Key): Promise<void> {
    this.#change(() => {
      const project = this.#project(key.project);
      if (!project) throw failure('not_found', { detail: `there is no project ${key.project}` });
      if (project.deletingSince !== undefined)
        throw failure('conflict', { detail: `project ${key.project} is being deleted` });
      if (this.#get('SELECT id FROM keys WHERE id = ? OR hash = ?', key.id, key.hash))
        throw failure('conflict', { detail: `there is a key ${key.id} already` });
      this.#run(
        'INSERT INTO keys VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)',
        key.id,
        key.project,
        key.scope,
        key.name,
        key.hash,
        key.hint,
        JSON.stringify(key.origins),
        key.createdAt,
        key.revokedAt ?? null,
        key.limits === undefined ? null : JSON.stringify(key.limits),
      );
    });
  }

  async revokeKey(id: string, at: number): Promise<void> {
    this.#change(() => {
      if (!this.#get('SELECT id FROM keys WHERE id = ?', id))
        throw failure('not_found', { detail: `there is no key ${id}` });
      this.#run('UPDATE keys SET revoked_at = ? WHERE id = ? AND revoked_at IS NULL', at, id);
    });
  }

  async salt(at: number, now: number): Promise<Uint8Array | undefined> {
    const day = at - (((at % millisecondsPerDay) + millisecondsPerDay) % millisecondsPerDay);
    const oldestKept = now - saltLifeMs;
    this.#forgetSalts(oldestKept);
    if (day <= oldestKept) return undefined;
    const kept = this.#get('SELECT bytes FROM salts WHERE day = ?', day);
    if (kept) return kept.bytes as Uint8Array;
    // another process may make the same day's salt at this moment: the first one stays
    this.#run('INSERT INTO salts VALUES (?, ?) ON CONFLICT DO NOTHING', day, this.#random(saltBytes));
    return this.#get('SELECT bytes FROM salts WHERE day = ?', day)?.bytes as Uint8Array;
  }

  async keepSalt(at: number, salt: Uint8Array): Promise<void> {
    const day = Math.floor(at / millisecondsPerDay) * millisecondsPerDay;
    this.#run('INSERT OR REPLACE INTO salts VALUES (?, ?)', day, salt);
  }

  async copyTo(path: string): Promise<void> {
    this.#run('VACUUM INTO ?', path);
    guarded(path, () => forgetSignIns(path));
  }

  async close(): Promise<void> {
    if (this.#database.isOpen) this.#database.close();
  }

  /** `secure_delete` overwrites the bytes in the file, the checkpoint those in the write-ahead log. */
  #forgetSalts(oldestKept: number): void {
    if (!this.#get('SELECT day FROM salts WHERE day <= ? LIMIT 1', oldestKept)) return;
    this.#run('DELETE FROM salts WHERE day <= ?', oldestKept);
    guarded(this.#path, () => this.#database.exec('PRAGMA wal_checkpoint(TRUNCATE)'));
  }

  #project(id: string): Project | undefined {
    const row = this.#get('SELECT * FROM projects WHERE id = ?', id);
    return row && toProject(row);
  }

  /** Runs a change of projects or keys and counts the version up, both or neither. */
  #change(work: () => void): void {
    this.#transaction(() => {
      work();
      this.#run('UPDATE version SET count = count + 1');
    });
  }

  #transaction(work: () => void): void {
    guarded(this.#path, () => inTransaction(this.#database, work));
  }

  #get(sql: string, ...values: (string | number)[]): Row | undefined {
    return guarded(this.#path, () => this.#database.prepare(sql).get(...values));
  }

  #all(sql: string, ...values: (string | number)[]): Row[] {
    return guarded(this.#path, () => this.#database.prepare(sql).all(...values));
  }

  #run(sql: string, ...values: (string | number | null | Uint8Array)[]): void {
    guarded(this.#path, () => this.#database.prepare(sql).run(...values));
  }
}

function toProject(row: Row): Project {
  return {
    id: row.id as string,
    name: row.name as string,
    createdAt: row.created_at as number,
    ...(row.deleting_since === null ? {} : { deletingSince: row.deleting_since as number }),
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
    origins: JSON.parse(row.origins as string) as string[],
    ...(row.limits !== null && { limits: JSON.parse(row.limits as string) as KeyLimits }),
    createdAt: row.created_at as number,
    ...(row.revoked_at === null ? {} : { revokedAt: row.revoked_at as number }),
  };
}

/** SQLite gives its side files (-wal, -shm) the mode of the main file, so it is made before SQLite sees it. */
function createPrivateFile(path: string): void {
  mkdirSync(dirname(path), { recursive: true });
  closeSync(openSync(path, 'a', 0o600));
  chmodSync(path, 0o600);
}

function migrate(path: string, database: DatabaseSync): void {
  inTransaction(database, () => {
    const taken = database.prepare('PRAGMA user_version').get()?.user_version as number;
    if (taken > migrations.length)
      throw failure('catalog_newer', { path, found: taken, known: migrations.length });
    for (const step of migrations.slice(taken)) database.exec(step);
    database.exec(`PRAGMA user_version = ${migrations.length}`);
  });
}

/** IMMEDIATE takes the write lock before anything is read, so that what was checked still holds when it is written. */
function inTransaction(database: DatabaseSync, work: () => void): void {
  database.exec('BEGIN IMMEDIATE');
  try {
    work();
    database.exec('COMMIT');
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

/** Turns whatever SQLite throws into the catalogue's error. */
function guarded<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (isFailure(error)) throw error;
    const detail = `${path}: ${error instanceof Error ? error.message : String(error)}`;
    throw failure('catalog_unavailable', { detail }, error);
  }
}
