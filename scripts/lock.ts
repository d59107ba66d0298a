/**
 * Completes package-lock.json: adds the optional packages of other platforms that npm leaves out when the registry at hand does
 * not have them, so that `npm ci` works on every platform. Run it after any `npm install`: `npm run lock`.
 */
import { readFileSync, writeFileSync } from 'node:fs';

interface Entry {
  readonly version?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly [key: string]: unknown;
}

const file = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(file, 'utf8')) as { packages: Record<string, Entry> };
const before = Object.keys(lock.packages).length;

for (const [owner, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const place = `node_modules/${name}`;
    if (place in lock.packages || `${owner}/${place}` in lock.packages) continue;
    lock.packages[place] = platformEntry(name, version, entry);
  }
}
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`);
console.log(`${Object.keys(lock.packages).length - before} packages of other platforms added`);

/** Platform and processor stand in the names of such packages. */
function platformEntry(name: string, version: string, owner: Entry): Entry {
  const os = /android|darwin|freebsd|openharmony|linux|win32/.exec(name)?.[0];
  const cpu = /arm64|arm|x64|ia32|ppc64|s390x|riscv64|loong64|wasm32/.exec(name)?.[0];
  if (cpu === undefined || (os === undefined && cpu !== 'wasm32'))
    throw new Error(`${name} does not name its platform; add it by hand`);
  return {
    version,
    cpu: [cpu],
    ...(owner.dev && { dev: true }),
    ...(os === 'linux' && { libc: [name.includes('musl') ? 'musl' : 'glibc'] }),
    ...(owner.license && { license: owner.license }),
    optional: true,
    ...(os && { os: [os] }),
  };
}
