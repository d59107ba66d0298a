/**
 * Which key opens what, decided from memory: a copy of the catalog's key hashes, read again when the catalog's version
 * changes. Checking needs neither the store nor the disk; while the catalog cannot be read, the last copy holds.
 * Keys from the environment are held as hashes too, and never stored.
 */
import { timingSafeEqual } from 'node:crypto';
import type { Catalog, Key, KeyLimits, Project, Scope } from '../catalog/catalog.ts';
import { hashKey, scopes } from '../catalog/keys.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** What a key allows: `scope` in `project`, for pages of `origins` (empty: of any). */
export interface Grant {
  readonly keyId: string;
  readonly project: string;
  /** `edit`: a person's who is editor. */
  readonly scope: Scope | 'edit';
  readonly origins: readonly string[];
  /** Set by the environment rather than kept in the catalog. */
  readonly environment: boolean;
  /** Set when it is a person's, whose id is `keyId` then: the id of the session. */
  readonly session?: string;
  /** What its questions may cost, where it is not as the settings say. */
  readonly limits?: KeyLimits;
}

export interface KeyRingOptions {
  readonly catalog: Catalog;
  readonly telemetry: Telemetry;
  /** MILLRACE_WRITE_KEY and its siblings: keys of the project `default`. */
  readonly environment: { readonly [S in Scope]?: string | undefined };
  readonly pollIntervalMs?: number;
}

interface Entry {
  readonly hash: Buffer;
  readonly grant: Grant;
}

const pollIntervalMs = 1_000;
/** No key is as long; what is longer is not worth hashing. */
export const keyLengthMax = 512;
/** The project that keys from the environment belong to. */
export const environmentProject = 'default';

export class KeyRing {
  readonly #catalog: Catalog;
  readonly #telemetry: Telemetry;
  readonly #environment: KeyRingOptions['environment'];
  readonly #timer: NodeJS.Timeout;
  #entries: ReadonlyMap<string, Entry> = new Map();
  #projects: readonly Project[] = [];
  #holders: ReadonlySet<string> = new Set();
  #version: string | undefined;
  #generation = 0;
  #reading: Promise<void> | undefined;
  #failed = false;

  private constructor(options: KeyRingOptions) {
    this.#catalog = options.catalog;
    this.#telemetry = options.telemetry;
    this.#environment = options.environment;
    this.#timer = setInterval(() => void this.#poll(), options.pollIntervalMs ?? pollIntervalMs);
    this.#timer.unref();
  }

  /** Errors: catalog_unavailable, since a ring that never saw the catalog would refuse everybody. */
  static async open(options: KeyRingOptions): Promise<KeyRing> {
    const ring = new KeyRing(options);
    try {
      await ring.refresh();
    } catch (error) {
      ring.close();
      throw error;
    }
    return ring;
  }

  /** What this key allows now; undefined when it is unknown or revoked, or its project is being deleted. */
  find(secret: string): Grant | undefined {
    if (secret.length > keyLengthMax) return undefined;
    const hash = hashKey(secret);
    const entry = this.#entries.get(indexOf(hash));
    return entry && timingSafeEqual(entry.hash, Buffer.from(hash, 'hex')) ? entry.grant : undefined;
  }

  /** Whether a key that was found once may still do what it could. */
  holds({ project, keyId, session }: Pick<Grant, 'project' | 'keyId' | 'session'>): boolean {
    if (session !== undefined) return this.#projects.some(({ id }) => id === project);
    return this.#holders.has(holderOf(project, keyId));
  }

  /** Reads the catalog again if it has changed. Call it after a change, so that the change holds from the next request on. */
  async refresh(): Promise<void> {
    // a read that began before the change may miss it, so one more follows it
    await this.#reading?.catch(() => {});
    this.#reading ??= this.#read().finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /** Those that are not being deleted. */
  get projects(): readonly Project[] {
    return this.#projects;
  }

  /** Another number after each change: what was found before may not hold any more. */
  get generation(): number {
    return this.#generation;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  async #poll(): Promise<void> {
    if (this.#reading) return;
    const failedBefore = this.#failed;
    try {
      await this.refresh();
      this.#failed = false;
    } catch (error) {
      this.#failed = true;
      if (failedBefore) return;
      const message = 'the catalog cannot be read; keys are checked against the last copy of it';
      this.#telemetry.publish('note', { level: 'error', message, fields: { error: String(error) } });
    }
  }

  async #read(): Promise<void> {
    const version = await this.#catalog.version();
    if (version === this.#version) return;
    const [projects, keys] = await Promise.all([this.#catalog.projects(), this.#catalog.keys()]);
    this.#entries = index(this.#environment, projects, keys);
    this.#projects = projects.filter(({ deletingSince }) => deletingSince === undefined);
    this.#holders = new Set(
      [...this.#entries.values()].map(({ grant }) => holderOf(grant.project, grant.keyId)),
    );
    this.#version = version;
    this.#generation += 1;
  }
}

function index(
  environment: KeyRingOptions['environment'],
  projects: readonly Project[],
  keys: readonly Key[],
): Map<string, Entry> {
  const open = new Set(projects.filter((each) => each.deletingSince === undefined).map((each) => each.id));
  const entries = new Map<string, Entry>();
  const add = (hash: string, grant: Grant) => {
    if (open.has(grant.project)) entries.set(indexOf(hash), { hash: Buffer.from(hash, 'hex'), grant });
  };
  for (const key of keys) {
    const { id: keyId, project, scope, origins, limits } = key;
    const grant = { keyId, project, scope, origins, environment: false, ...(limits && { limits }) };
    if (key.revokedAt === undefined) add(key.hash, grant);
  }
  for (const scope of scopes) {
    const secret = environment[scope];
    const grant = {
      keyId: `environment-${scope}`,
      project: environmentProject,
      scope,
      origins: [],
      environment: true,
    };
    if (secret !== undefined) add(hashKey(secret), grant);
  }
  return entries;
}

const holderOf = (project: string, keyId: string): string => `${project} ${keyId}`;

/** Finding an entry may tell time by the hash's beginning, which says nothing of the key; the comparison proper does not. */
function indexOf(hash: string): string {
  return hash.slice(0, 16);
}
