/**
 * A catalog with a durable copy of it in this process's own directory: it starts, checks keys and knows the day's salt while the real
 * one is away. What can be changed is changed in the real one alone. The copy follows it by its version, which the holders of
 * keys ask for every second, and gets salts ahead of their day.
 */
import { type Clock, millisecondsPerDay, millisecondsPerHour } from '../../clock.ts';
import { failure, isFailure } from '../../errors.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Catalog, Key, Project } from '../catalog.ts';
import { CopiedSaved, savedForCopy } from './copied-saved.ts';
import { type Copy, readCopy, writeCopy } from './copy-file.ts';
import { UncopiedPeople } from './uncopied-people.ts';
import { UncopiedShares } from './uncopied-shares.ts';

export interface CopiedCatalogOptions {
  /** Opens the real one; rejects with catalog_unavailable while it is away, and is then called again. */
  readonly open: () => Promise<Catalog>;
  /** The file of the copy. */
  readonly path: string;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
}

/** How long the real one is left alone after it did not answer; the copy answers meanwhile. */
const awayMs = 1_000;
/** The real one forgets salts when it is asked for one. */
const saltCareMs = millisecondsPerHour;
/** Today and tomorrow, and two more for a long outage. */
const saltDaysAhead = 3;
const saltLifeMs = 3 * millisecondsPerDay;

export class CopiedCatalog implements Catalog {
  readonly saved = new CopiedSaved({
    read: (fromReal, fromCopy) => this.#read(fromReal, fromCopy),
    change: (work) => this.#change(work),
  });
  readonly people = new UncopiedPeople(() => this.#opened());
  readonly shares = new UncopiedShares(() => this.#opened());
  readonly #options: CopiedCatalogOptions;
  #real: Catalog | undefined;
  #opening: Promise<Catalog> | undefined;
  #copy: Copy | undefined;
  #writing: Promise<void> = Promise.resolve();
  #awayAt = Number.NEGATIVE_INFINITY;
  #away = false;
  #saltsAt = Number.NEGATIVE_INFINITY;
  #isClosed = false;

  private constructor(options: CopiedCatalogOptions, copy: Copy | undefined) {
    this.#options = options;
    this.#copy = copy;
  }

  /** Errors: those of `open` when there is no copy yet to go on with. */
  static async open(options: CopiedCatalogOptions): Promise<CopiedCatalog> {
    const catalog = new CopiedCatalog(options, await readCopy(options.path));
    await catalog.version();
    return catalog;
  }

  /** The version of the real one, without the copy: whether it can be asked now. Errors: catalog_unavailable. */
  readonly source: Pick<Catalog, 'version'> = {
    version: async () => (await this.#opened()).version(),
  };

  async version(): Promise<string> {
    return this.#read(
      async (real) => {
        const version = await real.version();
        await this.#follow(real, version);
        return version;
      },
      (copy) => copy.version,
    );
  }

  async projects(): Promise<readonly Project[]> {
    return this.#read(
      (real) => real.projects(),
      (copy) => copy.projects,
    );
  }

  async keys(): Promise<readonly Key[]> {
    return this.#read(
      (real) => real.keys(),
      (copy) => copy.keys,
    );
  }

  createProject(project: Project): Promise<void> {
    return this.#change((real) => real.createProject(project));
  }

  markProjectDeleting(id: string, at: number): Promise<void> {
    return this.#change((real) => real.markProjectDeleting(id, at));
  }

  removeProject(id: string): Promise<void> {
    return this.#change((real) => real.removeProject(id));
  }

  createKey(key: Key): Promise<void> {
    return this.#change((real) => real.createKey(key));
  }

  revokeKey(id: string, at: number): Promise<void> {
    return this.#change((real) => real.revokeKey(id, at));
  }

  async salt(at: number, now: number): Promise<Uint8Array | undefined> {
    const day = Math.floor(at / millisecondsPerDay) * millisecondsPerDay;
    await this.#forgetSalts(now);
    if (day <= now - saltLifeMs) {
      // it is to forget too; where it is away it does so when it is asked next
      await this.#opened()
        .then((real) => real.salt(at, now))
        .catch(() => undefined);
      return undefined;
    }
    const kept = this.#copy?.salts.get(day);
    if (kept !== undefined) return kept;
    const real = await this.#opened();
    const salt = await real.salt(at, now);
    if (salt !== undefined) await this.#keep({ salts: new Map(this.#copy?.salts).set(day, salt) });
    return salt;
  }

