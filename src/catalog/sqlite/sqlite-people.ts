/** People, their roles, links and sessions in the catalog's SQLite file. */
import { DatabaseSync, type SQLOutputValue } from 'node:sqlite';
import { failure } from '../../errors.ts';
import type { NewPerson, People, Person, Role, Rotation, Session, SignInLink } from '../people.ts';

type Row = Record<string, SQLOutputValue>;
type Value = string | number | null;

/** Calls on the catalog's file. */
export interface PeopleFile {
  get(sql: string, ...values: Exclude<Value, null>[]): Row | undefined;
  all(sql: string, ...values: Exclude<Value, null>[]): Row[];
  run(sql: string, ...values: Value[]): void;
  transaction(work: () => void): void;
}

export const peopleTables = `
  CREATE TABLE people (
    id         TEXT PRIMARY KEY,
    email      TEXT UNIQUE,
    name       TEXT,
    password   TEXT,
    created_at INTEGER NOT NULL
  ) STRICT;

  CREATE TABLE memberships (
    person  TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    project TEXT NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    role    TEXT NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
    PRIMARY KEY (person, project)
  ) STRICT, WITHOUT ROWID;
  CREATE INDEX memberships_by_project ON memberships (project);

  CREATE TABLE sign_in_links (
    hash       TEXT PRIMARY KEY,
    person     TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sign_in_links_by_person ON sign_in_links (person);

  CREATE TABLE sessions (
    id             TEXT PRIMARY KEY,
    person         TEXT NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    hash           TEXT NOT NULL UNIQUE,
    previous       TEXT UNIQUE,
    previous_until INTEGER,
    started_by     TEXT NOT NULL CHECK (started_by IN ('link', 'password')),
    created_at     INTEGER NOT NULL,
    rotated_at     INTEGER NOT NULL,
    used_at        INTEGER NOT NULL
  ) STRICT;
  CREATE INDEX sessions_by_person ON sessions (person);
`;

const personColumns = `p.id, p.email, p.name, p.password IS NOT NULL AS has_password, p.created_at,
  (SELECT json_group_object(project, role) FROM memberships WHERE person = p.id) AS roles`;
const newest = 'ORDER BY created_at DESC, rowid DESC LIMIT -1 OFFSET ?';

/** Takes links, sessions and shares out of a copy of the file. */
export function forgetSignIns(path: string): void {
  const copy = new DatabaseSync(path);
  try {
    copy.exec(
      'PRAGMA secure_delete = ON; DELETE FROM sign_in_links; DELETE FROM sessions; DELETE FROM shares',
    );
  } finally {
    copy.close();
  }
}

export class SqlitePeople implements People {
  readonly #file: PeopleFile;

  constructor(file: PeopleFile) {
    this.#file = file;
  }

  async all(): Promise<readonly Person[]> {
    return this.#file.all(`SELECT ${personColumns} FROM people p ORDER BY created_at, id`).map(toPerson);
  }

  async get(id: string): Promise<Person | undefined> {
    return this.#person('id', id);
  }

  async find(email: string): Promise<Person | undefined> {
    return this.#person('email', email);
  }

