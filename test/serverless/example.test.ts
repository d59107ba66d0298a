/** The example for Vercel: its route files are typechecked against what the package exports, and its cron calls a route that exists. */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../house/import-table.ts';

const example = join(root, 'examples', 'vercel');

describe('examples/vercel', () => {
  it('is typechecked', (t) => {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-example-'));
    t.after(() => rmSync(directory, { recursive: true }));
    const config = join(directory, 'tsconfig.json');
    // our sources are looked through too, by our own rules
    const { compilerOptions } = JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8'));
    writeFileSync(
      config,
      JSON.stringify({
        compilerOptions: {
          ...compilerOptions,
          rewriteRelativeImportExtensions: false,
          typeRoots: [join(root, 'node_modules', '@types')],
          paths: { 'millrace/serverless': [join(root, 'src', 'serverless', 'index.ts')] },
        },
        include: [join(example, 'app'), join(example, 'lib')],
      }),
    );
    execFileSync(process.execPath, [join(root, 'node_modules', '.bin', 'tsc'), '-p', config], {
      stdio: 'pipe',
    });
  });

  it('has a route for each cron', () => {
    const { crons } = JSON.parse(readFileSync(join(example, 'vercel.json'), 'utf8')) as {
      crons: { path: string }[];
    };
    for (const { path } of crons) assert.ok(existsSync(join(example, 'app', path, 'route.ts')), path);
  });
});
