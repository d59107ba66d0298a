/**
 * What people keep in a project, as HTTP and the command line handle it: checked bodies, ids made out of names, versions so that two
 * people who edit one board do not overwrite each other. The catalog keeps it; nothing here knows how.
 */
import type { Saved, SavedKind, SavedPlace, SavedQuery, SavedThings } from '../catalog/saved.ts';
import { failure, isFailure } from '../errors.ts';
import type { JsonObject } from '../event/event.ts';
import { invalid } from '../plan/check.ts';
import { suggest } from '../plan/suggest.ts';
import { checkBody } from './bodies.ts';

export interface SavedCareOptions {
  readonly saved: SavedThings;
  readonly now: () => number;
  /** A plan with the names in it replaced: see names.ts. */
  readonly resolve: (plan: unknown, project: string) => Promise<unknown>;
  /** Of each kind in a project. */
  readonly countMax?: number;
}

export interface SavedWish extends Pick<Saved, 'project' | 'kind' | 'by'> {
  readonly name: unknown;
  readonly body: unknown;
}

export interface SavedPage {
  readonly items: readonly Saved[];
  /** The id of the last one, when there are more. */
  readonly next?: string;
}

export const savedCountMax = 1_000;
export const savedPageMax = 200;
export const savedNameLengthMax = 100;
/** As JSON in UTF-8. */
export const savedBodyBytesMax = 64 * 1024;
const bodyDepthMax = 64;
export const savedIdRule = 'must be 1 to 63 lower-case letters, digits and hyphens, a letter or digit first';
const idPattern = /^[a-z0-9][a-z0-9-]{0,62}$/;
const idLengthMax = 63;
/** Names that differ in what an id leaves out get numbers: pricing, pricing-2, … */
const numberMax = 100;

export class SavedCare {
  readonly #saved: SavedThings;
  readonly #options: SavedCareOptions;

  constructor(options: SavedCareOptions) {
    this.#saved = options.saved;
    this.#options = options;
  }

  async page(query: SavedQuery): Promise<SavedPage> {
    const found = await this.#saved.list({ ...query, limit: query.limit + 1 });
    if (found.length <= query.limit) return { items: found };
    const items = found.slice(0, query.limit);
    return { items, next: items.at(-1)!.id };
  }

  /** Errors: not_found, with the id that was most likely meant. */
  async get(place: SavedPlace): Promise<Saved> {
    const found = await this.#saved.get(place);
    if (found) return found;
    const meant = suggest(place.id, await this.#ids(place));
    const hint = meant === undefined ? '' : `; did you mean ${meant}?`;
    throw failure('not_found', { detail: `there is no ${place.kind} ${place.id}${hint}` });
  }

  /** Without an id one is made of the name. Errors: request_invalid, plan_invalid, conflict, saved_full, not_found for the project. */
  async create(wish: SavedWish, id?: string): Promise<Saved> {
    const { name, body } = await this.#checked(wish);
    if (id !== undefined) return this.#create(wish, checkedId(id), name, body);
    const plain = idOf(name, wish.kind);
    for (let number = 1; ; number++) {
      const made = number === 1 ? plain : `${plain.slice(0, idLengthMax - 4)}-${number}`;
      if (await this.#saved.get({ project: wish.project, kind: wish.kind, id: made })) {
        if (number < numberMax) continue;
        throw failure('conflict', { detail: `there are ${numberMax} of this name; give an id of its own` });
      }
      return this.#create(wish, made, name, body);
    }
  }

  /**
   * Makes it, or makes it this. `expected`: the version that it must have, so it must be there. Errors: as `create`, version_outdated,
   * not_found with `expected`.
   */
  async put(wish: SavedWish, id: string, expected?: number): Promise<Saved> {
    checkedId(id);
    const { name, body } = await this.#checked(wish);
    const { project, kind, by } = wish;
    const change = { project, kind, id, name, body, by, updatedAt: this.#options.now() };
    try {
      return await this.#saved.replace(change, expected);
    } catch (error) {
      if (!isFailure(error, 'not_found') || expected !== undefined) throw error;
      return this.#create(wish, id, name, body);
    }
  }

  /** Errors: not_found, version_outdated. */
  async remove(place: SavedPlace, expected?: number): Promise<void> {
    await this.#saved.remove(place, expected);
  }

  async #create(wish: SavedWish, id: string, name: string, body: JsonObject): Promise<Saved> {
    const { project, kind, by } = wish;
    const at = this.#options.now();
    const saved = { project, kind, id, name, body, version: 1, createdAt: at, updatedAt: at, by };
    await this.#saved.create(saved, this.#options.countMax ?? savedCountMax);
    return saved;
  }

  async #checked({ kind, project, name, body }: SavedWish): Promise<{ name: string; body: JsonObject }> {
    const checked = checkedName(name);
    assertSize(body);
    await checkBody(kind, body, {
      project,
      now: this.#options.now(),
      resolve: this.#options.resolve,
      assertQuestion: (id, pointer) => this.#assertQuestion(project, id, pointer),
    });
    return { name: checked, body: body as JsonObject };
  }

  async #assertQuestion(project: string, id: string, pointer: string): Promise<void> {
    if (await this.#saved.get({ project, kind: 'question', id })) return;
    const meant = suggest(id, await this.#ids({ project, kind: 'question' }));
    const hint = meant === undefined ? '' : ` (did you mean ${meant}?)`;
    throw invalid(pointer, `must be the id of a saved question${hint}`, id);
  }

  async #ids({ project, kind }: { project: string; kind: SavedKind }): Promise<readonly string[]> {
    return (await this.#saved.list({ project, kind, limit: savedCountMax })).map(({ id }) => id);
  }
}

function checkedId(id: string): string {
  if (idPattern.test(id)) return id;
  throw failure('request_invalid', { detail: `id ${savedIdRule}` });
}

function checkedName(name: unknown): string {
  const trimmed = typeof name === 'string' ? name.trim() : '';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: these are what a name must not have
  const isName = trimmed !== '' && trimmed.isWellFormed() && !/[\u0000-\u001f\u007f]/.test(trimmed);
  if (isName && trimmed.length <= savedNameLengthMax) return trimmed;
  const detail = `name must have 1 to ${savedNameLengthMax} characters, none of them a control character`;
  throw failure('request_invalid', { detail });
}

/** 'Paid users (DE)' → 'paid-users-de'; a name without Latin letters or digits gives the kind. */
function idOf(name: string, kind: SavedKind): string {
  const plain = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/\p{M}/gu, '')
    .replace(/[^a-z0-9]+/g, '-')
    .slice(0, idLengthMax)
    .replace(/^-+|-+$/g, '');
  return plain === '' ? kind : plain;
}

/** Errors: request_invalid. */
function assertSize(body: unknown): void {
  // depth first: what is nested a hundred thousand levels deep cannot even be written as JSON
  let level: unknown[] = [body];
  for (let depth = 0; level.length > 0; depth++) {
    if (depth > bodyDepthMax)
      throw failure('request_invalid', { detail: `the body is nested deeper than ${bodyDepthMax} levels` });
    level = level.flatMap((each) => (typeof each === 'object' && each !== null ? Object.values(each) : []));
  }
  const bytes = Buffer.byteLength(JSON.stringify(body) ?? '');
  if (bytes > savedBodyBytesMax)
    throw failure('request_invalid', {
      detail: `the body must be at most ${savedBodyBytesMax} bytes as JSON`,
    });
}