  async create(person: NewPerson, countMax: number): Promise<void> {
    const { id, email = null, name = null, password = null, createdAt } = person;
    this.#file.transaction(() => {
      if (this.#person('id', id)) throw failure('conflict', { detail: `there is a person ${id} already` });
      this.#refuseEmail(email, id);
      if ((this.#file.get('SELECT count(*) AS n FROM people')?.n as number) >= countMax)
        throw failure('conflict', { detail: `there are ${countMax} people, which is the limit` });
      this.#file.run('INSERT INTO people VALUES (?, ?, ?, ?, ?)', id, email, name, password, createdAt);
      for (const [project, role] of person.roles) this.#give(id, project, role);
    });
  }

  async rename(id: string, { email, name }: Pick<Person, 'email' | 'name'>): Promise<void> {
    this.#file.transaction(() => {
      this.#expect(id);
      this.#refuseEmail(email ?? null, id);
      this.#file.run(
        'UPDATE people SET email = coalesce(?, email), name = coalesce(?, name) WHERE id = ?',
        email ?? null,
        name ?? null,
        id,
      );
    });
  }

  async setRole(id: string, project: string, role: Role | undefined): Promise<void> {
    this.#file.transaction(() => {
      this.#expect(id);
      if (role !== undefined) this.#give(id, project, role);
      else this.#file.run('DELETE FROM memberships WHERE person = ? AND project = ?', id, project);
    });
  }

  async remove(id: string): Promise<void> {
    this.#file.transaction(() => {
      this.#expect(id);
      this.#file.run('DELETE FROM people WHERE id = ?', id);
    });
  }

  async passwordOf(id: string): Promise<string | undefined> {
    return (this.#file.get('SELECT password FROM people WHERE id = ?', id)?.password ?? undefined) as
      | string
      | undefined;
  }

  async setPassword(id: string, password: string, keep = ''): Promise<void> {
    this.#file.transaction(() => {
      this.#expect(id);
      this.#file.run('UPDATE people SET password = ? WHERE id = ?', password, id);
      this.#file.run('DELETE FROM sign_in_links WHERE person = ?', id);
      this.#file.run('DELETE FROM sessions WHERE person = ? AND id <> ?', id, keep);
    });
  }

  async addLink({ hash, person, createdAt, expiresAt }: SignInLink, countMax: number): Promise<void> {
    this.#file.transaction(() => {
      this.#expect(person);
      this.#file.run('INSERT INTO sign_in_links VALUES (?, ?, ?, ?)', hash, person, createdAt, expiresAt);
      const oldest = `SELECT hash FROM sign_in_links WHERE person = ? ${newest}`;
      this.#file.run(`DELETE FROM sign_in_links WHERE hash IN (${oldest})`, person, countMax);
    });
  }

  async takeLink(hash: string, now: number): Promise<string | undefined> {
    let person: string | undefined;
    this.#file.transaction(() => {
      const sql = 'SELECT person FROM sign_in_links WHERE hash = ? AND expires_at > ?';
      person = this.#file.get(sql, hash, now)?.person as string | undefined;
      if (person !== undefined) this.#file.run('DELETE FROM sign_in_links WHERE person = ?', person);
    });
    return person;
  }

  async addSession(session: Session, countMax: number): Promise<void> {
    const { id, person, hash, previous, previousUntil, startedBy, createdAt, rotatedAt, usedAt } = session;
    this.#file.transaction(() => {
      this.#expect(person);
      this.#file.run(
        'INSERT INTO sessions VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)',
        ...[id, person, hash, previous ?? null, previousUntil ?? null, startedBy],
        ...[createdAt, rotatedAt, usedAt],
      );
      const oldest = `SELECT id FROM sessions WHERE person = ? ${newest}`;
      this.#file.run(`DELETE FROM sessions WHERE id IN (${oldest})`, person, countMax);
    });
  }

  async session(hash: string, now: number) {
    const sql = 'SELECT * FROM sessions WHERE hash = ? OR (previous = ? AND previous_until > ?)';
    const row = this.#file.get(sql, hash, hash, now);
    const person = row && this.#person('id', row.person as string);
    return row && person && { session: toSession(row), person };
  }

  async sessionsOf(person: string): Promise<readonly Session[]> {
    const sql = 'SELECT * FROM sessions WHERE person = ? ORDER BY created_at, id';
    return this.#file.all(sql, person).map(toSession);
  }

  async rotate({ id, from, to, at, previous, previousUntil }: Rotation): Promise<boolean> {
    let isDone = false;
    this.#file.transaction(() => {
      isDone = this.#file.get('SELECT id FROM sessions WHERE id = ? AND hash = ?', id, from) !== undefined;
      if (!isDone) return;
      this.#file.run(
        `UPDATE sessions SET hash = ?, previous = ?, previous_until = ?, rotated_at = ?, used_at = ? WHERE id = ?`,
        ...[to, previous, previousUntil, at, at, id],
      );
    });
    return isDone;
  }

  async touch(id: string, at: number): Promise<void> {
    this.#file.run('UPDATE sessions SET used_at = ? WHERE id = ? AND used_at < ?', at, id, at);
  }

  async endSession(id: string): Promise<void> {
    this.#file.run('DELETE FROM sessions WHERE id = ?', id);
  }

  async endSessions(person: string): Promise<number> {
    let ended = 0;
    this.#file.transaction(() => {
      ended = this.#file.get('SELECT count(*) AS n FROM sessions WHERE person = ?', person)?.n as number;
      this.#file.run('DELETE FROM sessions WHERE person = ?', person);
    });
    return ended;
  }

  async sweep({ now, usedBefore, createdBefore }: Parameters<People['sweep']>[0]): Promise<void> {
    this.#file.transaction(() => {
      this.#file.run('DELETE FROM sign_in_links WHERE expires_at <= ?', now);
      const past = 'DELETE FROM sessions WHERE used_at < ? OR created_at < ?';
      this.#file.run(past, usedBefore, createdBefore);
    });
  }

  #person(column: 'id' | 'email', value: string): Person | undefined {
    const row = this.#file.get(`SELECT ${personColumns} FROM people p WHERE p.${column} = ?`, value);
    return row && toPerson(row);
  }

  #expect(id: string): void {
    if (!this.#file.get('SELECT id FROM people WHERE id = ?', id))
      throw failure('not_found', { detail: `there is no person ${id}` });
  }

  #refuseEmail(email: string | null, id: string): void {
    if (email !== null && this.#file.get('SELECT id FROM people WHERE email = ? AND id <> ?', email, id))
      throw failure('conflict', { detail: 'there is a person with this e-mail already' });
  }

  #give(id: string, project: string, role: Role): void {
    const owner = this.#file.get('SELECT deleting_since FROM projects WHERE id = ?', project);
    if (owner === undefined) throw failure('not_found', { detail: `there is no project ${project}` });
    if (owner.deleting_since !== null)
      throw failure('conflict', { detail: `project ${project} is being deleted` });
    const sql = 'INSERT INTO memberships VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET role = excluded.role';
    this.#file.run(sql, id, project, role);
  }
}

function toPerson(row: Row): Person {
  return {
    id: row.id as string,
    ...(row.email !== null && { email: row.email as string }),
    ...(row.name !== null && { name: row.name as string }),
    roles: new Map(Object.entries(JSON.parse(row.roles as string) as Record<string, Role>)),
    hasPassword: row.has_password === 1,
    createdAt: row.created_at as number,
  };
}

function toSession(row: Row): Session {
  return {
    id: row.id as string,
    person: row.person as string,
    hash: row.hash as string,
    ...(row.previous !== null && {
      previous: row.previous as string,
      previousUntil: row.previous_until as number,
    }),
    startedBy: row.started_by as Session['startedBy'],
    createdAt: row.created_at as number,
    rotatedAt: row.rotated_at as number,
    usedAt: row.used_at as number,
  };
}
