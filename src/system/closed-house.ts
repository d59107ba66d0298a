/** The house without a server: what commands need to look after a directory that nobody serves. */
import { mkdirSync, readFileSync } from 'node:fs';
import { statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Catalog } from '../catalog/catalog.ts';
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { type DirectoryLock, lockDirectory } from '../directory-lock.ts';
import { failure } from '../errors.ts';
import { verifyLog } from '../log/disk/verify-log.ts';
import { backupFiles, type Places } from '../operations/backup.ts';
import { Doctor } from '../operations/doctor.ts';
import { Maintenance } from '../operations/maintenance.ts';
import { OneAtATime } from '../operations/one-at-a-time.ts';
import type { TarFile } from '../operations/tar.ts';
import { isSharedLog, isSharedStore } from '../stage-config.ts';
import { Telemetry } from '../telemetry/telemetry.ts';
import { adapterParts, openCatalog, openLog, openStore } from './adapters.ts';
import { Opened } from './opened.ts';

const ownVersion = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;

const storePollMs = 50;

/** A backup of a directory that no server has. `turns` of its own: nobody else is there. */
export async function backUpClosed(config: Config): Promise<AsyncGenerator<TarFile>> {
  const opened = new Opened();
  opened.add(lockDirectory(config.dataDirectory), (lock) => lock.release());
  try {
    const adapters = adapterParts(new Telemetry(), systemClock, opened);
    const catalog = await openCatalog(config, adapters);
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
    const adapters = adapterParts(telemetry, clock, opened);
    if (!isSharedLog(config.log) || !isSharedStore(config.store))
      opened.add(lockData(config.dataDirectory), (lock) => lock.release());
    const catalog = await openCatalog(config, adapters);
    const log = await openLog(config, adapters);
    const store = await openStore(config, adapters);
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

/** The catalog alone, for commands that keep house without a server. Errors: catalog_unavailable, catalog_newer. */
export async function openCatalogAlone(
  config: Config,
): Promise<{ readonly catalog: Catalog; readonly close: () => Promise<void> }> {
  const opened = new Opened();
  try {
    const catalog = await openCatalog(config, adapterParts(new Telemetry(), systemClock, opened));
    return { catalog, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}

/** Where a restore puts what. Errors: setting_invalid when the settings keep nothing on disk. */
export function placesOf(config: Config): Places {
  const { dataDirectory, log, store, catalog } = config;
  return {
    data: dataDirectory,
    log: log.kind === 'disk' ? log.directory : join(dataDirectory, 'log'),
    store: store.kind === 'embedded' ? store.directory : join(dataDirectory, 'store'),
    writer: join(dataDirectory, 'writer'),
    catalog: catalog.kind === 'file' ? catalog.file : join(dataDirectory, 'catalog.sqlite'),
  };
}

export function backupParts(config: Config) {
  return { places: placesOf(config), version: ownVersion };
}

export function doctorParts(config: Config) {
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

export function lockData(directory: string): DirectoryLock {
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
