/**
 * The whole system, opened in the order of the flow and closed in reverse; the only file that names an implementation.
 *   catalog → log → store → writer → collector → query → operations → HTTP
 * Whatever was opened is closed again when a later part fails to open.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { uuidv7 } from 'uuidv7';
import type { Cache } from './cache/cache.ts';
import { MemoryCache } from './cache/memory/memory-cache.ts';
import type { Catalog, Scope } from './catalog/catalog.ts';
import { SqliteCatalog } from './catalog/sqlite/sqlite-catalog.ts';
import { type Clock, systemClock } from './clock.ts';
import { Collector } from './collect/collect.ts';
import { openPlaces, shippedPlacesFile } from './collect/places.ts';
import type { Config } from './config.ts';
import { type DirectoryLock, lockDirectory } from './directory-lock.ts';
import { failure } from './errors.ts';
import { openHasher } from './event/hasher.ts';
import { KeyRing } from './http/key-ring.ts';
import { HttpServer } from './http/server.ts';
import { openDiskLog } from './log/disk/disk-log.ts';
import { verifyLog } from './log/disk/verify-log.ts';
import type { Log } from './log/log.ts';
import { openMemoryLog } from './log/memory/memory-log.ts';
import { backupFiles, type Places, removeLeftovers } from './operations/backup.ts';
import { Doctor } from './operations/doctor.ts';
import { type FirstStart, firstStart } from './operations/first-start.ts';
import { HeldLog } from './operations/held-log.ts';
import { Maintenance } from './operations/maintenance.ts';
import { OneAtATime } from './operations/one-at-a-time.ts';
import { ProjectCare } from './operations/project-care.ts';
import { ProjectRemoval } from './operations/project-removal.ts';
import { QuarantineCare } from './operations/quarantine-care.ts';
import { queueStatus } from './operations/queue-status.ts';
import { Readiness } from './operations/readiness.ts';
import { careForSalts } from './operations/salt-care.ts';
import { type TarFile, writeTar } from './operations/tar.ts';
import { Query } from './query/query.ts';
import { ClickHouseClient } from './store/clickhouse/clickhouse-client.ts';
import { type ClickHouseError, isBrokenPart } from './store/clickhouse/clickhouse-error.ts';
import { ClickHouseStore, clickhouseSupports } from './store/clickhouse/clickhouse-store.ts';
import { type EmbeddedEngine, startEmbeddedEngine } from './store/embedded/embedded-engine.ts';
import { LateStore } from './store/late-store.ts';
import { MemoryStore } from './store/memory/memory-store.ts';
import type { Store } from './store/store.ts';
import { Metrics } from './telemetry/metrics.ts';
import type { Telemetry } from './telemetry/telemetry.ts';
import { openWriter, type Writer } from './writer/writer.ts';

const ownVersion = (
  JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

/** How long a request that passed the key's check may still take to reach the log, and a copied key to be forgotten. */
const projectSettleMs = 3_000;

export interface System {
  readonly url: string;
  /** Made by this start; to be printed once. */
  readonly madeKeys: FirstStart['made'];
  /** Resolves when the log can promise nothing any more: the process must end. */
  readonly failed: Promise<Error>;
  /** Takes no more requests, stores what it can within bounds, and gives everything back. What is left waits in the log. */
  close(): Promise<void>;
}

