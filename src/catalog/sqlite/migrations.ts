/**
 * The catalog's schema, one step per entry; `PRAGMA user_version` counts the steps that a file has taken.
 * A step that was released is never changed: add another.
 */
import { peopleTables } from './sqlite-people.ts';
import { sharesTable } from './sqlite-shares.ts';

export const migrations: readonly string[] = [
  `
  CREATE TABLE projects (
    id             TEXT PRIMARY KEY,
    name           TEXT NOT NULL,
    created_at     INTEGER NOT NULL,
    deleting_since INTEGER
  ) STRICT;

  CREATE TABLE keys (
    id         TEXT PRIMARY KEY,
    project    TEXT NOT NULL REFERENCES projects (id),
    scope      TEXT NOT NULL CHECK (scope IN ('write', 'read', 'admin')),
    name       TEXT NOT NULL,
    hash       TEXT NOT NULL UNIQUE,
    hint       TEXT NOT NULL,
    origins    TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    revoked_at INTEGER
  ) STRICT;
  CREATE INDEX keys_by_project ON keys (project);

  CREATE TABLE salts (
    day   INTEGER PRIMARY KEY,
    bytes BLOB NOT NULL
  ) STRICT;

  -- One row. 'origin' tells a file that was replaced by another from the same file at the same count.
  CREATE TABLE version (
    origin TEXT NOT NULL,
    count  INTEGER NOT NULL
  ) STRICT;
  INSERT INTO version VALUES (lower(hex(randomblob(8))), 0);
  `,
  `
  CREATE TABLE saved (
    project    TEXT NOT NULL REFERENCES projects (id),
    kind       TEXT NOT NULL,
    id         TEXT NOT NULL,
    name       TEXT NOT NULL,
    body       TEXT NOT NULL,
    version    INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    updated_at INTEGER NOT NULL,
    by         TEXT NOT NULL,
    PRIMARY KEY (project, kind, id)
  ) STRICT, WITHOUT ROWID;

  -- as 'count', of what is saved: who holds keys need not read them again when a dashboard changes
  ALTER TABLE version ADD COLUMN saved INTEGER NOT NULL DEFAULT 0;
  `,
  // JSON; null: as the settings say
  'ALTER TABLE keys ADD COLUMN limits TEXT',
  peopleTables,
  sharesTable,
];
