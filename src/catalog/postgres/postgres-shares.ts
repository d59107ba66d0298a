/** Links to dashboards, in PostgreSQL. They reference what they show, so they cannot outlive it. */
import { failure } from '../../errors.ts';
import type { Share, SharePlace, Shares } from '../shares.ts';
import type { SavedTransaction } from './postgres-saved.ts';

type Row = Readonly<Record<string, unknown>>;

export const sharesTable: readonly string[] = [
  `CREATE TABLE shares (
    id text COLLATE "C" PRIMARY KEY,
    project text COLLATE "C" NOT NULL,
    kind text COLLATE "C" NOT NULL DEFAULT 'dashboard' CHECK (kind = 'dashboard'),
    dashboard text COLLATE "C" NOT NULL,
    name text,
    hash text NOT NULL UNIQUE,
    password text,
    can_embed boolean NOT NULL,
    created_at bigint NOT NULL,
    expires_at bigint,
    by text NOT NULL,
    FOREIGN KEY (project, kind, dashboard) REFERENCES saved (project, kind, id) ON DELETE CASCADE
  )`,
  'CREATE INDEX shares_by_dashboard ON shares (project, kind, dashboard)',
];

const columns = 'id, project, dashboard, name, hash, password, can_embed, created_at, expires_at, by';

export class PostgresShares implements Shares {
  readonly #transaction: SavedTransaction;

  constructor(transaction: SavedTransaction) {
    this.#transaction = transaction;
  }

  async list(project: string, dashboard?: string): Promise<readonly Share[]> {
    const text = `SELECT ${columns} FROM shares
      WHERE project = $1 AND ($2::text IS NULL OR dashboard = $2) ORDER BY created_at, id`;
    return (await this.#rows(text, [project, dashboard ?? null])).map(toShare);
  }

  async find(hash: string): Promise<Share | undefined> {
    const text = `SELECT ${columns} FROM shares WHERE hash = $1
      AND project IN (SELECT id FROM projects WHERE deleting_since IS NULL)`;
    const [row] = await this.#rows(text, [hash]);
    return row && toShare(row);
  }

  async create(share: Share, countMax: number): Promise<void> {
    const { id, project, dashboard, name, hash, password, canEmbed, createdAt, expiresAt, by } = share;
    await this.#transaction(async (connection) => {
      // its lock holds the count and the dashboard as they are
      const board = await connection.query(
        `SELECT FROM saved WHERE project = $1 AND kind = 'dashboard' AND id = $2 FOR UPDATE`,
        [project, dashboard],
      );
      if (!board.rowCount) throw failure('not_found', { detail: `there is no dashboard ${dashboard}` });
      const same = await connection.query('SELECT FROM shares WHERE id = $1 OR hash = $2', [id, hash]);
      if (same.rowCount) throw failure('conflict', { detail: `there is a share ${id} already` });
      const counted = await connection.query(
        'SELECT count(*) AS n FROM shares WHERE project = $1 AND dashboard = $2',
        [project, dashboard],
      );
      if (Number(counted.rows[0].n) >= countMax) {
        const detail = `the dashboard has ${countMax} links already, which is the limit; revoke some that nobody needs`;
        throw failure('conflict', { detail });
      }
      await connection.query(
        `INSERT INTO shares (${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
        [
          ...[id, project, dashboard, name ?? null, hash, password ?? null],
          ...[canEmbed, createdAt, expiresAt ?? null, by],
        ],
      );
    });
  }

  async remove({ project, dashboard, id }: SharePlace): Promise<void> {
    const text = 'DELETE FROM shares WHERE project = $1 AND dashboard = $2 AND id = $3';
    const { rowCount } = await this.#transaction((connection) =>
      connection.query(text, [project, dashboard, id]),
    );
    if (!rowCount)
      throw failure('not_found', { detail: `there is no share ${id} of the dashboard ${dashboard}` });
  }

  #rows(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#transaction(async (connection) => (await connection.query(text, [...values])).rows as Row[]);
  }
}

function toShare(row: Row): Share {
  return {
    id: row.id as string,
    project: row.project as string,
    dashboard: row.dashboard as string,
    ...(row.name !== null && { name: row.name as string }),
    hash: row.hash as string,
    ...(row.password !== null && { password: row.password as string }),
    canEmbed: row.can_embed as boolean,
    createdAt: Number(row.created_at),
    ...(row.expires_at !== null && { expiresAt: Number(row.expires_at) }),
    by: row.by as string,
  };
}
