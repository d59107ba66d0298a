/**
 * Projects and keys as an administrator handles them, for HTTP and the command line alike: checked input, made keys,
 * records in the catalog. A key's secret is returned once by the call that makes it.
 */
import type { Catalog, Key, KeyLimits, Project, Scope } from '../catalog/catalog.ts';
import { keyLimitRanges, makeKey, type NewKey, type Random, scopes } from '../catalog/keys.ts';
import { failure } from '../errors.ts';

export interface ProjectCareOptions {
  readonly catalog: Catalog;
  readonly random: Random;
  readonly now: () => number;
}

export interface MadeKey {
  /** The key itself: shown once, kept nowhere. */
  readonly secret: string;
  readonly key: Key;
}

const nameLengthMax = 100;
const originsMax = 50;
const projectIdRule = 'must be 1 to 63 lower-case letters, digits and hyphens, a letter or digit first';

export class ProjectCare {
  readonly #catalog: Catalog;
  readonly #random: Random;
  readonly #now: () => number;

  constructor(options: ProjectCareOptions) {
    this.#catalog = options.catalog;
    this.#random = options.random;
    this.#now = options.now;
  }

  async projects(): Promise<readonly Project[]> {
    return this.#catalog.projects();
  }

  /** Errors: request_invalid, conflict. */
  async createProject(id: string, name: string = id): Promise<Project> {
    if (!/^[a-z0-9][a-z0-9-]{0,62}$/.test(id))
      throw failure('request_invalid', { detail: `id ${projectIdRule}` });
    const project = { id, name: checkedName(name), createdAt: this.#now() };
    await this.#catalog.createProject(project);
    return project;
  }

  /** The keys of one project, or all; revoked ones too, since they explain what stopped working. */
  async keys(project?: string): Promise<readonly Key[]> {
    const keys = await this.#catalog.keys();
    return project === undefined ? keys : keys.filter((key) => key.project === project);
  }

  /** Errors: not_found. */
  async key(id: string): Promise<Key> {
    const key = (await this.#catalog.keys()).find((each) => each.id === id);
    if (!key) throw failure('not_found', { detail: `there is no key ${id}` });
    return key;
  }

  /** Errors: request_invalid, not_found for the project, conflict while it is being deleted. */
  async createKey(wanted: NewKey): Promise<MadeKey> {
    if (!scopes.includes(wanted.scope))
      throw failure('request_invalid', { detail: 'scope must be write, read or admin' });
    const origins = checkedOrigins(wanted.origins ?? [], wanted.scope);
    const limits = wanted.limits && checkedLimits(wanted.limits, wanted.scope);
    const name = checkedName(wanted.name);
    const { project, scope } = wanted;
    const made = makeKey(
      { project, scope, name, origins, ...(limits && { limits }) },
      this.#random,
      this.#now(),
    );
    await this.#catalog.createKey(made.key);
    return made;
  }

  /** Errors: not_found. */
  async revokeKey(id: string): Promise<void> {
    await this.#catalog.revokeKey(id, this.#now());
  }

  /**
   * A new key that may do what the old one did; the old one stops. The new one is stored first: a crash between the two
   * leaves both, never neither. Errors: not_found, conflict when the old one was revoked already.
   */
  async rotateKey(id: string): Promise<MadeKey> {
    const old = await this.key(id);
    if (old.revokedAt !== undefined)
      throw failure('conflict', { detail: `key ${id} was revoked; create a new one` });
    const made = await this.createKey(old);
    await this.revokeKey(id);
    return made;
  }
}

function checkedName(name: string): string {
  const trimmed = name.trim();
  if (trimmed === '' || trimmed.length > nameLengthMax)
    throw failure('request_invalid', { detail: `name must have 1 to ${nameLengthMax} characters` });
  return trimmed;
}

/** Each of them a whole number in its range; none of them: undefined. Write keys ask nothing. */
function checkedLimits(limits: object, scope: Scope): KeyLimits | undefined {
  const given: [string, unknown][] = Object.entries(limits);
  if (given.length === 0) return undefined;
  if (scope === 'write')
    throw failure('request_invalid', { detail: 'a write key asks no questions, so it has no limits' });
  for (const [name, value] of given) {
    if (!isLimit(name)) {
      const detail = `limits has no ${JSON.stringify(name.slice(0, 100))}; there are ${Object.keys(keyLimitRanges).join(', ')}`;
      throw failure('request_invalid', { detail });
    }
    const [min, max] = keyLimitRanges[name];
    if (!Number.isInteger(value) || (value as number) < min || (value as number) > max)
      throw failure('request_invalid', {
        detail: `limits.${name} must be a whole number from ${min} to ${max}`,
      });
  }
  return Object.fromEntries(given);
}

const isLimit = (name: string): name is keyof KeyLimits => Object.hasOwn(keyLimitRanges, name);

/** Origins as browsers send them: scheme, host, port unless it is the scheme's own; nothing after. */
function checkedOrigins(origins: readonly string[], scope: Scope): readonly string[] {
  if (origins.length > 0 && scope !== 'write')
    throw failure('request_invalid', { detail: 'only write keys can be bound to origins' });
  if (origins.length > originsMax)
    throw failure('request_invalid', { detail: `origins must be at most ${originsMax}` });
  return origins.map((given) => {
    const origin = URL.canParse(given) ? new URL(given).origin : 'null';
    if (!/^https?:/.test(origin) || origin !== given.toLowerCase().replace(/\/$/, '')) {
      const detail = `each of origins must look like https://www.example.com; got ${JSON.stringify(given.slice(0, 100))}`;
      throw failure('request_invalid', { detail });
    }
    return origin;
  });
}
