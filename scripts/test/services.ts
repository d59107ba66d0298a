/** What some suites need and a machine may lack: servers, and a browser for suites of pages. */
import { readFileSync } from 'node:fs';
import { join, normalize } from 'node:path';
import { chromium, hll, pgbouncer, postgres, redis, type Software } from '../services/install.ts';

export interface Service {
  readonly software: Software;
  /** What to do to have it. */
  readonly advice: string;
  /** False: suites run without it, and test less. */
  readonly leavesOut: boolean;
  /** Whether the test file needs it. */
  needs(file: string): boolean;
}

const root = join(import.meta.dirname, '../..');
/** Through test/support/postgres.ts or on its own. */
export const needsPostgres = (file: string) => reaches(file, 'scripts/services/postgres.ts');

export const services: readonly Service[] = [
  {
    software: postgres,
    advice: 'Install PostgreSQL 13 or newer with its server programs',
    leavesOut: true,
    needs: needsPostgres,
  },
  {
    software: hll,
    advice: 'Install the extension hll for the newest PostgreSQL here',
    leavesOut: false,
    needs: needsPostgres,
  },
  {
    software: pgbouncer,
    advice: 'Install pgbouncer',
    leavesOut: true,
    needs: (file) => reaches(file, 'scripts/services/pgbouncer.ts'),
  },
  {
    software: redis,
    advice: 'Install redis-server',
    leavesOut: true,
    needs: (file) => reaches(file, 'scripts/services/redis.ts'),
  },
  {
    software: chromium,
    advice: 'Install it, or set CHROMIUM to its path',
    leavesOut: true,
    needs: (file) => /\.page(\.long)?\.test\.ts$/.test(file),
  },
];

/** What a file of test/ or scripts/ imports from there, itself and through others. */
const reached = new Map<string, ReadonlySet<string>>();

function reaches(file: string, target: string): boolean {
  return reachedFrom(file).has(target);
}

function reachedFrom(file: string): ReadonlySet<string> {
  const known = reached.get(file);
  if (known !== undefined) return known;
  const found = new Set<string>();
  // set before it is complete, so that files that import each other come to an end
  reached.set(file, found);
  for (const [, path = ''] of readFileSync(join(root, file), 'utf8').matchAll(valueImport)) {
    const imported = normalize(join(file, '..', path));
    if (!/^(test|scripts)\//.test(imported)) continue;
    found.add(imported);
    for (const each of reachedFrom(imported)) found.add(each);
  }
  return found;
}

/** `import … from './x.ts'` and `import('./x.ts')`, but for types alone. */
const valueImport = /(?:^(?:import|export)\s+(?!type\b)[^;]*?from\s+|import\()'(\.[^']+\.ts)'/gm;
