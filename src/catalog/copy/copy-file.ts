/** The file that holds a copy of the catalog: readable by its owner alone, replaced as a whole, so that it is never half written. */
import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { Key, Project } from '../catalog.ts';
import type { Saved } from '../saved.ts';

export interface Copy {
  readonly version: string;
  readonly projects: readonly Project[];
  readonly keys: readonly Key[];
  /** By the begin of their UTC day, epoch ms. */
  readonly salts: ReadonlyMap<number, Uint8Array>;
  /** What people keep, as of `savedVersion`; '' when it was never read. */
  readonly saved: readonly Saved[];
  readonly savedVersion: string;
  /** Epoch ms: when it was as the catalog was. */
  readonly takenAt: number;
}

const format = 1;

/** Undefined: there is none, or one that is of no use. */
export async function readCopy(path: string): Promise<Copy | undefined> {
  try {
    const kept = JSON.parse(await readFile(path, 'utf8')) as Omit<Copy, 'salts'> & {
      readonly format: number;
      readonly salts: readonly (readonly [number, string])[];
    };
    if (kept.format !== format || !Array.isArray(kept.projects) || !Array.isArray(kept.keys))
      return undefined;
    // a copy of an earlier version has nothing saved
    const { version, projects, keys, takenAt, saved = [], savedVersion = '' } = kept;
    const salts = new Map(kept.salts.map(([day, bytes]) => [day, Buffer.from(bytes, 'base64')]));
    return { version, projects, keys, salts, saved, savedVersion, takenAt };
  } catch {
    return undefined;
  }
}

export async function writeCopy(path: string, copy: Copy): Promise<void> {
  const salts = [...copy.salts].map(([day, bytes]) => [day, Buffer.from(bytes).toString('base64')]);
  await mkdir(dirname(path), { recursive: true });
  const temporary = `${path}.${randomUUID()}`;
  try {
    const file = await open(temporary, 'wx', 0o600);
    try {
      await file.writeFile(JSON.stringify({ format, ...copy, salts }));
      await file.sync();
    } finally {
      await file.close();
    }
    await chmod(temporary, 0o600);
    await rename(temporary, path);
    await syncDirectory(dirname(path));
  } finally {
    await rm(temporary, { force: true });
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
