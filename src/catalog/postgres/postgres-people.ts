/** People, their roles, links and sessions in PostgreSQL. Every change of them takes the lock of the person's row first. */
import { failure } from '../../errors.ts';
import type { Connection } from '../../postgres/postgres-pool.ts';
import type { NewPerson, People, Person, Role, Rotation, Session, SignInLink } from '../people.ts';

type Row = Readonly<Record<string, unknown>>;
export type PeopleTransaction = <T>(work: (connection: Connection) => Promise<T>) => Promise<T>;

export const peopleTables: readonly string[] = [
  `CREATE TABLE people (
    id text COLLATE "C" PRIMARY KEY,
    email text COLLATE "C" UNIQUE,
    name text,
    password text,
    created_at bigint NOT NULL
  )`,
  `CREATE TABLE memberships (
    person text COLLATE "C" NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    project text COLLATE "C" NOT NULL REFERENCES projects (id) ON DELETE CASCADE,
    role text NOT NULL CHECK (role IN ('viewer', 'editor', 'admin')),
    PRIMARY KEY (person, project)
  )`,
  'CREATE INDEX memberships_by_project ON memberships (project)',
  `CREATE TABLE sign_in_links (
    hash text COLLATE "C" PRIMARY KEY,
    person text COLLATE "C" NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    created_at bigint NOT NULL,
    expires_at bigint NOT NULL
  )`,
  'CREATE INDEX sign_in_links_by_person ON sign_in_links (person)',
  `CREATE TABLE sessions (
    id text COLLATE "C" PRIMARY KEY,
    person text COLLATE "C" NOT NULL REFERENCES people (id) ON DELETE CASCADE,
    hash text COLLATE "C" NOT NULL UNIQUE,
    previous text COLLATE "C" UNIQUE,
    previous_until bigint,
    started_by text NOT NULL CHECK (started_by IN ('link', 'password')),
    created_at bigint NOT NULL,
    rotated_at bigint NOT NULL,
    used_at bigint NOT NULL
  )`,
  'CREATE INDEX sessions_by_person ON sessions (person)',
];

const people = `SELECT p.id, p.email, p.name, p.password IS NOT NULL AS has_password, p.created_at,
  ARRAY(SELECT ARRAY[project, role] FROM memberships WHERE person = p.id ORDER BY project) AS roles FROM people p`;

export class PostgresPeople implements People {
  readonly #transaction: PeopleTransaction;

  constructor(transaction: PeopleTransaction) {
    this.#transaction = transaction;
  }

