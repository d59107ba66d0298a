/**
 * `npm run build`: dist/ as the published package holds it. The server and its types from src/, the client that sends events from
 * tracker/node/, and the files that the server reads while it runs.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { parseArgs } from 'node:util';

const root = join(import.meta.dirname, '..');
const { values } = parseArgs({ options: { out: { type: 'string', default: join(root, 'dist') } } });
const out = values.out;
const typescript = createRequire(import.meta.url).resolve('typescript/package.json');
const { bin } = JSON.parse(readFileSync(typescript, 'utf8')) as { bin: { tsc: string } };
const compiler = join(dirname(typescript), bin.tsc);

const startedAt = performance.now();
rmSync(out, { recursive: true, force: true });
compile();
buildPages();
const copied = copyFiles();
writeScope();
console.log(`${out}: built in ${Math.round(performance.now() - startedAt)} ms, ${copied} files copied`);

/** src/ imports tracker/, so both lie in dist/ as they lie here. */
function compile(): void {
  const options = [compiler, '-p', 'tsconfig.build.json', '--outDir', out];
  const { status } = spawnSync(process.execPath, options, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** In their own folders, from where they are copied. */
function buildPages(): void {
  const options = [join(root, 'scripts/pages.ts'), '--if-stale'];
  const { status } = spawnSync(process.execPath, options, { stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Whatever is no TypeScript is read at run time: pages, styles, images. Gives how many. */
function copyFiles(): number {
  const read = globSync('src/**/*.*', { cwd: root }).filter((file) => !file.endsWith('.ts'));
  const files = [...read, ...globSync('{tracker/browser,dashboard}/dist/**/*.*', { cwd: root })];
  for (const file of files) {
    mkdirSync(join(out, dirname(file)), { recursive: true });
    cpSync(join(root, file), join(out, file));
  }
  return files.length;
}

/** Where the command line finds its version: two folders above it, as in a checkout. */
function writeScope(): void {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
  writeFileSync(join(out, 'package.json'), `${JSON.stringify({ version, type: 'module' })}\n`);
}
