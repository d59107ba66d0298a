/**
 * A copy of everything that the server keeps, of one moment, made while it runs. In this order, so that the copy is what a
 * crash could have left: trimming is held, the writer's index, the store between two inserts, then the log (it has at least
 * what the store has, and all that was acknowledged before), and the catalog last. Files are kept by hard links, so this
 * takes a moment; the copying behind it hinders nobody.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { link, lstat, mkdir, readdir, rm } from 'node:fs/promises';
import { basename, dirname, join, relative, sep } from 'node:path';
import type { Catalog } from '../catalog/catalog.ts';
import type { Clock } from '../clock.ts';
import { failure } from '../errors.ts';
import type { Store } from '../store/store.ts';
import type { OneAtATime } from './one-at-a-time.ts';
import type { TarFile } from './tar.ts';

/** Where the server keeps what; absolute. */
export interface Places {
  readonly data: string;
  readonly log: string;
  readonly store: string;
  readonly writer: string;
  readonly catalog: string;
}

export interface BackupOptions {
  readonly places: Places;
  readonly catalog: Pick<Catalog, 'copyTo'>;
  /** Absent: no engine has the store's directory open, and it is copied as it is. */
  readonly store?: Pick<Store, 'freeze'>;
  /** Keeps the log from being trimmed until the returned function is called. */
  readonly holdTrimming: () => () => void;
  readonly turns: OneAtATime;
  readonly clock: Clock;
  /** Of this program. */
  readonly version: string;
}

export interface Manifest {
  readonly format: 1;
  /** The version of Millrace that made it. */
  readonly millrace: string;
  /** ISO 8601: what was acknowledged before is in it. */
  readonly createdAt: string;
  readonly files: readonly { readonly path: string; readonly bytes: number; readonly sha256: string }[];
}

export const manifestName = 'manifest.json';
/** Letters and digits alone: the engine writes others in its own way. */
const prefix = 'millracebackup';
const catalogName = 'catalog.sqlite';
const snapshotAttemptsMax = 10;

interface Source {
  /** In the backup, with '/'. */
  readonly path: string;
  readonly file: string;
  readonly bytes: number;
}

/** Removes what a backup left that was killed. */
export async function removeLeftovers({ data, log, store }: Places): Promise<void> {
  for (const directory of [data, log, join(store, 'shadow')]) {
    for (const name of await namesIn(directory))
      if (name.startsWith(prefix)) await rm(join(directory, name), { recursive: true, force: true });
  }
}

/**
 * The files of a backup, the manifest last: without it a copy is not whole. What was set aside is removed when the loop ends,
 * however it ends. Errors: conflict, store_unavailable, and the file system's own.
 */
export async function* backupFiles(options: BackupOptions): AsyncGenerator<TarFile> {
  const { places, turns, clock, version } = options;
  const name = prefix + randomUUID().replaceAll('-', '');
  const createdAt = new Date(clock.now()).toISOString();
  const files: Manifest['files'][number][] = [];
  try {
    const sources = await turns.now('a backup', () => setAside(options, name));
    for (const source of sources) {
      const hash = createHash('sha256');
      yield { path: source.path, bytes: source.bytes, data: hashed(source, hash) };
      files.push({ path: source.path, bytes: source.bytes, sha256: hash.digest('hex') });
    }
    const manifest: Manifest = { format: 1, millrace: version, createdAt, files };
    const text = Buffer.from(`${JSON.stringify(manifest, null, 1)}\n`);
    yield { path: manifestName, bytes: text.length, data: once(text) };
  } finally {
    for (const directory of [places.data, places.log, join(places.store, 'shadow')])
      await rm(join(directory, name), { recursive: true, force: true });
  }
}

