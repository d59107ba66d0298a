/**
 * People as an administrator handles them, for HTTP and the command line alike: checked input, records in the catalog, links to sign in
 * by. A link's token is returned once by the call that makes it.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { Random } from '../catalog/keys.ts';
import { houseProject, type Person, type Role, roles } from '../catalog/people.ts';
import { type Clock, millisecondsPerHour } from '../clock.ts';
import { failure } from '../errors.ts';
import { checkedEmail } from './email.ts';
import { makeId, makeToken } from './tokens.ts';

export interface PeopleCareOptions {
  readonly catalog: Pick<Catalog, 'people' | 'projects'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly random: Random;
}

export interface NewMember {
  readonly email: string;
  readonly name?: string | undefined;
  readonly project: string;
  readonly role: Role;
}

export interface MadeLink {
  /** Shown once, kept nowhere. */
  readonly token: string;
  readonly expiresAt: number;
}

/** Behind the server's address: the page takes the token from the fragment, which browsers send to nobody. */
export const linkPath = ({ token }: MadeLink): string => `/sign-in#${token}`;

export const linkMs = millisecondsPerHour;
const linksMax = 5;
const peopleMax = 10_000;
const nameLengthMax = 100;

export class PeopleCare {
  readonly #options: PeopleCareOptions;

  constructor(options: PeopleCareOptions) {
    this.#options = options;
  }

  get #people() {
    return this.#options.catalog.people;
  }

  all(): Promise<readonly Person[]> {
    return this.#people.all();
  }

  /** Errors: not_found. */
  async person(id: string): Promise<Person> {
    const person = await this.#people.get(id);
    if (!person) throw failure('not_found', { detail: `there is no person ${id.slice(0, nameLengthMax)}` });
    return person;
  }

  /** By e-mail or id. Errors: not_found. */
  async named(given: string): Promise<Person> {
    if (!given.includes('@')) return this.person(given);
    const person = await this.#people.find(checkedEmail(given));
    if (!person) throw failure('not_found', { detail: `there is nobody with the e-mail ${given}` });
    return person;
  }

  /** Somebody new, or a role for somebody who is there. Errors: request_invalid, not_found for the project, conflict. */
  async add(wanted: NewMember): Promise<{ readonly person: Person; readonly isNew: boolean }> {
    const email = checkedEmail(wanted.email);
    const name = wanted.name === undefined ? undefined : checkedName(wanted.name);
    const { project } = wanted;
    const role = checkedRole(wanted.role);
    const known = await this.#people.find(email);
    if (known) return { person: await this.setRole(known.id, project, role), isNew: false };
    const id = makeId('per', this.#options.random);
    const membership = new Map([[project, role]]);
    const createdAt = this.#options.clock.now();
    await this.#people.create({ id, email, ...(name && { name }), roles: membership, createdAt }, peopleMax);
    return { person: await this.person(id), isNew: true };
  }

  /** Errors: not_found, conflict. */
  async setRole(id: string, project: string, role: Role | undefined): Promise<Person> {
    await this.#people.setRole(id, project, role === undefined ? undefined : checkedRole(role));
    return this.person(id);
  }

  /** Errors: not_found. */
  async remove(id: string): Promise<void> {
    await this.#people.remove(id);
  }

  /** Errors: not_found. */
  async makeLink(id: string): Promise<MadeLink> {
    const { clock, random } = this.#options;
    const { token, hash } = makeToken('link', random);
    const createdAt = clock.now();
    const expiresAt = createdAt + linkMs;
    await this.#people.addLink({ hash, person: id, createdAt, expiresAt }, linksMax);
    return { token, expiresAt };
  }

  /** For who keeps the house; made, without an e-mail, when nobody does. Undefined: there is no project to keep it by. */
  async keeperLink(): Promise<MadeLink | undefined> {
    const { catalog, clock, random } = this.#options;
    const house = (await catalog.projects()).find(({ id }) => id === houseProject);
    if (house === undefined || house.deletingSince !== undefined) return undefined;
    const keeper = (await this.all()).find((each) => each.roles.get(houseProject) === 'admin');
    if (keeper) return this.makeLink(keeper.id);
    const id = makeId('per', random);
    const membership = new Map([[houseProject, 'admin' as const]]);
    await this.#people.create({ id, roles: membership, createdAt: clock.now() }, peopleMax);
    return this.makeLink(id);
  }

  /** As `keeperLink`, as long as nobody has a password: until then it is the only way in. */
  async startLink(): Promise<MadeLink | undefined> {
    return (await this.all()).some(({ hasPassword }) => hasPassword) ? undefined : this.keeperLink();
  }

  /** How many there were. */
  endSessions(id: string): Promise<number> {
    return this.#people.endSessions(id);
  }
}

function checkedRole(role: string): Role {
  const known = roles.find((each) => each === role);
  if (known === undefined) throw failure('request_invalid', { detail: `role must be ${roles.join(', ')}` });
  return known;
}

function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > nameLengthMax)
    throw failure('request_invalid', { detail: `name must have 1 to ${nameLengthMax} characters` });
  return trimmed;
}
