/**
 * The dedupe index of a partition on disk: one file a generation, and a manifest that names them.
 *
 *   p<partition>-g<serial>-<count>.ids   the table as it is in memory (little-endian words)
 *   p<partition>.json                    {"crc": CRC-32 of the text of body, "body": {version, position, key, generations}}
 *
 * A sealed generation never changes, so its file is written once. Everything is fsynced before the manifest is renamed into
 * place, so the manifest always names whole files; each table's CRC-32 is in it and is compared when it is read.
 */
import { mkdir, open, readdir, readFile, rename, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { bytesPerSlot, type GenerationState } from './dedupe-generation.ts';
import { hashKeyBytes } from './dedupe-hash.ts';

export interface DedupeSnapshot {
  /** All ids of the partition below this offset have been observed. */
  readonly position: number;
  readonly key: Uint8Array;
  /** Oldest first. */
  readonly generations: readonly GenerationState[];
}

interface ManifestEntry extends Omit<GenerationState, 'table' | 'receivedMin' | 'receivedMax'> {
  readonly file: string;
  readonly crc: number;
  /** null: the generation is empty. */
  readonly receivedMin: number | null;
  readonly receivedMax: number | null;
}

interface Manifest {
  readonly version: 1;
  readonly position: number;
  readonly key: string;
  readonly generations: readonly ManifestEntry[];
}

const version = 1;
const chunkBytes = 1024 * 1024;
/** The directory holds secrets: with the key, ids can be made that collide. */
const fileMode = 0o600;
const directoryMode = 0o700;

/** What a damaged snapshot is: thrown by `read`, never by `write`. The index is rebuilt then. */
export class SnapshotDamaged extends Error {
  override readonly name = 'SnapshotDamaged';
}

export class SnapshotFiles {
  readonly #directory: string;
  readonly #partition: number;
  /** CRCs of the tables that are in their files already, by file. */
  #written = new Map<string, number>();
  #position = 0;

  constructor(directory: string, partition: number) {
    this.#directory = directory;
    this.#partition = partition;
  }

  /** The position of the snapshot that was read or written last; 0 without one. */
  get position(): number {
    return this.#position;
  }

  /** The snapshot that was read is not used: the next one repeats nothing of it. */
  discard(): void {
    this.#written = new Map();
    this.#position = 0;
  }

  /** Undefined when there is none. Errors: SnapshotDamaged; those of the file system. */
  async read(): Promise<DedupeSnapshot | undefined> {
    const text = await readIfThere(join(this.#directory, this.#manifestName));
    if (text === undefined) return undefined;
    const manifest = parseManifest(text.toString('utf8'));
    const generations: GenerationState[] = [];
    const written = new Map<string, number>();
    for (const entry of manifest.generations) {
      generations.push(await this.#readGeneration(entry));
      written.set(entry.file, entry.crc);
    }
    this.#written = written;
    this.#position = manifest.position;
    return { position: manifest.position, key: Buffer.from(manifest.key, 'hex'), generations };
  }

  /** Durable when it resolves. Tables are written in pieces, so that it never holds up the process. */
  async write(snapshot: DedupeSnapshot): Promise<void> {
    await mkdir(this.#directory, { recursive: true, mode: directoryMode });
    const written = new Map<string, number>();
    const generations: ManifestEntry[] = [];
    for (const { table, ...state } of snapshot.generations) {
      const file = `${this.#prefix}g${state.serial}-${state.count}.ids`;
      const crc = this.#written.get(file) ?? (await this.#writeTable(file, table));
      written.set(file, crc);
      const receivedMin = state.count === 0 ? null : state.receivedMin;
      const receivedMax = state.count === 0 ? null : state.receivedMax;
      generations.push({ ...state, receivedMin, receivedMax, file, crc });
    }
    const key = Buffer.from(snapshot.key).toString('hex');
    await this.#writeManifest({ version, position: snapshot.position, key, generations });
    this.#written = written;
    this.#position = snapshot.position;
    await this.#removeOthers();
  }

  get #prefix(): string {
    return `p${this.#partition}-`;
  }

  get #manifestName(): string {
    return `p${this.#partition}.json`;
  }

  async #readGeneration(entry: ManifestEntry): Promise<GenerationState> {
    const bytes = await readIfThere(join(this.#directory, entry.file));
    if (bytes === undefined) throw new SnapshotDamaged(`${entry.file} is missing`);
    if (crc32(bytes) !== entry.crc) throw new SnapshotDamaged(`${entry.file} does not have its CRC`);
    const slots = bytes.byteLength / bytesPerSlot;
    if (!Number.isInteger(Math.log2(slots)) || entry.count >= slots)
      throw new SnapshotDamaged(`${entry.file} has ${bytes.byteLength} bytes`);
    return {
      serial: entry.serial,
      count: entry.count,
      receivedMin: entry.receivedMin ?? Number.POSITIVE_INFINITY,
      receivedMax: entry.receivedMax ?? Number.NEGATIVE_INFINITY,
      table: new Uint32Array(
        bytes.buffer,
        bytes.byteOffset,
        bytes.byteLength / Uint32Array.BYTES_PER_ELEMENT,
      ),
    };
  }

  async #writeTable(file: string, table: Uint32Array): Promise<number> {
    const bytes = Buffer.from(table.buffer, table.byteOffset, table.byteLength);
    return await this.#writeFile(file, bytes);
  }

  async #writeManifest(manifest: Manifest): Promise<void> {
    const body = JSON.stringify(manifest);
    const text = `{"crc":${crc32(body)},"body":${body}}\n`;
    const draft = `${this.#manifestName}.tmp`;
    await this.#writeFile(draft, Buffer.from(text));
    // the names of the tables must be durable before the manifest points to them, its own name after the renaming
    await syncDirectory(this.#directory);
    await rename(join(this.#directory, draft), join(this.#directory, this.#manifestName));
    await syncDirectory(this.#directory);
  }

  /** Returns the CRC-32 of what it wrote. */
  async #writeFile(name: string, bytes: Uint8Array): Promise<number> {
    const file = await open(join(this.#directory, name), 'w', fileMode);
    try {
      let crc = 0;
      for (let at = 0; at < bytes.byteLength; at += chunkBytes) {
        const chunk = bytes.subarray(at, at + chunkBytes);
        crc = crc32(chunk, crc);
        await file.writeFile(chunk);
      }
      await file.sync();
      return crc;
    } finally {
      await file.close();
    }
  }

  /** Removes tables that the manifest does not name: of forgotten generations, or left by a crash. */
  async #removeOthers(): Promise<void> {
    for (const name of await readdir(this.#directory)) {
      if (!name.startsWith(this.#prefix) || this.#written.has(name)) continue;
      await unlink(join(this.#directory, name)).catch(() => {});
    }
  }
}

function parseManifest(text: string): Manifest {
  const [, crc, body] = /^\{"crc":(\d+),"body":(.*)\}\n$/s.exec(text) ?? [];
  if (body === undefined || crc32(body) !== Number(crc))
    throw new SnapshotDamaged('the manifest does not have its CRC');
  const manifest = JSON.parse(body) as Manifest;
  if (manifest.version !== version)
    throw new SnapshotDamaged(`the manifest has version ${String(manifest.version)}, not ${version}`);
  if (manifest.key.length !== hashKeyBytes * 2) throw new SnapshotDamaged('the manifest has no key');
  return manifest;
}

async function readIfThere(path: string): Promise<Buffer<ArrayBuffer> | undefined> {
  try {
    return await readFile(path);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

async function syncDirectory(path: string): Promise<void> {
  const directory = await open(path, 'r');
  try {
    await directory.sync();
  } finally {
    await directory.close();
  }
}
