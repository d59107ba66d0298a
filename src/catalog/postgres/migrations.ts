/** The catalog's tables. A step that was released is never changed: add another. Times are epoch milliseconds. */
import type { MigrationStep } from '../../postgres/migrate.ts';
import { peopleTables } from './postgres-people.ts';
import { sharesTable } from './postgres-shares.ts';

export const migrations: readonly MigrationStep[] = [
  {
    version: 1,
    take: [
      `CREATE TABLE projects (
        id text COLLATE "C" PRIMARY KEY,
        name text NOT NULL,
        created_at bigint NOT NULL,
        deleting_since bigint
      )`,
      `CREATE TABLE keys (
        id text COLLATE "C" PRIMARY KEY,
        project text COLLATE "C" NOT NULL REFERENCES projects (id),
        scope text NOT NULL CHECK (scope IN ('write', 'read', 'admin')),
        name text NOT NULL,
        hash text NOT NULL UNIQUE,
        hint text NOT NULL,
        origins text[] NOT NULL,
        created_at bigint NOT NULL,
        revoked_at bigint
      )`,
      'CREATE INDEX keys_by_project ON keys (project)',
      'CREATE TABLE salts (day bigint PRIMARY KEY, bytes bytea NOT NULL)',
      // one row; origin tells tables that were restored or made anew from these at the same count
      'CREATE TABLE catalog_version (origin text NOT NULL, count bigint NOT NULL)',
      `INSERT INTO catalog_version VALUES (md5(random()::text || clock_timestamp()::text), 0)`,
    ],
  },
  {
    version: 2,
    take: [
      `CREATE TABLE saved (
        project text COLLATE "C" NOT NULL REFERENCES projects (id),
        kind text COLLATE "C" NOT NULL,
        id text COLLATE "C" NOT NULL,
        name text NOT NULL,
        body text NOT NULL,
        version bigint NOT NULL,
        created_at bigint NOT NULL,
        updated_at bigint NOT NULL,
        by text NOT NULL,
        PRIMARY KEY (project, kind, id)
      )`,
      // as count, of what is saved: who holds keys need not read them again when a dashboard changes
      'ALTER TABLE catalog_version ADD COLUMN saved bigint NOT NULL DEFAULT 0',
    ],
  },
  {
    version: 3,
    // JSON; null: as the settings say
    take: ['ALTER TABLE keys ADD COLUMN limits text'],
  },
  { version: 4, take: peopleTables },
  { version: 5, take: sharesTable },
];
