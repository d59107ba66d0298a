/**
 * Signing in, by a link or by e-mail and password, and setting a password. Nothing that is answered says whether an e-mail is known:
 * not the words, not the time it takes, not the pauses.
 */
import type { People, Person, Session } from '../catalog/people.ts';
import { type Clock, millisecondsPerDay, millisecondsPerHour } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { canonicalEmail, checkedEmail } from './email.ts';
import { canonicalPassword, checkNewPassword, type Passwords } from './passwords.ts';
import { Pauses } from './pauses.ts';
import type { Found, Sessions } from './sessions.ts';
import { hashOfToken } from './tokens.ts';

export interface SignInOptions {
  readonly people: People;
  readonly sessions: Sessions;
  readonly passwords: Passwords;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

export interface Credentials {
  readonly email: string;
  readonly password: string;
  /** Of the client; '' when it is not known. */
  readonly address: string;
}

export interface PasswordChange {
  /** The present one. Not needed within an hour of signing in by a link: who got one may have forgotten it. */
  readonly current?: string | undefined;
  readonly password: string;
  /** For who has none yet. */
  readonly email?: string | undefined;
}

type Started = Found & { readonly newToken: string };

const freeByEmail = 10;
/** A whole office may share one. */
const freeByAddress = 30;
const linkFreshMs = millisecondsPerHour;
/** For requests that are under way while the password changes. */
const graceMs = 5_000;

export class SignIn {
  readonly #options: SignInOptions;
  readonly #byEmail: Pauses;
  readonly #byAddress: Pauses;

  constructor(options: SignInOptions) {
    this.#options = options;
    const monotonic = () => options.clock.monotonic();
    this.#byEmail = new Pauses({ monotonic, free: freeByEmail, forgetMs: millisecondsPerDay });
    this.#byAddress = new Pauses({ monotonic, free: freeByAddress, forgetMs: millisecondsPerHour });
  }

  /** Once. Errors: link_invalid. */
  async byLink(token: string): Promise<Started> {
    const { people, clock } = this.#options;
    const hash = hashOfToken('link', token);
    const id = hash === undefined ? undefined : await people.takeLink(hash, clock.now());
    const person = id === undefined ? undefined : await people.get(id);
    if (person === undefined) throw failure('link_invalid', {});
    return this.#begin(person, 'link');
  }

  /** Errors: sign_in_failed, sign_in_paused. */
  async byPassword({ email: given, password, address }: Credentials): Promise<Started> {
    canonicalPassword(password);
    const email = canonicalEmail(given);
    const person = await this.#attempt(`email ${email}`, address, () => this.#checked(email, password));
    return this.#begin(person, 'password');
  }

  /**
   * Ends the person's other sessions and links; the session goes on with a new token. Errors: request_invalid for a password that nobody
   * should have, sign_in_failed when `current` is wrong, conflict for an e-mail.
   */
  async setPassword({ session, person }: Found, change: PasswordChange, address: string): Promise<Found> {
    const { people, sessions, passwords, clock } = this.#options;
    const email = change.email === undefined ? undefined : checkedEmail(change.email);
    if (email !== undefined && person.email !== undefined && email !== person.email)
      throw failure('request_invalid', { detail: 'email is for who has none yet; leave it out' });
    const ownEmail = person.email ?? email;
    if (ownEmail === undefined)
      throw failure('request_invalid', { detail: 'email is needed too: you sign in with both from now on' });
    checkNewPassword(change.password, ownEmail);
    const isFresh = session.startedBy === 'link' && clock.now() - session.createdAt < linkFreshMs;
    if (person.hasPassword && !isFresh) await this.#checkCurrent(person, change.current, address);
    const kept = await passwords.hash(change.password);
    if (person.email === undefined) await people.rename(person.id, { email: ownEmail });
    await people.setPassword(person.id, kept, session.id);
    // undefined: another request was first, and has brought its own
    const newToken = await sessions.rotate(session, session.hash, graceMs);
    const changed = { ...person, email: ownEmail, hasPassword: true };
    return { session, person: changed, ...(newToken !== undefined && { newToken }) };
  }

  /** Counted apart from signing in: who is signed in stays so, whatever others try from outside. */
  async #checkCurrent(person: Person, current: string | undefined, address: string): Promise<void> {
    if (current === undefined)
      throw failure('request_invalid', { detail: 'current, the present password, is needed' });
    await this.#attempt(`person ${person.id}`, address, async () => {
      const isRight = await this.#options.passwords.matches(
        current,
        await this.#options.people.passwordOf(person.id),
      );
      return isRight ? person : undefined;
    });
  }

  async #checked(email: string, password: string): Promise<Person | undefined> {
    const { people, passwords } = this.#options;
    const person = await people.find(email);
    // asked for whoever it is, so that it takes as long
    const kept = await people.passwordOf(person?.id ?? '');
    return (await passwords.matches(password, kept)) ? person : undefined;
  }

  /** Errors: sign_in_failed when `work` finds nobody, sign_in_paused. */
  async #attempt(name: string, address: string, work: () => Promise<Person | undefined>): Promise<Person> {
    const network = networkOf(address);
    this.#byEmail.refuse(name);
    this.#byAddress.refuse(network);
    const pauses = [this.#byEmail.fail(name), this.#byAddress.fail(network)];
    let person: Person | undefined;
    try {
      person = await work();
    } catch (error) {
      this.#byEmail.undo(name);
      this.#byAddress.undo(network);
      throw error;
    }
    if (person === undefined) {
      if (pauses.includes(true)) this.#note('warn', 'sign-in is paused after failed attempts');
      throw failure('sign_in_failed', {});
    }
    this.#byEmail.forget(name);
    // only its own: others may have failed from there
    this.#byAddress.undo(network);
    return person;
  }

  async #begin(person: Person, by: Session['startedBy']): Promise<Started> {
    const started = await this.#options.sessions.start(person, by);
    this.#note('info', 'somebody signed in', { who: person.id, by, session: started.session.id });
    return started;
  }

  #note(level: 'info' | 'warn', message: string, fields: Readonly<Record<string, unknown>> = {}): void {
    this.#options.telemetry.publish('note', { level, message, fields });
  }
}

/** Who has an IPv6 address has 2^64 of them. */
export function networkOf(address: string): string {
  if (!address.includes(':')) return address;
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const gap =
    tail === undefined ? [] : new Array<string>(Math.max(0, 8 - before.length - after.length)).fill('0');
  return [...before, ...gap, ...after].slice(0, 4).join(':');
}
