/**
 * A backup as a directory: written, verified, restored. The manifest is written last, so a backup that was broken off is none;
 * it names every file with its SHA-256. A restore verifies all of it before it writes anything, and puts what it wrote into
 * its place only when all is there.
 */
import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, readFile, rename, rm, rmdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { failure } from '../errors.ts';
import { type Manifest, manifestName, type Places } from './backup.ts';
import type { TarFile } from './tar.ts';

const fileMode = 0o600;
const directoryMode = 0o700;
const manifestBytesMax = 256 * 1024 * 1024;
/** A place in a backup: no absolute path, nothing above it. */
const safePath = /^(?!.*(^|\/)\.\.?(\/|$))[^/\0\\]+(\/[^/\0\\]+)*$/;

const refuse = (detail: string, cause?: unknown): Error => failure('backup_unusable', { detail }, cause);

/** What was written, by path. */
type Sums = ReadonlyMap<string, { readonly bytes: number; readonly sha256: string }>;

/** Writes the files into `directory`, which must be empty or not there. Errors: backup_unusable, and those of the files. */
export async function writeBackup(
  files: AsyncIterable<TarFile>,
  directory: string,
  progress: (bytes: number) => void = () => {},
): Promise<Manifest> {
  await mkdir(directory, { recursive: true, mode: directoryMode });
  if ((await readdir(directory)).length > 0) throw refuse(`${directory} is not empty; name a new directory`);
  const sums = new Map<string, { bytes: number; sha256: string }>();
  let manifestText: Buffer | undefined;
  for await (const { path, bytes, data } of files) {
    if (path === manifestName) manifestText = await whole(data, bytes);
    else sums.set(path, await writeFile(join(directory, checkedPath(path)), data, progress));
  }
  if (manifestText === undefined)
    throw refuse('the server broke the backup off before its end; make it again');
  const manifest = parseManifest(manifestText.toString('utf8'), 'what the server sent');
  compare(manifest, sums);
  await writeFile(join(directory, `${manifestName}.new`), oneChunk(manifestText), () => {});
  await rename(join(directory, `${manifestName}.new`), join(directory, manifestName));
  await syncDirectory(directory);
  return manifest;
}

/** Errors: backup_unusable, naming the first file that differs. */
export async function verifyBackup(directory: string): Promise<Manifest> {
  const manifest = await readManifest(directory);
  for (const { path, bytes, sha256 } of manifest.files) {
    const hash = createHash('sha256');
    let found = 0;
    try {
      for await (const chunk of createReadStream(join(directory, path))) {
        hash.update(chunk as Buffer);
        found += (chunk as Buffer).length;
      }
    } catch (error) {
      throw refuse(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`, error);
    }
    if (found !== bytes || hash.digest('hex') !== sha256) throw refuse(`${path} is not as it was backed up`);
  }
  return manifest;
}

/** Verifies the backup and copies it to `places`, none of which may hold anything. Errors: backup_unusable. */
export async function restoreBackup(directory: string, places: Places): Promise<Manifest> {
  const targets = [
    { name: 'store', to: places.store },
    { name: 'log', to: places.log },
    { name: 'writer', to: places.writer },
    { name: 'catalog.sqlite', to: places.catalog },
  ];
  for (const to of [places.data, ...targets.map((each) => each.to)]) await refuseUsed(to);
  const manifest = await verifyBackup(directory);
  const staged = targets.map((each) => ({ ...each, staging: `${each.to}.restoring` }));
  for (const { staging } of staged) await rm(staging, { recursive: true, force: true });
  const sums = new Map<string, { bytes: number; sha256: string }>();
  for (const { path } of manifest.files) {
    const target = staged.find(({ name }) => path === name || path.startsWith(`${name}/`));
    if (target === undefined) throw refuse(`${path} belongs to no part of a data directory`);
    const to = target.staging + path.slice(target.name.length);
    sums.set(path, await writeFile(to, createReadStream(join(directory, path)), () => {}));
  }
  compare(manifest, sums);
  // broken off between two of these, a start finds a store without its log and refuses to go on
  for (const { staging, to, name } of staged) {
    if (name !== 'catalog.sqlite') await mkdir(staging, { recursive: true, mode: directoryMode });
    await rmdir(to).catch(() => {});
    await rename(staging, to);
    await syncDirectory(dirname(to));
  }
  return manifest;
}

async function readManifest(directory: string): Promise<Manifest> {
  try {
    return parseManifest(await readFile(join(directory, manifestName), 'utf8'), directory);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
    throw refuse(`${directory} has no ${manifestName}: it is no backup, or one that was broken off`, error);
  }
}

function parseManifest(text: string, where: string): Manifest {
  let manifest: Manifest;
  try {
    manifest = JSON.parse(text) as Manifest;
  } catch (error) {
    throw refuse(`the ${manifestName} of ${where} cannot be read`, error);
  }
  if (manifest.format !== 1)
    throw refuse(
      `${where} has the format ${manifest.format}, and this version reads format 1; use the newer one`,
    );
  for (const { path } of manifest.files) checkedPath(path);
  return manifest;
}

function checkedPath(path: string): string {
  if (!safePath.test(path)) throw refuse(`it names the path ${JSON.stringify(path.slice(0, 200))}`);
  return path;
}

function compare({ files }: Manifest, sums: Sums): void {
  const wrong = files.find(({ path, bytes, sha256 }) => {
    const sum = sums.get(path);
    return sum?.bytes !== bytes || sum.sha256 !== sha256;
  });
  if (wrong !== undefined) throw refuse(`${wrong.path} did not arrive as it was sent`);
  if (sums.size !== files.length) throw refuse('it holds files that its manifest does not name');
}

/** Durable when it resolves, but for its name. */
async function writeFile(
  path: string,
  data: AsyncIterable<Uint8Array>,
  progress: (bytes: number) => void,
): Promise<{ bytes: number; sha256: string }> {
  await mkdir(dirname(path), { recursive: true, mode: directoryMode });
  const hash = createHash('sha256');
  const file = await open(path, 'wx', fileMode);
  let bytes = 0;
  try {
    for await (const chunk of data) {
      hash.update(chunk);
      await file.writeFile(chunk);
      bytes += chunk.byteLength;
      progress(chunk.byteLength);
    }
    await file.sync();
  } finally {
    await file.close();
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function whole(data: AsyncIterable<Uint8Array>, bytes: number): Promise<Buffer> {
  if (bytes > manifestBytesMax) throw refuse(`its manifest has ${bytes} bytes`);
  const chunks: Uint8Array[] = [];
  for await (const chunk of data) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* oneChunk(bytes: Uint8Array): AsyncGenerator<Uint8Array> {
  yield bytes;
}

async function refuseUsed(path: string): Promise<void> {
  const names = await readdir(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'ENOENT') return [];
    throw refuse(`${path} is in the way`, error);
  });
  // the lock of the process that restores, and what an earlier attempt left
  if (names.some((name) => !name.startsWith('millrace.lock') && !name.endsWith('.restoring')))
    throw refuse(`${path} is not empty; restore into a new directory (MILLRACE_DATA) or remove it first`);
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