  async keepSalt(at: number, salt: Uint8Array): Promise<void> {
    const day = Math.floor(at / millisecondsPerDay) * millisecondsPerDay;
    await this.#change((real) => real.keepSalt(at, salt));
    await this.#keep({ salts: new Map(this.#copy?.salts).set(day, salt) });
  }

  async copyTo(path: string): Promise<void> {
    await (await this.#opened()).copyTo(path);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.#opening?.catch(() => {});
    await this.#writing.catch(() => {});
    await this.#real?.close();
  }

  /** From the real one, else from the copy. Errors: catalog_unavailable, when there is neither. */
  async #read<T>(fromReal: (real: Catalog) => Promise<T>, fromCopy: (copy: Copy) => T): Promise<T> {
    const copy = this.#copy;
    if (copy !== undefined && this.#options.clock.monotonic() - this.#awayAt < awayMs) return fromCopy(copy);
    try {
      const found = await fromReal(await this.#opened());
      this.#cameBack();
      return found;
    } catch (error) {
      if (copy === undefined || !isFailure(error, 'catalog_unavailable')) throw error;
      this.#wentAway(error);
      return fromCopy(copy);
    }
  }

  async #change<T>(work: (real: Catalog) => Promise<T>): Promise<T> {
    const real = await this.#opened();
    const done = await work(real);
    this.#awayAt = Number.NEGATIVE_INFINITY;
    await this.version();
    return done;
  }

  async #opened(): Promise<Catalog> {
    if (this.#real !== undefined) return this.#real;
    if (this.#isClosed) throw failure('catalog_unavailable', { detail: 'it is closed' });
    this.#opening ??= this.#options.open().finally(() => {
      this.#opening = undefined;
    });
    this.#real = await this.#opening;
    return this.#real;
  }

  /** Reads the real one again when its version is another, and gets the salts of the days to come. */
  async #follow(real: Catalog, version: string): Promise<void> {
    const { clock } = this.#options;
    const now = clock.now();
    if (this.#copy?.version !== version) {
      const [projects, keys] = await Promise.all([real.projects(), real.keys()]);
      await this.#keep({ version, projects, keys, takenAt: now });
    }
    const savedVersion = await real.saved.version();
    if (this.#copy?.savedVersion !== savedVersion) {
      const saved = await savedForCopy(real, this.#copy?.projects ?? []);
      await this.#keep({ saved, savedVersion, takenAt: now });
    }
    if (clock.monotonic() - this.#saltsAt < saltCareMs) return;
    const ahead: [number, Uint8Array][] = [];
    for (let days = 0; days <= saltDaysAhead; days++) {
      const at = now + days * millisecondsPerDay;
      const salt = await real.salt(at, now);
      if (salt !== undefined) ahead.push([Math.floor(at / millisecondsPerDay) * millisecondsPerDay, salt]);
    }
    await this.#keep({ salts: new Map([...(this.#copy?.salts ?? []), ...ahead]), takenAt: now });
    this.#saltsAt = clock.monotonic();
  }

  async #forgetSalts(now: number): Promise<void> {
    const { salts } = this.#copy ?? {};
    if (salts === undefined) return;
    const kept = new Map([...salts].filter(([day]) => day > now - saltLifeMs));
    if (kept.size < salts.size) await this.#keep({ salts: kept });
  }

  /** Changes the copy, in memory at once and on disk in order. A disk that is full costs the copy, not the call. */
  #keep(change: Partial<Copy>): Promise<void> {
    const empty: Copy = {
      version: '',
      projects: [],
      keys: [],
      salts: new Map(),
      saved: [],
      savedVersion: '',
      takenAt: 0,
    };
    const copy = { ...(this.#copy ?? empty), ...change };
    this.#copy = copy;
    const { path, telemetry } = this.#options;
    this.#writing = this.#writing
      .then(() => writeCopy(path, copy))
      .catch((error) => {
        const message =
          'the copy of the catalog cannot be written; a start without the catalog may not succeed';
        telemetry.publish('note', { level: 'warn', message, fields: { path, error: String(error) } });
      });
    return this.#writing;
  }

  #wentAway(error: Error): void {
    this.#awayAt = this.#options.clock.monotonic();
    if (this.#away) return;
    this.#away = true;
    const copiedAt = new Date(this.#copy!.takenAt).toISOString();
    const message = `the catalog is away; keys are checked against the copy of ${copiedAt}, and none can be made or revoked`;
    this.#options.telemetry.publish('note', { level: 'warn', message, fields: { error: error.message } });
  }

  #cameBack(): void {
    if (!this.#away) return;
    this.#away = false;
    this.#options.telemetry.publish('note', { level: 'info', message: 'the catalog answers again' });
  }
}
