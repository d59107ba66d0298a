/** What people keep, in the catalog's SQLite file: one row each, its body as JSON text. */
import type { SQLOutputValue } from 'node:sqlite';
import { failure } from '../../errors.ts';
import type { Saved, SavedChange, SavedKind, SavedPlace, SavedQuery, SavedThings } from '../saved.ts';

type Row = Record<string, SQLOutputValue>;
type Value = string | number;

/** Calls on the catalog's file. */
export interface SavedFile {
  get(sql: string, ...values: Value[]): Row | undefined;
  all(sql: string, ...values: Value[]): Row[];
  run(sql: string, ...values: Value[]): void;
  transaction(work: () => void): void;
}

export class SqliteSaved implements SavedThings {
  readonly #file: SavedFile;

  constructor(file: SavedFile) {
    this.#file = file;
  }

  async version(): Promise<string> {
    const row = this.#file.get('SELECT origin, saved FROM version');
    return `${row?.origin}-${row?.saved}`;
  }

  async list({ project, kind, limit, after = '' }: SavedQuery): Promise<readonly Saved[]> {
    const sql = 'SELECT * FROM saved WHERE project = ? AND kind = ? AND id > ? ORDER BY id LIMIT ?';
    return this.#file.all(sql, project, kind, after, limit).map(toSaved);
  }

  async get(place: SavedPlace): Promise<Saved | undefined> {
    return this.#find(place);
  }

  async create(saved: Saved, countMax: number): Promise<void> {
    const { project, kind, id, name, body, version, createdAt, updatedAt, by } = saved;
    this.#change(() => {
      const owner = this.#file.get('SELECT deleting_since FROM projects WHERE id = ?', project);
      if (owner === undefined) throw failure('not_found', { detail: `there is no project ${project}` });
      if (owner.deleting_since !== null)
        throw failure('conflict', { detail: `project ${project} is being deleted` });
      if (this.#find(saved)) throw failure('conflict', { detail: `there is a ${kind} ${id} already` });
      const counted = this.#file.get(
        'SELECT count(*) AS n FROM saved WHERE project = ? AND kind = ?',
        project,
        kind,
      );
      if ((counted?.n as number) >= countMax) throw failure('saved_full', { kind, countMax });
      this.#file.run(
        'INSERT INTO saved VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[project, kind, id, name, JSON.stringify(body), version, createdAt, updatedAt, by],
      );
    });
  }

  async replace(change: SavedChange, expected?: number): Promise<Saved> {
    let changed: Saved | undefined;
    this.#change(() => {
      const now = this.#expect(change, expected);
      const { project, kind, id, name, body, updatedAt, by } = change;
      this.#file.run(
        `UPDATE saved SET name = ?, body = ?, version = version + 1, updated_at = ?, by = ?
         WHERE project = ? AND kind = ? AND id = ?`,
        ...[name, JSON.stringify(body), updatedAt, by, project, kind, id],
      );
      changed = { ...now, name, body, updatedAt, by, version: now.version + 1 };
    });
    return changed!;
  }

  async remove(place: SavedPlace, expected?: number): Promise<void> {
    this.#change(() => {
      this.#expect(place, expected);
      const { project, kind, id } = place;
      this.#file.run('DELETE FROM saved WHERE project = ? AND kind = ? AND id = ?', project, kind, id);
    });
  }

  #find({ project, kind, id }: SavedPlace): Saved | undefined {
    const sql = 'SELECT * FROM saved WHERE project = ? AND kind = ? AND id = ?';
    const row = this.#file.get(sql, project, kind, id);
    return row && toSaved(row);
  }

  /** Errors: not_found, version_outdated. */
  #expect(place: SavedPlace, expected: number | undefined): Saved {
    const found = this.#find(place);
    if (!found) throw failure('not_found', { detail: `there is no ${place.kind} ${place.id}` });
    const { version } = found;
    if (expected !== undefined && version !== expected)
      throw failure('version_outdated', { thing: `the ${place.kind} ${place.id}`, expected, version });
    return found;
  }

  #change(work: () => void): void {
    this.#file.transaction(() => {
      work();
      this.#file.run('UPDATE version SET saved = saved + 1');
    });
  }
}

function toSaved(row: Row): Saved {
  return {
    project: row.project as string,
    kind: row.kind as SavedKind,
    id: row.id as string,
    name: row.name as string,
    body: JSON.parse(row.body as string) as Saved['body'],
    version: row.version as number,
    createdAt: row.created_at as number,
    updatedAt: row.updated_at as number,
    by: row.by as string,
  };
}
