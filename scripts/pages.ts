/**
 * `npm run pages`: builds what browsers load, each into a `dist` beside its source: the script that pages track with, the dashboard. With
 * `--if-stale` only what is missing or older than its source, as before every start of a checkout.
 */
import { createHash } from 'node:crypto';
import { existsSync, globSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { brotliCompressSync, constants, gzipSync } from 'node:zlib';
import { build, type InlineConfig } from 'vite';

const root = join(import.meta.dirname, '..');
const compressedBytesMin = 1_000;
/** The best takes five times as long for two percent. */
const brotliQuality = 9;
const { values } = parseArgs({ options: { 'if-stale': { type: 'boolean', default: false } } });

interface Part {
  readonly folder: string;
  readonly config: InlineConfig;
}

const tracker: Part = {
  folder: 'tracker/browser',
  config: {
    configFile: false,
    build: {
      target: 'es2022',
      minify: true,
      lib: {
        entry: join(root, 'tracker/browser/tracker.ts'),
        formats: ['iife'],
        name: 'millraceTracker',
        fileName: () => 'm.js',
      },
    },
  },
};

const dashboard: Part = {
  folder: 'dashboard',
  config: { configFile: join(root, 'dashboard/vite.config.ts') },
};

for (const { folder, config } of [tracker, dashboard]) {
  const built = join(root, folder, 'dist/.built');
  const source = sourceHash(folder);
  if (values['if-stale'] && existsSync(built) && readFileSync(built, 'utf8') === source) continue;
  const startedAt = performance.now();
  await build({ logLevel: 'warn', ...config, root: join(root, folder) });
  compress(join(root, folder, 'dist'));
  writeFileSync(built, source);
  console.error(`${folder}: built in ${Math.round(performance.now() - startedAt)} ms`);
}

/** Once, here, rather than with each request. */
function compress(folder: string): void {
  for (const name of globSync('**/*.{html,js,css,svg,json}', { cwd: folder })) {
    const bytes = readFileSync(join(folder, name));
    if (bytes.byteLength < compressedBytesMin) continue;
    writeFileSync(join(folder, `${name}.gz`), gzipSync(bytes, { level: 9 }));
    const quality = { [constants.BROTLI_PARAM_QUALITY]: brotliQuality };
    writeFileSync(join(folder, `${name}.br`), brotliCompressSync(bytes, { params: quality }));
  }
}

/** Of every file that the build reads, and of the versions of what it imports. */
function sourceHash(folder: string): string {
  const hash = createHash('sha256').update(readFileSync(join(root, 'package-lock.json')));
  const files = globSync(`${folder}/**/*`, {
    cwd: root,
    exclude: (name) => /(^|\/)(dist|node_modules)$/.test(name),
  });
  for (const file of files.sort())
    if (statSync(join(root, file)).isFile()) hash.update(file).update(readFileSync(join(root, file)));
  return hash.digest('hex');
}
