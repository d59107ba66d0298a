/**
 * Who may sign in to the dashboard, what they may do in which project, and the links and sessions that they hold. To the catalog a
 * password is text that somebody else made and checks. Promises, each a test of `testing/people-suite.ts`:
 *  1. What a call resolved for is durable and seen by the next call, and by other processes.
 *  2. Ids and e-mails are unique: a second one is `conflict`. So is a role in a project that is being deleted.
 *  3. A link is taken once, whoever comes at the same moment, and not after its time; taking it ends the others of that person.
 *  4. A session is found by its token's hash, and by the one before until that one's time is over.
 *  5. One of two rotations of the same token at the same moment is done, the other is told so.
 *  6. Who is removed has no link and no session any more, nor has who got a new password, but for the session that set it.
 *  7. A person holds at most as many links and sessions as the caller says; the oldest make room.
 *  8. Roles go with their project, people do not.
 *  9. A copy made by `copyTo` has people and roles, and neither links nor sessions: what was ended must not come back with it.
 */

export const roles = ['viewer', 'editor', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who is admin of this project keeps the whole house: every project and everybody. */
export const houseProject = 'default';

export interface Person {
  readonly id: string;
  /** In its canonical form; absent: the first one, who has not said it yet. */
  readonly email?: string;
  readonly name?: string;
  /** By project. A Map, since a project may be called `constructor`. */
  readonly roles: ReadonlyMap<string, Role>;
  readonly hasPassword: boolean;
  /** Epoch ms. */
  readonly createdAt: number;
}

export interface NewPerson extends Omit<Person, 'hasPassword'> {
  /** What is kept of it. */
  readonly password?: string;
}

export interface SignInLink {
  /** SHA-256 of its token, hex; so with sessions. */
  readonly hash: string;
  readonly person: string;
  readonly createdAt: number;
  readonly expiresAt: number;
}

export interface Session {
  /** Not secret: it names the session in lists. */
  readonly id: string;
  readonly person: string;
  readonly hash: string;
  /** The token before this one, good until `previousUntil`. */
  readonly previous?: string;
  readonly previousUntil?: number;
  readonly startedBy: 'link' | 'password';
  readonly createdAt: number;
  readonly rotatedAt: number;
  readonly usedAt: number;
}

export interface Rotation {
  readonly id: string;
  /** The present one. */
  readonly from: string;
  readonly to: string;
  readonly at: number;
  /** What stays good until `previousUntil`: `from`, or the one before it, which is still what the browser has. */
  readonly previous: string;
  readonly previousUntil: number;
}

export interface People {
  /** In the order in which they came. */
  all(): Promise<readonly Person[]>;
  get(id: string): Promise<Person | undefined>;
  find(email: string): Promise<Person | undefined>;
  /** Errors: conflict, also over `countMax` people; not_found for a project. */
  create(person: NewPerson, countMax: number): Promise<void>;
  /** Errors: not_found, conflict. */
  rename(id: string, change: Pick<Person, 'email' | 'name'>): Promise<void>;
  /** `role` undefined: none. Errors: not_found for the person or the project, conflict. */
  setRole(id: string, project: string, role: Role | undefined): Promise<void>;
  /** Errors: not_found. */
  remove(id: string): Promise<void>;
  /** What is kept of the password. */
  passwordOf(id: string): Promise<string | undefined>;
  /** Ends links and sessions, but for the session `keep`. Errors: not_found. */
  setPassword(id: string, password: string, keep?: string): Promise<void>;

  /** Errors: not_found for its person. */
  addLink(link: SignInLink, countMax: number): Promise<void>;
  /** The id of its person, once. */
  takeLink(hash: string, now: number): Promise<string | undefined>;

  /** Errors: not_found for its person. */
  addSession(session: Session, countMax: number): Promise<void>;
  session(
    hash: string,
    now: number,
  ): Promise<{ readonly session: Session; readonly person: Person } | undefined>;
  sessionsOf(person: string): Promise<readonly Session[]>;
  /** False: somebody else was first, or it has ended. */
  rotate(rotation: Rotation): Promise<boolean>;
  touch(id: string, at: number): Promise<void>;
  /** One that has ended already is fine. */
  endSession(id: string): Promise<void>;
  /** How many there were. */
  endSessions(person: string): Promise<number>;
  /** Removes links past their time, and sessions not used since, or begun before. */
  sweep(past: {
    readonly now: number;
    readonly usedBefore: number;
    readonly createdBefore: number;
  }): Promise<void>;
}
