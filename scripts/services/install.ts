/**
 * Installs the servers that suites need, where that is ours to do: Debian and its kin, as root (or in CI with a sudo that asks
 * nothing). The packages' own services are not started. `node scripts/services/install.ts` installs all that is missing.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { executable, postgresProgram, systemProgram } from './programs.ts';

export interface Software {
  readonly name: string;
  /** Debian's packages; decided when it is to be installed, as one may depend on another's version. */
  packages(): readonly string[];
  present(): boolean;
}

export const postgres: Software = {
  name: 'PostgreSQL',
  packages: () => ['postgresql'],
  present: () => postgresProgram('postgres') !== undefined && postgresProgram('initdb') !== undefined,
};
/** Sketches of uniques inside PostgreSQL; the store does without, in another way, which suites then test alone. */
export const hll: Software = {
  name: "PostgreSQL's extension hll",
  packages: () => [`postgresql-${postgresMajor()}-hll`],
  present: () => existsSync(join(postgresConfig('--sharedir'), 'extension/hll.control')),
};
export const pgbouncer: Software = {
  name: 'PgBouncer',
  packages: () => ['pgbouncer'],
  present: () => systemProgram('pgbouncer') !== undefined,
};
export const redis: Software = {
  name: 'Redis',
  packages: () => ['redis-server'],
  present: () => systemProgram('redis-server') !== undefined,
};
export const chromium: Software = {
  name: 'Chromium',
  packages: () => ['chromium'],
  present: () => chromiumPath() !== undefined,
};

/** Leaves the machine as it is when the packages cannot be had. A policy-rc.d of 101 keeps their services from being started. */
const installScript = `
set -e
policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  printf '#!/bin/sh\\nexit 101\\n' >$policy
  trap 'rm -f $policy' EXIT
  chmod 755 $policy
fi
export DEBIAN_FRONTEND=noninteractive
apt-get update -qq
apt-get install -yqq --no-install-recommends -o DPkg::Lock::Timeout=120 "$@"
`;

/** Installs what is missing, one after the other; says what it does. Gives what is missing still. */
export function install(wanted: readonly Software[]): Software[] {
  const missing = () => wanted.filter((each) => !each.present());
  const shell = missing().length > 0 ? privilegedShell() : undefined;
  if (shell === undefined) return missing();
  for (const software of missing()) {
    console.error(`installing ${software.name}: ${software.packages().join(', ')}`);
    const [command = '', ...args] = [...shell, '-c', installScript, 'install', ...software.packages()];
    const { status } = spawnSync(command, args, { stdio: ['ignore', 'ignore', 'inherit'] });
    if (status !== 0) console.error(`${software.name} could not be installed`);
  }
  return missing();
}

/** The browser of the system, or the one that CHROMIUM names; undefined when there is none. */
export function chromiumPath(): string | undefined {
  const given = process.env.CHROMIUM;
  if (given !== undefined && given !== '' && executable(given)) return given;
  return systemProgram('chromium') ?? systemProgram('chromium-browser') ?? systemProgram('google-chrome');
}

/** A shell that may install. A developer's sudo is not ours to use, so it counts in CI alone. */
function privilegedShell(): readonly string[] | undefined {
  if (!existsSync('/etc/debian_version') || systemProgram('apt-get') === undefined) return undefined;
  if (process.getuid?.() === 0) return ['/bin/sh'];
  const sudo =
    process.env.CI === 'true' && spawnSync('sudo', ['-n', 'true'], { stdio: 'ignore' }).status === 0;
  return sudo ? ['sudo', '-n', '/bin/sh'] : undefined;
}

function postgresMajor(): string {
  return /\d+/.exec(postgresConfig('--version'))?.[0] ?? '';
}

/** '' when PostgreSQL is not there. */
function postgresConfig(flag: string): string {
  const program = postgresProgram('pg_config');
  return program === undefined ? '' : execFileSync(program, [flag], { encoding: 'utf8' }).trim();
}

if (import.meta.main) {
  const left = install([postgres, hll, pgbouncer, redis, chromium]);
  for (const software of left) console.error(`MISSING: ${software.name} (${software.packages().join(', ')})`);
  process.exitCode = left.length > 0 ? 1 : 0;
}
