/** Where the servers' programs are on this machine, and as whom they may run. Undefined stands for "not installed". */
import { execFileSync } from 'node:child_process';
import { accessSync, constants, globSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import type { Owner } from './service-folder.ts';

/** Directories of PostgreSQL's own programs: Debian keeps them out of PATH, one directory a major version. */
const postgresDirectories = [
  '/usr/lib/postgresql/*/bin',
  '/usr/pgsql-*/bin',
  '/opt/homebrew/opt/postgresql@*/bin',
];

/** A program of the newest PostgreSQL: 'postgres', 'initdb', 'pg_basebackup'. */
export function postgresProgram(name: string): string | undefined {
  const versions = globSync(postgresDirectories).sort((a, b) => major(b) - major(a));
  return firstOf([...versions, ...path()].map((directory) => join(directory, name)));
}

/** A program in PATH or among the system's own (which PATH often leaves out). */
export function systemProgram(name: string): string | undefined {
  return firstOf([...path(), '/usr/sbin', '/usr/local/sbin'].map((directory) => join(directory, name)));
}

/** PostgreSQL and PgBouncer refuse to run as root: then they run as `postgres`. Undefined: as ourselves. */
export function unprivileged(): Owner | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], { encoding: 'utf8' }).trim());
  return { uid: id('-u'), gid: id('-g') };
}

export function executable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

const path = () => (process.env.PATH ?? '').split(delimiter).filter((each) => each !== '');
const firstOf = (files: readonly string[]) => files.find(executable);
const major = (directory: string) => Number(/(\d+)\/bin$/.exec(directory)?.[1] ?? 0);