async function* once(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function* hashed({ file, bytes }: Source, hash: { update(chunk: Uint8Array): unknown }) {
  // the newest segment goes on growing: what came later is not part of this
  if (bytes === 0) return;
  for await (const chunk of createReadStream(file, { end: bytes - 1 })) {
    hash.update(chunk as Buffer);
    yield chunk as Buffer;
  }
}

async function setAside(options: BackupOptions, name: string): Promise<readonly Source[]> {
  const { places, store, catalog, holdTrimming } = options;
  const staging = join(places.data, name);
  const logStaging = join(places.log, name);
  await mkdir(staging, { mode: 0o700 });
  await mkdir(logStaging, { mode: 0o700, recursive: true });
  const release = holdTrimming();
  try {
    const writer = await writerFiles(places.writer, join(staging, 'writer'));
    await store?.freeze(name);
    const log = await logFiles(places.log, logStaging);
    const catalogCopy = join(staging, catalogName);
    await catalog.copyTo(catalogCopy);
    const stored =
      store === undefined ? await treeFiles(places.store, isKept) : await frozenFiles(places.store, name);
    const { size } = await lstat(catalogCopy);
    return [
      ...stored.map((each) => ({ ...each, path: `store/${each.path}` })),
      ...log.map((each) => ({ ...each, path: `log/${each.path}` })),
      ...writer.map((each) => ({ ...each, path: `writer/${each.path}` })),
      { path: catalogName, file: catalogCopy, bytes: size },
    ];
  } finally {
    release();
  }
}

/** The index's manifest may be replaced while its files are linked; without an index at all it is made from the store. */
async function writerFiles(directory: string, staging: string): Promise<readonly Source[]> {
  for (let attempt = 0; attempt < snapshotAttemptsMax; attempt++) {
    await rm(staging, { recursive: true, force: true });
    await mkdir(staging, { mode: 0o700 });
    // manifests first: they name files that are whole, unless these are gone by then
    const names = (await namesIn(directory)).filter((each) => /^p\d+(\.json|-.*\.ids)$/.test(each));
    names.sort((a, b) => Number(b.endsWith('.json')) - Number(a.endsWith('.json')));
    const linked = await Promise.all(
      names.map((each) => linkIfThere(join(directory, each), join(staging, each))),
    );
    if (linked.every(Boolean)) return treeFiles(staging, () => true);
  }
  return [];
}

/** Of the log's files as long as they are now: a record that is torn at the end was not acknowledged, and is cut when it opens. */
async function logFiles(directory: string, staging: string): Promise<readonly Source[]> {
  for (const partition of (await namesIn(directory)).filter((each) => /^\d+$/.test(each))) {
    await mkdir(join(staging, partition));
    // one that is gone meanwhile held nothing that the store lacks
    for (const segment of await namesIn(join(directory, partition)))
      await linkIfThere(join(directory, partition, segment), join(staging, partition, segment));
  }
  return treeFiles(staging, () => true);
}

/** Parts from the frozen copy, and the few files beside them, which say what the tables are. */
async function frozenFiles(directory: string, name: string): Promise<readonly Source[]> {
  const parts = await treeFiles(join(directory, 'shadow', name), () => true);
  const tables = await treeFiles(
    directory,
    (path) =>
      /^metadata\/[^/]+$/.test(path) || /^store\/[^/]+\/[^/]+\/([^/]+\.sql|format_version\.txt)$/.test(path),
    (path) => /^(metadata|store(\/[^/]+){0,2})$/.test(path),
  );
  // each table has parts, if only the one that says its version: without any, these are not the tables that were frozen
  if (parts.length === 0) throw new Error(`the engine froze nothing as shadow/${name}`);
  return [...tables, ...parts];
}

/** Files of a store that is not open: without locks, and what a new start makes anew. */
const isKept = (path: string): boolean => /^(metadata|store)\//.test(path);

/** Plain files below a directory, by path. Locks are never touched (see directory-lock.ts); links are made anew by their owner. */
async function treeFiles(
  root: string,
  wanted: (path: string) => boolean,
  entered: (path: string) => boolean = () => true,
): Promise<readonly Source[]> {
  const found: Source[] = [];
  const directories = [root];
  for (let directory = directories.pop(); directory !== undefined; directory = directories.pop()) {
    for (const name of await namesIn(directory)) {
      const file = join(directory, name);
      const path = relative(root, file).split(sep).join('/');
      if (name.startsWith('millrace.lock')) continue;
      const info = await lstat(file).catch(() => undefined);
      if (info?.isDirectory() && entered(path)) directories.push(file);
      else if (info?.isFile() && wanted(path)) found.push({ path, file, bytes: info.size });
    }
  }
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

async function linkIfThere(from: string, to: string): Promise<boolean> {
  if (basename(from).startsWith('millrace.lock')) return true;
  try {
    await link(from, to);
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT') return false;
    if (code !== 'EPERM' && code !== 'EXDEV' && code !== 'ENOTSUP') throw error;
    const detail = `the file system of ${dirname(from)} has no hard links; stop the server to back it up`;
    throw failure('conflict', { detail }, error);
  }
}
