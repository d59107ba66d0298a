/**
 * Sessions: found by their token, at each request, in the catalog, so that what was ended is ended at once and everywhere. A token is
 * used for a day, then the next answer brings a new one; the old one is good for a minute more, for requests that are under way.
 */
import type { Random } from '../catalog/keys.ts';
import type { People, Person, Session } from '../catalog/people.ts';
import { type Clock, millisecondsPerDay } from '../clock.ts';
import { roleIn } from './rights.ts';
import { hashOfToken, makeId, makeToken } from './tokens.ts';

export interface SessionsOptions {
  readonly people: People;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

/** A person's grant, by the names that grants have. */
export interface Held {
  readonly keyId: string;
  readonly session?: string;
  readonly project: string;
}

export interface Found {
  readonly session: Session;
  readonly person: Person;
  /** Takes the place of the one that was sent. */
  readonly newToken?: string;
}

/** Not used for so long, it has ended. */
export const sessionIdleMs = 14 * millisecondsPerDay;
/** However much it is used. */
export const sessionAgeMs = 90 * millisecondsPerDay;
export const rotationMs = millisecondsPerDay;
export const previousMs = 60_000;
/** What requests that were under way at a rotation may take to arrive. */
const lostMs = 5_000;
/** How exactly the last use is known: not every request writes. */
const touchMs = 10 * 60_000;
export const sessionsMax = 50;

export class Sessions {
  readonly #people: People;
  readonly #clock: SessionsOptions['clock'];
  readonly #random: Random;

  constructor({ people, clock, random }: SessionsOptions) {
    this.#people = people;
    this.#clock = clock;
    this.#random = random;
  }

  /** Whose token this is; undefined: nobody's, or not any more. Errors: catalog_unavailable. */
  async find(token: string): Promise<Found | undefined> {
    const hash = hashOfToken('session', token);
    const now = this.#clock.now();
    const found = hash === undefined ? undefined : await this.#people.session(hash, now);
    if (hash === undefined || found === undefined) return undefined;
    const { session, person } = found;
    if (isOver(session, now)) {
      await this.#people.endSession(session.id);
      return undefined;
    }
    if (isDue(session, hash, now)) return this.#rotated(session, person, hash);
    // the first use of a new token tells that the browser has it
    const isNew =
      session.hash === hash && session.previous !== undefined && session.usedAt === session.rotatedAt;
    if (isNew || now - session.usedAt >= touchMs)
      await this.#people.touch(session.id, Math.max(now, session.usedAt + 1));
    return { session, person };
  }

  /** Whether a session that was found once goes on, and its person has a part in the project. Errors: catalog_unavailable. */
  async holds({ keyId, session: id, project }: Held): Promise<boolean> {
    const person = await this.#people.get(keyId);
    if (person === undefined || roleIn(person, project) === undefined) return false;
    const session = (await this.#people.sessionsOf(keyId)).find((each) => each.id === id);
    return session !== undefined && !isOver(session, this.#clock.now());
  }

  /** Begins one: always with a token of its own, whatever was sent before. */
  async start(
    person: Person,
    startedBy: Session['startedBy'],
  ): Promise<Found & { readonly newToken: string }> {
    const { token, hash } = makeToken('session', this.#random);
    const now = this.#clock.now();
    const id = makeId('ses', this.#random);
    const times = { createdAt: now, rotatedAt: now, usedAt: now };
    const session: Session = { id, person: person.id, hash, startedBy, ...times };
    await this.#people.addSession(session, sessionsMax);
    return { session, person, newToken: token };
  }

  /** A new token now; `previous` is good for `forMs` more. Undefined: another request was first. */
  async rotate({ id, hash: from }: Session, previous: string, forMs: number): Promise<string | undefined> {
    const { token, hash: to } = makeToken('session', this.#random);
    const at = this.#clock.now();
    const isDone = await this.#people.rotate({ id, from, to, at, previous, previousUntil: at + forMs });
    return isDone ? token : undefined;
  }

  async end(token: string): Promise<void> {
    const hash = hashOfToken('session', token);
    const found = hash === undefined ? undefined : await this.#people.session(hash, this.#clock.now());
    if (found) await this.#people.endSession(found.session.id);
  }

  /** Removes what is past its time. */
  async sweep(): Promise<void> {
    const now = this.#clock.now();
    await this.#people.sweep({ now, usedBefore: now - sessionIdleMs, createdBefore: now - sessionAgeMs });
  }

  async #rotated(session: Session, person: Person, sent: string): Promise<Found> {
    const newToken = await this.rotate(session, sent, previousMs);
    return { session, person, ...(newToken !== undefined && { newToken }) };
  }
}

/** After a day; and again when the old token keeps coming and the new one never does: that answer was lost on its way. */
function isDue(session: Session, sent: string, now: number): boolean {
  const age = now - session.rotatedAt;
  return session.hash === sent ? age >= rotationMs : age >= lostMs && session.usedAt === session.rotatedAt;
}

const isOver = ({ usedAt, createdAt }: Session, now: number): boolean =>
  now - usedAt >= sessionIdleMs || now - createdAt >= sessionAgeMs;