/** Errors: those of the parts, each naming the setting to change. */
export async function openSystem(
  config: Config,
  telemetry: Telemetry,
  clock: Clock = systemClock,
): Promise<System> {
  const opened = new Opened();
  try {
    opened.add(lockData(config.dataDirectory), (lock) => lock.release());
    await removeLeftovers(placesOf(config));
    const metrics = opened.add(new Metrics(telemetry, clock.now(), () => clock.monotonic()), (each) =>
      each.close(),
    );
    const catalog = opened.add(await openCatalog(config), (each) => each.close());
    const care = new ProjectCare({ catalog, random: randomBytes, now: () => clock.now() });
    const { made } = await firstStart(care, givenScopes(config));
    const keys = opened.add(await KeyRing.open({ catalog, telemetry, environment: config.keys }), (each) =>
      each.close(),
    );

    const log = new HeldLog(opened.add(await openLog(config, telemetry, clock), (each) => each.close()));
    const store = await openStore(config, telemetry, clock, opened);
    const writer = opened.add(await openStartedWriter(config, { log, store, telemetry, clock }), (each) =>
      each.close(),
    );
    const collector = await openCollector(config, { log, catalog, telemetry, clock });
    const cache = opened.add(openCache(config, clock), (each) => each.close());
    const query = new Query({ store, cache, clock, telemetry, settings: config.question });

    const turns = new OneAtATime();
    const removal = opened.add(
      new ProjectRemoval({
        catalog,
        log,
        writer,
        store: {
          deleteProject: (id) => turns.later('the removal of a project', () => store.deleteProject(id)),
        },
        clock,
        telemetry,
        keysChanged: () => keys.refresh(),
        settleMs: projectSettleMs,
      }),
      (each) => each.close(),
    );
    await removal.resume();
    startSaltCare(catalog, clock, telemetry, opened);
    const queue = () =>
      queueStatus({
        log,
        writer,
        store,
        warningEvents: config.http.queueWarningEvents,
        now: () => clock.now(),
      });
    metrics.watch({
      queueLength: () => writer.status().waiting,
      lagMs: () => writer.status().lagMs,
      deadLetters: async () => (await queue()).deadLetters ?? 0,
      logBytes: () => log.usage().bytes,
      storeBytes: () => store.state().bytes,
    });
    const quarantine = new QuarantineCare({ store, writer, turns, telemetry });
    const { retentionDays } = config.operations;
    const maintenance = new Maintenance({ store, clock, telemetry, turns, retentionDays });
    startMaintenance(maintenance, quarantine, store, clock, opened);
    const doctor = new Doctor({ ...doctorParts(config), log, store, writer, catalog, turns, clock });
    const backup = () =>
      writeTar(
        backupFiles({ ...backupParts(config), catalog, store, turns, clock, holdTrimming: () => log.hold() }),
      );
    const readiness = new Readiness({ log, writer, store, catalog });
    const server = opened.add(
      await HttpServer.open({
        config: config.http,
        keys,
        clock,
        telemetry,
        collect: collector,
        questions: query,
        operations: {
          readiness: () => readiness.report(),
          queue,
          metrics,
          quarantine,
          house: { doctor, maintenance, backup },
        },
        house: { care, removeProject: (id) => removal.begin(id), keysChanged: () => keys.refresh() },
      }),
      (each) => each.close(),
    );
    return { url: server.url, madeKeys: made, failed: log.failed, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** The catalog alone, for commands that keep house without a server. Errors: catalog_unavailable, catalog_newer. */
export function openCatalog(config: Config): Promise<Catalog> {
  return SqliteCatalog.open({ path: config.catalog.file, random: randomBytes });
}

/** What is open, with how to close it; closes in reverse, and goes on when a part fails to close. */
class Opened {
  readonly #closers: (() => unknown)[] = [];
  #closing: Promise<void> | undefined;

  add<T>(part: T, close: (part: T) => unknown): T {
    this.#closers.push(() => close(part));
    return part;
  }

  close(): Promise<void> {
    this.#closing ??= this.#closeAll();
    return this.#closing;
  }

  async #closeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const close of this.#closers.reverse()) {
      try {
        await close();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0)
      throw new AggregateError(errors, `closing failed: ${errors.map(String).join('; ')}`);
  }
}

function lockData(directory: string): DirectoryLock {
  try {
    mkdirSync(directory, { recursive: true });
  } catch (cause) {
    const rule = 'must be a directory that can be made and written to';
    throw failure(
      'setting_invalid',
      { setting: 'MILLRACE_DATA', rule, value: `${directory} (${(cause as Error).message})` },
      cause,
    );
  }
  return lockDirectory(directory);
}

function givenScopes(config: Config): Scope[] {
  return (['write', 'read', 'admin'] as const).filter((scope) => config.keys[scope] !== undefined);
}

function openLog(config: Config, telemetry: Telemetry, clock: Clock): Promise<Log> {
  const { log } = config;
  switch (log.kind) {
    case 'disk':
      return openDiskLog({ directory: log.directory, config: log.settings, clock, telemetry });
    case 'memory':
      return Promise.resolve(openMemoryLog());
    default:
      return log satisfies never;
  }
}

async function openStore(config: Config, telemetry: Telemetry, clock: Clock, opened: Opened): Promise<Store> {
  const { store } = config;
  switch (store.kind) {
    case 'embedded': {
      const { directory, settings } = store;
      const engine = opened.add(
        await startEmbeddedEngine({ directory, settings, clock, telemetry }),
        (each) => each.close(),
      );
      return opened.add(lateStore(engine, telemetry, clock), (each) => each.close());
    }
    case 'memory':
      return opened.add(new MemoryStore({ clock }), (each) => each.close());
    default:
      return store satisfies never;
  }
}

/** The engine may take its time, or be away: the house opens without it. */
function lateStore(engine: EmbeddedEngine, telemetry: Telemetry, clock: Clock): LateStore {
  const onError = (error: ClickHouseError) => {
    if (isBrokenPart(error)) engine.restart(`a part of a table is broken: ${error.message}`);
  };
  const open = async (signal: AbortSignal) => {
    await engine.ready(signal);
    return ClickHouseStore.open({
      client: new ClickHouseClient(() => engine.target(), { onError }),
      fence: (queryId) => engine.fence(queryId),
      health: () => engine.state(),
      clock,
      telemetry,
      makeId: randomUUID,
    });
  };
  return new LateStore({ supports: clickhouseSupports, open, clock, telemetry });
}

interface StageParts {
  readonly log: Log;
  readonly telemetry: Telemetry;
  readonly clock: Clock;
}

async function openStartedWriter(
  config: Config,
  parts: StageParts & { readonly store: Store },
): Promise<Writer> {
  const writer = await openWriter({
    ...parts,
    config: config.writer,
    ...(config.log.kind === 'memory' ? {} : { directory: join(config.dataDirectory, 'writer') }),
  });
  writer.start();
  return writer;
}

async function openCollector(
  config: Config,
  parts: StageParts & { readonly catalog: Catalog },
): Promise<Collector> {
  const { catalog, clock } = parts;
  const file = config.collect.placesFile || shippedPlacesFile();
  const places = await openPlaces(file).catch((cause: unknown) => {
    const rule = 'must be a MaxMind database (.mmdb) that can be read';
    throw failure('setting_invalid', { setting: 'MILLRACE_GEO_DATABASE', rule, value: file }, cause);
  });
  return new Collector({
    ...parts,
    hasher: await openHasher(),
    newId: uuidv7,
    salt: (at) => catalog.salt(at, clock.now()),
    places,
  });
}

function openCache(config: Config, clock: Clock): Cache {
  return new MemoryCache({ clock, bytesMax: config.cache.bytesMax });
}

/** A backup of a directory that no server has. `turns` of its own: nobody else is there. */
export async function backUpClosed(config: Config): Promise<AsyncGenerator<TarFile>> {
  const opened = new Opened();
  opened.add(lockDirectory(config.dataDirectory), (lock) => lock.release());
  try {
    const catalog = opened.add(await openCatalog(config), (each) => each.close());
    const parts = { ...backupParts(config), catalog, turns: new OneAtATime(), clock: systemClock };
    return closing(backupFiles({ ...parts, holdTrimming: () => () => {} }), opened);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function* closing<T>(source: AsyncIterable<T>, opened: Opened): AsyncGenerator<T> {
  try {
    yield* source;
  } finally {
    await opened.close();
  }
}

/** What keeps a house without a server: no HTTP, no writer, so nothing is stored or taken meanwhile. */
export interface ClosedHouse {
  readonly doctor: Doctor;
  readonly maintenance: Maintenance;
  close(): Promise<void>;
}

/** Errors: directory_locked while a server runs; store_unavailable when the engine does not start. */
export async function openClosedHouse(config: Config, telemetry: Telemetry): Promise<ClosedHouse> {
  const clock = systemClock;
  const opened = new Opened();
  try {
    opened.add(lockData(config.dataDirectory), (lock) => lock.release());
    const catalog = opened.add(await openCatalog(config), (each) => each.close());
    const log = opened.add(await openLog(config, telemetry, clock), (each) => each.close());
    const store = await openStore(config, telemetry, clock, opened);
    while (store.state().status === 'starting') await clock.sleep(storePollMs);
    const turns = new OneAtATime();
    const { retentionDays } = config.operations;
    return {
      doctor: new Doctor({ ...doctorParts(config), log, store, catalog, turns, clock }),
      maintenance: new Maintenance({ store, clock, telemetry, turns, retentionDays }),
      close: () => opened.close(),
    };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

const storePollMs = 50;

/** Where a restore puts what. Errors: setting_invalid when the settings keep nothing on disk. */
export function placesOf(config: Config): Places {
  const { dataDirectory, log, store, catalog } = config;
  return {
    data: dataDirectory,
    log: log.kind === 'disk' ? log.directory : join(dataDirectory, 'log'),
    store: store.kind === 'embedded' ? store.directory : join(dataDirectory, 'store'),
    writer: join(dataDirectory, 'writer'),
    catalog: catalog.file,
  };
}

function backupParts(config: Config) {
  return { places: placesOf(config), version: ownVersion };
}

function doctorParts(config: Config) {
  const { log } = config;
  const keys = Object.entries(config.keys).filter(([, key]) => key !== undefined);
  return {
    verifyLog: () => (log.kind === 'disk' ? verifyLog(log.directory) : noSegments()),
    disk: async () => {
      const { bsize, bavail, blocks } = await statfs(config.dataDirectory);
      return { freeBytes: bsize * bavail, bytes: bsize * blocks };
    },
    freeBytesMin: log.kind === 'disk' ? log.settings.freeBytesMin : 0,
    keyLengths: Object.fromEntries(
      keys.map(([scope, key]) => [`MILLRACE_${scope.toUpperCase()}_KEY`, key!.length]),
    ),
    notes: config.notes,
  };
}

async function* noSegments(): AsyncGenerator<never> {}

/** Retention, and the end of a replay that a crash broke off, once the store answers. */
function startMaintenance(
  maintenance: Maintenance,
  quarantine: QuarantineCare,
  store: Store,
  clock: Clock,
  opened: Opened,
): void {
  const stop = new AbortController();
  const resuming = (async () => {
    while (!stop.signal.aborted) {
      if (store.state().status === 'ready') {
        const done = await quarantine.resume().then(
          () => true,
          () => false,
        );
        if (done) return;
      }
      await clock.sleep(storePollMs, stop.signal);
    }
  })();
  const expiring = maintenance.run(stop.signal);
  opened.add(stop, async () => {
    stop.abort();
    await Promise.all([resuming, expiring]);
  });
}

function startSaltCare(catalog: Catalog, clock: Clock, telemetry: Telemetry, opened: Opened): void {
  const stop = new AbortController();
  const caring = careForSalts(catalog, clock, telemetry, stop.signal);
  opened.add(caring, async () => {
    stop.abort();
    await caring;
  });
}
