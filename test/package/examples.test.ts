/** What README.md and docs/http.md show as shell commands works when pasted, one after the other, against one server. */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { promisify } from 'node:util';
import { startServer, temporaryDirectory } from '../cli/server.ts';
import { root } from '../house/import-table.ts';

const execute = promisify(execFile);
const keys = {
  MILLRACE_WRITE_KEY: 'examples-write-0123456789',
  MILLRACE_READ_KEY: 'examples-read-0123456789',
  MILLRACE_ADMIN_KEY: 'examples-admin-0123456789',
};
/** These start servers, need other ones, or set the reader's own keys; other tests run them. */
const notHere = /^(npm ci|npm start|npm run demo|export |docker |npx millrace move )/;

/** The commands of the page's shell blocks; a line that ends in \ or within quotes goes on. */
function commandsOf(page: string): string[] {
  const blocks = [...readFileSync(join(root, page), 'utf8').matchAll(/^```sh\n([\s\S]*?)^```$/gm)].map(
    (match) => match[1]!,
  );
  return blocks
    .flatMap((block) => block.split(/\n(?=npx |npm |curl |export |docker )/))
    .map((command) => command.trim())
    .filter((command) => command !== '' && !notHere.test(command));
}

describe('the examples of the documents', () => {
  for (const page of ['README.md', 'docs/http.md']) {
    it(`work when pasted: ${page}`, async (t) => {
      const server = await startServer(t, temporaryDirectory(t), keys);
      for (let attempt = 0; attempt < 200; attempt++) {
        if ((await fetch(`${server.url}/health/ready`)).ok) break;
        await new Promise((wake) => setTimeout(wake, 50));
      }
      const commands = commandsOf(page);
      assert.ok(commands.length >= 3, `${commands.length} commands in ${page}`);
      for (const command of commands) {
        const here = command
          .replaceAll('http://127.0.0.1:3000', server.url)
          .replaceAll('npx millrace', `"${process.execPath}" bin/millrace.js`)
          .replaceAll(/\bcurl /g, 'curl -sS --fail-with-body ');
        const run = () =>
          execute('sh', ['-c', here], {
            cwd: root,
            env: { PATH: process.env.PATH, HOME: process.env.HOME, MILLRACE_URL: server.url, ...keys },
          }).catch((error: Error & { stdout: string }) =>
            assert.fail(`${command}\n${error.message}\n${error.stdout}`),
          );
        let { stdout } = await run();
        // an export asks for what was collected a moment ago, which counts within a second
        for (let attempt = 0; stdout === '' && attempt < 50; attempt++) {
          await new Promise((wake) => setTimeout(wake, 100));
          ({ stdout } = await run());
        }
        assert.notEqual(stdout, '', command);
        if (command.startsWith('npx millrace query')) assert.match(stdout, /events/, command);
      }
      if (page === 'README.md') await checkFigures(server.url);
    });
  }
});

/** Told as families, in sections of their own. */
const families = /^\/api\/v1\/(analytics|saved|people|session)\//;
/** No part of the API. */
const pages = ['/', '/sign-in', '/p/…', '/m.js'];

it('docs/http.md names every route of the server, and no other', () => {
  const page = readFileSync(join(root, 'docs', 'http.md'), 'utf8');
  const cells = [...page.matchAll(/^\|(.*?)\|/gm)].map(([, cell]) => cell!);
  const said = cells
    .flatMap((cell) => [...cell.matchAll(/`(?:(?:GET|POST|PUT|DELETE) )?(\/[^`\s?]*)[^`]*`/g)])
    .map(([, path]) => path!);
  const { paths } = JSON.parse(readFileSync(join(root, 'docs', 'openapi.json'), 'utf8')) as { paths: object };
  const served = Object.keys(paths).map((path) => path.replaceAll(/\{(\w+)\}/g, ':$1'));
  assert.ok(served.length > 40);
  const known = [...served, ...pages];
  assert.deepEqual(
    said.filter((path) => !known.includes(path) && !path.includes(':kinds')),
    [],
    'these are in the page alone',
  );
  assert.deepEqual(
    served.filter((path) => !said.includes(path) && !families.test(path)),
    [],
    'these are not in the page',
  );
});

/** The figures of the real access log that the README states. */
async function checkFigures(url: string): Promise<void> {
  const readme = readFileSync(join(root, 'README.md'), 'utf8');
  const ask = async (more: object) => {
    const response = await fetch(`${url}/api/v1/query`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.MILLRACE_READ_KEY}`, 'content-type': 'application/json' },
      body: JSON.stringify({ kind: 'summary', from: '2015-05-17', to: '2015-05-21', exact: true, ...more }),
    });
    return ((await response.json()) as { data: { total: { events: number; users: number } } }).data.total;
  };
  const all = await ask({ bots: 'include' });
  const bots = await ask({ bots: 'only' });
  const blog = await ask({ filter: { field: 'path', op: 'startsWith', value: '/blog/' } });
  assert.equal(all.events, 10_000);
  const number = (value: number) => value.toLocaleString('en');
  const flat = readme.replaceAll('\n', ' ');
  assert.ok(flat.includes(`${((bots.events / all.events) * 100).toFixed(1)} % of it is bots`));
  assert.ok(flat.includes(`${number(bots.events)} of ${number(all.events)} requests`));
  assert.ok(flat.includes(`from ${number(bots.users)} of ${number(all.users)} visitors`));
  assert.ok(flat.includes(`${number(blog.events)} views by ${number(blog.users)} visitors`));
}
