/**
 * One directory, one process. The lock is a SQLite write lock on an empty file: a kernel lock that ends with its process,
 * however that ends, so no stale file can bar a start and no recycled process id can fake an owner; it holds between
 * containers that share a volume, and between two opens in one process.
 * Never open, read or copy `millrace.lock` in the process that holds it: closing any descriptor of a file drops POSIX locks.
 */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { failure } from './errors.ts';

export const lockFileName = 'millrace.lock';
/** Says who took the lock last, for people to read; it decides nothing. */
export const lockOwnerFileName = 'millrace.lock.owner';

export interface DirectoryLock {
  readonly directory: string;
  /** Gives the directory up; again does nothing. */
  release(): void;
}

/** Takes the directory, making it if need be. Errors: directory_locked; setting_invalid when it cannot be written to. */
export function lockDirectory(directory: string): DirectoryLock {
  const path = resolve(directory);
  const database = openLockFile(path);
  try {
    // Journal off: nothing is ever written to this file, and no second file should appear beside it.
    database.exec('PRAGMA journal_mode = OFF; BEGIN IMMEDIATE');
  } catch (error) {
    database.close();
    if (!isBusy(error)) throw unwritable(path, error);
    throw failure('directory_locked', { directory: path, owner: readOwner(path) }, error);
  }
  writeOwner(path);
  return {
    directory: path,
    release() {
      if (database.isOpen) database.close();
    },
  };
}

function openLockFile(path: string): DatabaseSync {
  try {
    mkdirSync(path, { recursive: true });
    return new DatabaseSync(join(path, lockFileName), { timeout: 0 });
  } catch (error) {
    throw unwritable(path, error);
  }
}

function unwritable(path: string, cause: unknown): Error {
  return failure(
    'setting_invalid',
    { setting: 'MILLRACE_DATA', rule: 'must be a directory that this process can write to', value: path },
    cause,
  );
}

function isBusy(error: unknown): boolean {
  const sqliteBusy = 5;
  const code = (error as { errcode?: unknown }).errcode;
  return typeof code === 'number' && (code & 0xff) === sqliteBusy;
}

function writeOwner(path: string): void {
  const owner = `process ${process.pid} on ${hostname()}, since ${new Date().toISOString()}\n`;
  try {
    writeFileSync(join(path, lockOwnerFileName), owner);
  } catch {
    // A full disk must not bar the start: the lock is held all the same.
  }
}

function readOwner(path: string): string {
  try {
    return readFileSync(join(path, lockOwnerFileName), 'utf8').trim() || 'another process';
  } catch {
    return 'another process';
  }
}
