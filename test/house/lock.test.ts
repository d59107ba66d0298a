/** The lock file is whole: `npm ci` on a clean checkout of any platform finds every package in it, also those of other platforms. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from './import-table.ts';

interface Entry {
  readonly version?: string;
  readonly optional?: boolean;
  readonly os?: unknown;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
}

const read = (file: string) => JSON.parse(readFileSync(join(root, file), 'utf8'));
const packages = (read('package-lock.json') as { packages: Readonly<Record<string, Entry>> }).packages;

describe('package-lock.json', () => {
  it('holds every package that another one names, the optional ones of other platforms too', () => {
    const missing = Object.entries(packages).flatMap(([owner, entry]) =>
      Object.keys({ ...entry.dependencies, ...entry.optionalDependencies })
        .filter((name) => !placesOf(owner, name).some((place) => place in packages))
        .map((name) => `${name} of ${owner || 'package.json'}`),
    );
    assert.deepEqual(missing, []);
  });

  it('pins exactly what package.json asks for', () => {
    const { dependencies, devDependencies, optionalDependencies } = read('package.json') as Record<
      string,
      Record<string, string>
    >;
    for (const [name, version] of Object.entries({
      ...dependencies,
      ...devDependencies,
      ...optionalDependencies,
    })) {
      assert.match(version, /^\d/, `${name} is pinned to one version`);
      assert.equal(packages[`node_modules/${name}`]?.version, version, name);
    }
  });

  it('has the runtime for each platform of its own, chosen by os and processor', () => {
    const { optionalDependencies } = read('package.json') as { optionalDependencies: Record<string, string> };
    const runtimes = Object.keys(optionalDependencies).filter((name) => name.startsWith('node-'));
    assert.ok(runtimes.length > 0);
    for (const name of runtimes) {
      const { optional, os } = packages[`node_modules/${name}`]!;
      assert.ok(optional === true && os !== undefined, name);
    }
  });
});

/** Where a package may lie that `owner` needs: below it, or below any folder above. */
function placesOf(owner: string, name: string): string[] {
  const places = [`node_modules/${name}`];
  for (let at = owner; at !== ''; at = at.slice(0, Math.max(0, at.lastIndexOf('/node_modules/')))) {
    places.push(`${at}/node_modules/${name}`);
  }
  return places;
}
