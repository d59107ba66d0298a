/** Links to dashboards in the catalog's SQLite file. They reference what they show, so they cannot outlive it. */
import type { SQLOutputValue } from 'node:sqlite';
import { failure } from '../../errors.ts';
import type { Share, SharePlace, Shares } from '../shares.ts';
import type { PeopleFile } from './sqlite-people.ts';

type Row = Record<string, SQLOutputValue>;

export const sharesTable = `
  CREATE TABLE shares (
    id         TEXT PRIMARY KEY,
    project    TEXT NOT NULL,
    kind       TEXT NOT NULL DEFAULT 'dashboard' CHECK (kind = 'dashboard'),
    dashboard  TEXT NOT NULL,
    name       TEXT,
    hash       TEXT NOT NULL UNIQUE,
    password   TEXT,
    can_embed  INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER,
    by         TEXT NOT NULL,
    FOREIGN KEY (project, kind, dashboard) REFERENCES saved (project, kind, id) ON DELETE CASCADE
  ) STRICT;
  CREATE INDEX shares_by_dashboard ON shares (project, kind, dashboard);
`;

const columns = 'id, project, dashboard, name, hash, password, can_embed, created_at, expires_at, by';
const inOrder = 'ORDER BY created_at, id';

export class SqliteShares implements Shares {
  readonly #file: PeopleFile;

  constructor(file: PeopleFile) {
    this.#file = file;
  }

  async list(project: string, dashboard?: string): Promise<readonly Share[]> {
    const all = `SELECT ${columns} FROM shares WHERE project = ?`;
    const rows =
      dashboard === undefined
        ? this.#file.all(`${all} ${inOrder}`, project)
        : this.#file.all(`${all} AND dashboard = ? ${inOrder}`, project, dashboard);
    return rows.map(toShare);
  }

  async find(hash: string): Promise<Share | undefined> {
    const row = this.#file.get(
      `SELECT ${columns} FROM shares WHERE hash = ?
       AND project IN (SELECT id FROM projects WHERE deleting_since IS NULL)`,
      hash,
    );
    return row && toShare(row);
  }

  async create(share: Share, countMax: number): Promise<void> {
    const { id, project, dashboard, name, hash, password, canEmbed, createdAt, expiresAt, by } = share;
    this.#file.transaction(() => {
      const board = `SELECT id FROM saved WHERE project = ? AND kind = 'dashboard' AND id = ?`;
      if (!this.#file.get(board, project, dashboard))
        throw failure('not_found', { detail: `there is no dashboard ${dashboard}` });
      if (this.#file.get('SELECT id FROM shares WHERE id = ? OR hash = ?', id, hash))
        throw failure('conflict', { detail: `there is a share ${id} already` });
      const counted = this.#file.get(
        'SELECT count(*) AS n FROM shares WHERE project = ? AND dashboard = ?',
        project,
        dashboard,
      );
      if ((counted?.n as number) >= countMax) throw sharesFull(countMax);
      this.#file.run(
        `INSERT INTO shares (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
        ...[id, project, dashboard, name ?? null, hash, password ?? null],
        ...[canEmbed ? 1 : 0, createdAt, expiresAt ?? null, by],
      );
    });
  }

  async remove({ project, dashboard, id }: SharePlace): Promise<void> {
    const where = 'WHERE project = ? AND dashboard = ? AND id = ?';
    this.#file.transaction(() => {
      if (!this.#file.get(`SELECT id FROM shares ${where}`, project, dashboard, id))
        throw failure('not_found', { detail: `there is no share ${id} of the dashboard ${dashboard}` });
      this.#file.run(`DELETE FROM shares ${where}`, project, dashboard, id);
    });
  }
}

const sharesFull = (countMax: number) =>
  failure('conflict', {
    detail: `the dashboard has ${countMax} links already, which is the limit; revoke some that nobody needs`,
  });

function toShare(row: Row): Share {
  return {
    id: row.id as string,
    project: row.project as string,
    dashboard: row.dashboard as string,
    ...(row.name !== null && { name: row.name as string }),
    hash: row.hash as string,
    ...(row.password !== null && { password: row.password as string }),
    canEmbed: row.can_embed === 1,
    createdAt: row.created_at as number,
    ...(row.expires_at !== null && { expiresAt: row.expires_at as number }),
    by: row.by as string,
  };
}
