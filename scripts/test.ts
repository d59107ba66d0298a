/**
 * `npm test`: every `*.test.ts` under test/, each file in a process of its own, with node's own reporter and summary at the end.
 * `--long` runs `*.long.test.ts` instead. Paths behind `--` narrow it: npm test -- test/log test/writer.
 * A suite whose service is missing here is left out and named before the run; with CI=true that is a failure.
 */
import { spawn } from 'node:child_process';
import { globSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { services } from './test/services.ts';

const root = join(import.meta.dirname, '..');
const testTimeoutMs = 5 * 60_000;
/** Some suites start servers and engines of their own; more at a time than this and they starve each other. */
const concurrencyMax = 4;

const { values, positionals } = parseArgs({ options: { long: { type: 'boolean' } }, allowPositionals: true });
const files = choose(values.long === true, positionals);
const missing = services.filter((service) => files.some(service.needs) && !service.available());
const run = files.filter((file) => !missing.some((service) => service.needs(file)));
const left = files.filter((file) => !run.includes(file));

for (const service of missing) {
  console.error(
    `LEFT OUT for want of ${service.name}: ${left.filter(service.needs).join(', ')}. ${service.advice}`,
  );
}
if (run.length === 0) {
  console.error('no test files match');
  process.exit(1);
}
const code = await runTests(run);
process.exitCode = left.length > 0 && process.env.CI === 'true' ? 1 : code;

function choose(long: boolean, narrowed: readonly string[]): string[] {
  const wanted = narrowed.map((each) => relative(root, join(process.cwd(), each)));
  return globSync('test/**/*.test.ts', { cwd: root })
    .filter((file) => file.endsWith('.long.test.ts') === long)
    .filter(
      (file) => wanted.length === 0 || wanted.some((each) => file === each || file.startsWith(`${each}/`)),
    )
    .sort();
}

function runTests(run: readonly string[]): Promise<number> {
  const concurrency = Math.min(availableParallelism(), concurrencyMax);
  const flags = ['--test', `--test-concurrency=${concurrency}`, `--test-timeout=${testTimeoutMs}`];
  const child = spawn(process.execPath, [...flags, ...run], { cwd: root, stdio: 'inherit' });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => child.kill(signal));
  return new Promise((resolve) => child.on('exit', (exitCode) => resolve(exitCode ?? 1)));
}
