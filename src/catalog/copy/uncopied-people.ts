/**
 * People of a catalog with a copy: asked of the real one alone. Nobody signs in while it is away, so that who was removed, or ended a
 * session, is not let in by a copy; keys go on working meanwhile.
 */
import type { Catalog } from '../catalog.ts';
import type { NewPerson, People, Role, Rotation, Session, SignInLink } from '../people.ts';

export class UncopiedPeople implements People {
  readonly #opened: () => Promise<Catalog>;

  constructor(opened: () => Promise<Catalog>) {
    this.#opened = opened;
  }

  all = () => this.#ask((people) => people.all());
  get = (id: string) => this.#ask((people) => people.get(id));
  find = (email: string) => this.#ask((people) => people.find(email));
  create = (person: NewPerson, countMax: number) => this.#ask((people) => people.create(person, countMax));
  rename = (id: string, change: Parameters<People['rename']>[1]) =>
    this.#ask((people) => people.rename(id, change));
  setRole = (id: string, project: string, role: Role | undefined) =>
    this.#ask((people) => people.setRole(id, project, role));
  remove = (id: string) => this.#ask((people) => people.remove(id));
  passwordOf = (id: string) => this.#ask((people) => people.passwordOf(id));
  setPassword = (id: string, password: string, keep?: string) =>
    this.#ask((people) => people.setPassword(id, password, keep));
  addLink = (link: SignInLink, countMax: number) => this.#ask((people) => people.addLink(link, countMax));
  takeLink = (hash: string, now: number) => this.#ask((people) => people.takeLink(hash, now));
  addSession = (session: Session, countMax: number) =>
    this.#ask((people) => people.addSession(session, countMax));
  session = (hash: string, now: number) => this.#ask((people) => people.session(hash, now));
  sessionsOf = (person: string) => this.#ask((people) => people.sessionsOf(person));
  rotate = (rotation: Rotation) => this.#ask((people) => people.rotate(rotation));
  touch = (id: string, at: number) => this.#ask((people) => people.touch(id, at));
  endSession = (id: string) => this.#ask((people) => people.endSession(id));
  endSessions = (person: string) => this.#ask((people) => people.endSessions(person));
  sweep = (past: Parameters<People['sweep']>[0]) => this.#ask((people) => people.sweep(past));

  async #ask<T>(work: (people: People) => Promise<T>): Promise<T> {
    return work((await this.#opened()).people);
  }
}
