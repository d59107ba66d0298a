/** The package as somebody gets it: packed, installed in an empty folder from the tarball, run, asked, imported and type-checked. */
import assert from 'node:assert/strict';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { promisify } from 'node:util';
import { root } from '../house/import-table.ts';

const execute = promisify(execFile);
const version = (JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string }).version;
const keys = { write: 'package-write-0123456789', read: 'package-read-0123456789' };
const bytesMax = 3 * 1024 * 1024;
const stepMsMax = 120_000;

const folder = mkdtempSync(join(tmpdir(), 'millrace-package-'));
/** Without what npm tells its scripts, and without this checkout's programs on the path. */
const environment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(
      ([name]) => !/^(npm_(?!config_(registry|userconfig|cache)$)|INIT_CWD|MILLRACE_|NODE_)/i.test(name),
    ),
  ),
  PATH: (process.env.PATH ?? '')
    .split(':')
    .filter((directory) => !directory.startsWith(root))
    .join(':'),
};
const run = (command: string, args: readonly string[], cwd = folder) =>
  execute(command, [...args], { cwd, env: environment, maxBuffer: 16 * 1024 * 1024, timeout: stepMsMax });

let tarball: string;
let packed: { readonly size: number; readonly files: readonly { readonly path: string }[] };

before(async () => {
  const { stdout } = await run('npm', ['pack', '--json', '--pack-destination', folder], root);
  // what the build prints stands before it
  const said = JSON.parse(stdout.slice(stdout.search(/^[[{]/m))) as unknown;
  packed = (Array.isArray(said) ? said[0] : Object.values(said as object)[0]) as typeof packed;
  tarball = join(folder, `millrace-${version}.tgz`);
  writeFileSync(join(folder, 'package.json'), '{"name": "somebody", "private": true, "type": "module"}');
  await run('npm', ['install', '--no-audit', '--no-fund', tarball]);
});
after(() => rmSync(folder, { recursive: true, force: true }));

describe('the package', () => {
  it('holds what runs and what is read, and nothing else', () => {
    const paths = packed.files.map(({ path }) => path);
    for (const path of [
      'LICENSE',
      'NOTICE',
      'README.md',
      'bin/millrace.js',
      'dist/src/index.js',
      'docs/config.md',
    ])
      assert.ok(paths.includes(path), path);
    assert.ok(packed.size < bytesMax, `${packed.size} bytes`);
    const strange = paths.filter(
      (path) => !/^(dist\/|bin\/|docs\/|[A-Z]+(\.md)?$|package\.json$)/.test(path),
    );
    assert.deepEqual(strange, []);
    assert.ok(!paths.some((path) => /\.test\.|apache|demo/.test(path)));
  });

  it('holds every file that the source reads while it runs', () => {
    const besideSource = globSync('src/**/*.*', { cwd: root }).filter((file) => !file.endsWith('.ts'));
    const built = globSync('{tracker/browser,dashboard}/dist/**/*.*', { cwd: root });
    for (const page of ['dashboard/dist/index.html', 'tracker/browser/dist/m.js'])
      assert.ok(built.includes(page), page);
    const missing = [...besideSource, ...built].filter(
      (file) => !existsSync(join(folder, 'node_modules/millrace/dist', file)),
    );
    assert.deepEqual(missing, []);
  });

  it('serves, collects and answers', async (t) => {
    const server = spawn('npx', ['millrace', 'serve'], {
      cwd: folder,
      detached: true,
      env: { ...environment, PORT: '0', MILLRACE_WRITE_KEY: keys.write, MILLRACE_READ_KEY: keys.read },
    });
    t.after(() => endGroup(server));
    const url = await listening(server);
    const event = { type: 'signup', userId: 'ada', timestamp: Date.now() };
    const collected = await fetch(`${url}/api/collect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.write}`, 'content-type': 'application/json' },
      body: JSON.stringify(event),
    });
    assert.equal(collected.status, 202);
    const ask = async () =>
      (await run('npx', ['millrace', 'query', '--url', url, '--key', keys.read, '--json'])).stdout;
    let answer = await ask();
    for (let attempt = 0; attempt < 50 && !/"events": 1\b/.test(answer); attempt++) {
      await delay(200);
      answer = await ask();
    }
    assert.match(answer, /"events": 1\b/);
    const page = await fetch(`${url}/`);
    assert.equal(page.status, 200);
  });

  it('says its version, whatever Node runs it', async () => {
    assert.equal((await run('npx', ['millrace', '--version'])).stdout.trim(), version);
  });

  it('has types that a strict program can use', async () => {
    const program = `import { isFailure, loadConfig, openSystem, Telemetry, type Answer, type Store } from 'millrace';
import { storeSuite } from 'millrace/testing';
import { MillraceClient } from 'millrace/client';
const config = loadConfig({ PORT: '0' });
const port: number = config.http.port;
// @ts-expect-error: a port is a number
const wrong: string = config.http.port;
export const all = [openSystem, Telemetry, isFailure, storeSuite, MillraceClient, port, wrong];
export type Both = [Answer, Store];
`;
    writeFileSync(join(folder, 'program.ts'), program);
    // the compiler and the types of Node are this checkout's: fewer downloads
    for (const name of ['@types', 'fast-check', 'pure-rand', 'undici-types']) {
      const place = join(folder, 'node_modules', name);
      if (!existsSync(place) && existsSync(join(root, 'node_modules', name)))
        symlinkSync(join(root, 'node_modules', name), place);
    }
    const options = {
      target: 'es2025',
      lib: ['es2025'],
      module: 'nodenext',
      strict: true,
      noEmit: true,
      types: ['node'],
      skipLibCheck: true,
    };
    writeFileSync(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ compilerOptions: options, files: ['program.ts'] }),
    );
    await run(process.execPath, [join(root, 'node_modules/typescript/bin/tsc'), '-p', folder]).catch(
      (error: { stdout: string }) => assert.fail(error.stdout),
    );
  });

  it('can be imported, every entry', async () => {
    const script = `const [main, client, testing] = await Promise.all(
      ['millrace', 'millrace/client', 'millrace/testing'].map((name) => import(name)));
      console.log(typeof main.openSystem, typeof client.MillraceClient, typeof testing.storeSuite);`;
    const { stdout } = await run(process.execPath, ['--input-type=module', '-e', script]);
    assert.equal(stdout, 'function function function\n');
  });

  it('runs by a file that may be executed', () => {
    assert.ok(statSync(join(folder, 'node_modules/millrace/bin/millrace.js')).mode & 0o100);
  });
});

async function listening(server: ChildProcess): Promise<string> {
  let printed = '';
  const errors: string[] = [];
  server.stderr!.on('data', (chunk: Buffer) => errors.push(chunk.toString()));
  // left open: a server whose reader goes away is another test
  for await (const chunk of server.stdout!.iterator({ destroyOnReturn: false })) {
    printed += String(chunk);
    const url = /listens on (http\S+)[\s\S]*Dashboard/.exec(printed)?.[1];
    if (url !== undefined) return url;
  }
  throw new Error(`the server ended: ${errors.join('')}`);
}

/** npx is a parent of the server; the signal is for all of them. */
async function endGroup(server: ChildProcess): Promise<void> {
  const ended = new Promise((resolve) => server.on('exit', resolve));
  process.kill(-server.pid!, 'SIGTERM');
  await ended;
}