  async all(): Promise<readonly Person[]> {
    return (await this.#rows(`${people} ORDER BY created_at, id`, [])).map(toPerson);
  }

  async get(id: string): Promise<Person | undefined> {
    return (await this.#rows(`${people} WHERE id = $1`, [id])).map(toPerson)[0];
  }

  async find(email: string): Promise<Person | undefined> {
    return (await this.#rows(`${people} WHERE email = $1`, [email])).map(toPerson)[0];
  }

  async create(person: NewPerson, countMax: number): Promise<void> {
    const { id, email, name, password, createdAt } = person;
    await this.#transaction(async (connection) => {
      // one after the other, so that what was checked still holds when it is written
      await connection.query('LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE');
      const same = await connection.query('SELECT FROM people WHERE id = $1', [id]);
      if (same.rowCount) throw failure('conflict', { detail: `there is a person ${id} already` });
      await refuseEmail(connection, email, id);
      const counted = await connection.query('SELECT count(*) AS n FROM people');
      if (Number(counted.rows[0].n) >= countMax)
        throw failure('conflict', { detail: `there are ${countMax} people, which is the limit` });
      const values = [id, email ?? null, name ?? null, password ?? null, createdAt];
      await connection.query('INSERT INTO people VALUES ($1, $2, $3, $4, $5)', values);
      for (const [project, role] of person.roles) await give(connection, id, project, role);
    });
  }

  async rename(id: string, { email, name }: Pick<Person, 'email' | 'name'>): Promise<void> {
    await this.#transaction(async (connection) => {
      await connection.query('LOCK TABLE people IN SHARE ROW EXCLUSIVE MODE');
      await expect(connection, id);
      await refuseEmail(connection, email, id);
      await connection.query(
        'UPDATE people SET email = coalesce($2, email), name = coalesce($3, name) WHERE id = $1',
        [id, email ?? null, name ?? null],
      );
    });
  }

  async setRole(id: string, project: string, role: Role | undefined): Promise<void> {
    await this.#transaction(async (connection) => {
      await expect(connection, id);
      if (role !== undefined) await give(connection, id, project, role);
      else
        await connection.query('DELETE FROM memberships WHERE person = $1 AND project = $2', [id, project]);
    });
  }

  async remove(id: string): Promise<void> {
    await this.#transaction(async (connection) => {
      await expect(connection, id);
      await connection.query('DELETE FROM people WHERE id = $1', [id]);
    });
  }

  async passwordOf(id: string): Promise<string | undefined> {
    const [row] = await this.#rows('SELECT password FROM people WHERE id = $1', [id]);
    return (row?.password ?? undefined) as string | undefined;
  }

  async setPassword(id: string, password: string, keep = ''): Promise<void> {
    await this.#transaction(async (connection) => {
      await expect(connection, id);
      await connection.query('UPDATE people SET password = $2 WHERE id = $1', [id, password]);
      await connection.query('DELETE FROM sign_in_links WHERE person = $1', [id]);
      await connection.query('DELETE FROM sessions WHERE person = $1 AND id <> $2', [id, keep]);
    });
  }

  async addLink({ hash, person, createdAt, expiresAt }: SignInLink, countMax: number): Promise<void> {
    await this.#transaction(async (connection) => {
      await expect(connection, person);
      const values = [hash, person, createdAt, expiresAt];
      await connection.query('INSERT INTO sign_in_links VALUES ($1, $2, $3, $4)', values);
      await connection.query(
        `DELETE FROM sign_in_links WHERE hash IN
         (SELECT hash FROM sign_in_links WHERE person = $1 ORDER BY hash = $3 DESC, created_at DESC, hash OFFSET $2)`,
        [person, countMax, hash],
      );
    });
  }

  async takeLink(hash: string, now: number): Promise<string | undefined> {
    return this.#transaction(async (connection) => {
      const { rows } = await connection.query(
        'DELETE FROM sign_in_links WHERE hash = $1 AND expires_at > $2 RETURNING person',
        [hash, now],
      );
      const person = rows[0]?.person as string | undefined;
      if (person !== undefined)
        await connection.query('DELETE FROM sign_in_links WHERE person = $1', [person]);
      return person;
    });
  }

  async addSession(session: Session, countMax: number): Promise<void> {
    const { id, person, hash, previous, previousUntil, startedBy, createdAt, rotatedAt, usedAt } = session;
    await this.#transaction(async (connection) => {
      await expect(connection, person);
      await connection.query('INSERT INTO sessions VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)', [
        ...[id, person, hash, previous ?? null, previousUntil ?? null, startedBy],
        ...[createdAt, rotatedAt, usedAt],
      ]);
      await connection.query(
        `DELETE FROM sessions WHERE id IN
         (SELECT id FROM sessions WHERE person = $1 ORDER BY id = $3 DESC, created_at DESC, id OFFSET $2)`,
        [person, countMax, id],
      );
    });
  }

  async session(hash: string, now: number) {
    return this.#transaction(async (connection) => {
      const text = 'SELECT * FROM sessions WHERE hash = $1 OR (previous = $1 AND previous_until > $2)';
      const found = await connection.query(text, [hash, now]);
      if (!found.rowCount) return undefined;
      const session = toSession(found.rows[0]);
      const { rows } = await connection.query(`${people} WHERE id = $1`, [session.person]);
      return rows[0] && { session, person: toPerson(rows[0]) };
    });
  }

  async sessionsOf(person: string): Promise<readonly Session[]> {
    const text = 'SELECT * FROM sessions WHERE person = $1 ORDER BY created_at, id';
    return (await this.#rows(text, [person])).map(toSession);
  }

  async rotate({ id, from, to, at, previous, previousUntil }: Rotation): Promise<boolean> {
    return this.#transaction(async (connection) => {
      const done = await connection.query(
        `UPDATE sessions SET hash = $3, previous = $6, previous_until = $5, rotated_at = $4, used_at = $4
         WHERE id = $1 AND hash = $2`,
        [id, from, to, at, previousUntil, previous],
      );
      return done.rowCount === 1;
    });
  }

  async touch(id: string, at: number): Promise<void> {
    await this.#rows('UPDATE sessions SET used_at = $2 WHERE id = $1 AND used_at < $2', [id, at]);
  }

  async endSession(id: string): Promise<void> {
    await this.#rows('DELETE FROM sessions WHERE id = $1', [id]);
  }

  async endSessions(person: string): Promise<number> {
    return this.#transaction(async (connection) => {
      const { rowCount } = await connection.query('DELETE FROM sessions WHERE person = $1', [person]);
      return rowCount ?? 0;
    });
  }

  async sweep({ now, usedBefore, createdBefore }: Parameters<People['sweep']>[0]): Promise<void> {
    await this.#transaction(async (connection) => {
      await connection.query('DELETE FROM sign_in_links WHERE expires_at <= $1', [now]);
      const past = 'DELETE FROM sessions WHERE used_at < $1 OR created_at < $2';
      await connection.query(past, [usedBefore, createdBefore]);
    });
  }

  #rows(text: string, values: readonly unknown[]): Promise<readonly Row[]> {
    return this.#transaction(async (connection) => (await connection.query(text, [...values])).rows as Row[]);
  }
}

