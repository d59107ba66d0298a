/**
 * Writes the pages that come from declarations: `npm run docs`. With `--check` it writes nothing and fails when a page is stale,
 * which is what CI asks.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { generatedPages } from './docs/pages.ts';

const root = join(import.meta.dirname, '..');
const check = process.argv.includes('--check');

for (const page of generatedPages()) {
  const path = join(root, page.path);
  const current = existsSync(path) ? readFileSync(path, 'utf8') : '';
  if (current === page.contents) continue;
  if (check) {
    console.error(`${page.path} is stale; run npm run docs`);
    process.exitCode = 1;
  } else {
    writeFileSync(path, page.contents);
    console.log(`wrote ${page.path}`);
  }
}
