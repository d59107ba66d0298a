/**
 * `npm run build`: dist/ as the published package holds it. The server and its types from src/, the client that sends events from
 * tracker/node/, and the files that the server reads while it runs.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, globSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
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
compile('tsconfig.build.json', out);
compile('tsconfig.build.client.json', join(out, 'client'));
const copied = copyFiles();
console.log(`${out}: built in ${Math.round(performance.now() - startedAt)} ms, ${copied} files copied`);

function compile(configuration: string, outDir: string): void {
  const options = [compiler, '-p', configuration, '--outDir', outDir];
  const { status } = spawnSync(process.execPath, options, { cwd: root, stdio: 'inherit' });
  if (status !== 0) process.exit(status ?? 1);
}

/** Whatever is no TypeScript is read at run time: pages, styles, images. Gives how many. */
function copyFiles(): number {
  const files = globSync('**/*.*', { cwd: join(root, 'src') }).filter((file) => !file.endsWith('.ts'));
  for (const file of files) {
    mkdirSync(join(out, dirname(file)), { recursive: true });
    cpSync(join(root, 'src', file), join(out, file));
  }
  return files.length;
}