/** All of them with what is kept of their passwords, for a copy. */
export async function peopleForCopy(connection: Connection) {
  const { rows } = await connection.query(
    `SELECT all_of.*, p.password FROM (${people}) all_of JOIN people p USING (id) ORDER BY id`,
  );
  return rows.map((row: Row) => ({
    ...toPerson(row),
    roles: Object.fromEntries(toPerson(row).roles),
    password: row.password,
  }));
}

/** Locks the person's row, so that nobody is removed amid a change. Errors: not_found. */
async function expect(connection: Connection, id: string): Promise<void> {
  const found = await connection.query('SELECT FROM people WHERE id = $1 FOR UPDATE', [id]);
  if (!found.rowCount) throw failure('not_found', { detail: `there is no person ${id}` });
}

async function refuseEmail(connection: Connection, email: string | undefined, id: string): Promise<void> {
  if (email === undefined) return;
  const same = await connection.query('SELECT FROM people WHERE email = $1 AND id <> $2', [email, id]);
  if (same.rowCount) throw failure('conflict', { detail: 'there is a person with this e-mail already' });
}

async function give(connection: Connection, id: string, project: string, role: Role): Promise<void> {
  const owner = await connection.query('SELECT deleting_since FROM projects WHERE id = $1 FOR SHARE', [
    project,
  ]);
  if (!owner.rowCount) throw failure('not_found', { detail: `there is no project ${project}` });
  if (owner.rows[0].deleting_since !== null)
    throw failure('conflict', { detail: `project ${project} is being deleted` });
  await connection.query(
    'INSERT INTO memberships VALUES ($1, $2, $3) ON CONFLICT (person, project) DO UPDATE SET role = excluded.role',
    [id, project, role],
  );
}

function toPerson(row: Row): Person {
  return {
    id: row.id as string,
    ...(row.email !== null && { email: row.email as string }),
    ...(row.name !== null && { name: row.name as string }),
    roles: new Map(row.roles as [string, Role][]),
    hasPassword: row.has_password as boolean,
    createdAt: Number(row.created_at),
  };
}

function toSession(row: Row): Session {
  return {
    id: row.id as string,
    person: row.person as string,
    hash: row.hash as string,
    ...(row.previous !== null && {
      previous: row.previous as string,
      previousUntil: Number(row.previous_until),
    }),
    startedBy: row.started_by as Session['startedBy'],
    createdAt: Number(row.created_at),
    rotatedAt: Number(row.rotated_at),
    usedAt: Number(row.used_at),
  };
}
