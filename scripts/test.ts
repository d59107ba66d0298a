/**
 * `npm test`: every `*.test.ts` under test/, each file in a process of its own, with node's own reporter and summary at the end.
 * `--long` runs `*.long.test.ts` and the hazards, with ROUNDS=60 unless it is set, instead. Paths behind `--` narrow it: npm test -- test/log test/writer.
 * A service that suites need is installed where that is ours to do (see services/install.ts); a suite whose service is missing is
 * left out and named before the run; with CI=true that is a failure. Suites share one PostgreSQL, by TEST_POSTGRES_URL.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { install } from './services/install.ts';
import { startPostgres } from './services/postgres.ts';
import { needsPostgres, services } from './test/services.ts';

const root = join(import.meta.dirname, '..');
const testTimeoutMs = { usual: 5 * 60_000, long: 2 * 3_600_000 };
const longRounds = '60';
const hazards = 'test/hazards/';
/** Some suites start servers and engines of their own; more at a time than this and they starve each other. */
const concurrencyMax = 4;
/** Besides one for each processor: many wait for what they have killed or stopped. */
const waitingFiles = 1;

const { values, positionals } = parseArgs({ options: { long: { type: 'boolean' } }, allowPositionals: true });
const files = choose(values.long === true, positionals);
const needed = services.filter((service) => files.some(service.needs));
const missingSoftware = install(needed.map(({ software }) => software));
const missing = needed.filter(({ software }) => missingSoftware.includes(software));
const run = files.filter((file) => !missing.some((service) => service.leavesOut && service.needs(file)));
const left = files.filter((file) => !run.includes(file));

for (const { software, advice, leavesOut, needs } of missing) {
  console.error(
    leavesOut
      ? `LEFT OUT for want of ${software.name}: ${left.filter(needs).join(', ')}. ${advice}`
      : `TESTED LESS for want of ${software.name}. ${advice}`,
  );
}
if (run.length === 0) {
  console.error('no test files match');
  process.exit(1);
}
const postgres = run.some(needsPostgres) ? await startPostgres({ fsync: false }) : undefined;
const code = await runTests(run, {
  ...(values.long === true ? { ROUNDS: process.env.ROUNDS ?? longRounds } : {}),
  ...(postgres === undefined ? {} : { TEST_POSTGRES_URL: postgres.url() }),
});
await postgres?.close();
process.exitCode = missing.length > 0 && process.env.CI === 'true' ? 1 : code;

function choose(long: boolean, narrowed: readonly string[]): string[] {
  const wanted = narrowed.map((each) => relative(root, join(process.cwd(), each)));
  return globSync('test/**/*.test.ts', { cwd: root })
    .filter((file) => file.endsWith('.long.test.ts') === long || (long && file.startsWith(hazards)))
    .filter(
      (file) => wanted.length === 0 || wanted.some((each) => file === each || file.startsWith(`${each}/`)),
    )
    .sort();
}

function runTests(run: readonly string[], environment: Readonly<Record<string, string>>): Promise<number> {
  const concurrency = Math.min(availableParallelism() + waitingFiles, concurrencyMax);
  const flags = [
    '--test',
    `--test-concurrency=${concurrency}`,
    `--test-timeout=${values.long === true ? testTimeoutMs.long : testTimeoutMs.usual}`,
  ];
  const child = spawn(process.execPath, [...flags, ...run], {
    cwd: root,
    env: { ...process.env, ...environment },
    stdio: 'inherit',
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (exitCode) => resolve(exitCode ?? 1)));
}
