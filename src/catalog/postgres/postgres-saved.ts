/** What people keep, in PostgreSQL: one row each, its body as JSON text. Every change takes the lock of the version's row first. */
import { failure } from '../../errors.ts';
import type { Connection } from '../../postgres/postgres-pool.ts';
import type { Saved, SavedChange, SavedKind, SavedPlace, SavedQuery, SavedThings } from '../saved.ts';

type Row = Readonly<Record<string, unknown>>;
export type SavedTransaction = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

export class PostgresSaved implements SavedThings {
  readonly #transaction: SavedTransaction;

  constructor(transaction: SavedTransaction) {
    this.#transaction = transaction;
  }

  async version(): Promise<string> {
    const [row] = await this.#rows(`SELECT origin || '-' || saved AS version FROM catalog_version`, []);
    return row!.version as string;
  }

  async list({ project, kind, limit, after = '' }: SavedQuery): Promise<readonly Saved[]> {
    const text = 'SELECT * FROM saved WHERE project = $1 AND kind = $2 AND id > $3 ORDER BY id LIMIT $4';
    return (await this.#rows(text, [project, kind, after, limit])).map(toSaved);
  }

  async get(place: SavedPlace): Promise<Saved | undefined> {
    return this.#transaction((connection) => find(connection, place));
  }

  async create(saved: Saved, countMax: number): Promise<void> {
    const { project, kind, id, name, body, version, createdAt, updatedAt, by } = saved;
    await this.#change(async (connection) => {
      const owner = await connection.query('SELECT deleting_since FROM projects WHERE id = $1', [project]);
      if (!owner.rowCount) throw failure('not_found', { detail: `there is no project ${project}` });
      if (owner.rows[0].deleting_since !== null)
        throw failure('conflict', { detail: `project ${project} is being deleted` });
      if (await find(connection, saved))
        throw failure('conflict', { detail: `there is a ${kind} ${id} already` });
      const counted = await connection.query(
        'SELECT count(*) AS n FROM saved WHERE project = $1 AND kind = $2',
        [project, kind],
      );
      if (Number(counted.rows[0].n) >= countMax) throw failure('saved_full', { kind, countMax });
      await connection.query('INSERT INTO saved VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
        ...[project, kind, id, name, JSON.stringify(body)],
        ...[version, createdAt, updatedAt, by],
      ]);
    });
  }

  async replace(change: SavedChange, expected?: number): Promise<Saved> {
    return this.#change(async (connection) => {
      const now = await expect(connection, change, expected);
      const { project, kind, id, name, body, updatedAt, by } = change;
      await connection.query(
        `UPDATE saved SET name = $4, body = $5, version = version + 1, updated_at = $6, by = $7
         WHERE project = $1 AND kind = $2 AND id = $3`,
        [project, kind, id, name, JSON.stringify(body), updatedAt, by],
      );
      return { ...now, name, body, updatedAt, by, version: now.version + 1 };
    });
  }

  async remove(place: SavedPlace, expected?: number): Promise<void> {
    await this.#change(async (connection) => {
      await expect(connection, place, expected);
      const { project, kind, id } = place;
      await connection.query('DELETE FROM saved WHERE project = $1 AND kind = $2 AND id = $3', [
        project,
        kind,
        id,
      ]);
    });
  }

  #change<T>(work: (connection: Connection) => Promise<T>): Promise<T> {
    return this.#transaction(async (connection) => {
      await connection.query('UPDATE catalog_version SET saved = saved + 1');
      return work(connection);
    });
  }

  #rows(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#transaction(async (connection) => (await connection.query(text, [...values])).rows as Row[]);
  }
}

async function find(connection: Connection, { project, kind, id }: SavedPlace): Promise<Saved | undefined> {
  const text = 'SELECT * FROM saved WHERE project = $1 AND kind = $2 AND id = $3';
  const { rows } = await connection.query(text, [project, kind, id]);
  return rows[0] && toSaved(rows[0]);
}

/** Errors: not_found, version_outdated. */
async function expect(
  connection: Connection,
  place: SavedPlace,
  expected: number | undefined,
): Promise<Saved> {
  const found = await find(connection, place);
  if (!found) throw failure('not_found', { detail: `there is no ${place.kind} ${place.id}` });
  const { version } = found;
  if (expected !== undefined && version !== expected)
    throw failure('version_outdated', { thing: `the ${place.kind} ${place.id}`, expected, version });
  return found;
}

/** The driver gives a bigint as text; times and versions fit a number. */
export function toSaved(row: Row): Saved {
  return {
    project: row.project as string,
    kind: row.kind as SavedKind,
    id: row.id as string,
    name: row.name as string,
    body: JSON.parse(row.body as string) as Saved['body'],
    version: Number(row.version),
    createdAt: Number(row.created_at),
    updatedAt: Number(row.updated_at),
    by: row.by as string,
  };
}
