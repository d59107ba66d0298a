/** `npm run demo` as a newcomer starts it, but for the live stream's end. */
import assert from 'node:assert/strict';
import { execFile, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, it, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { root } from '../house/import-table.ts';

const execute = promisify(execFile);
const demo = join(root, 'scripts', 'demo.ts');

function newDirectory(t: TestContext): string {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-demo-test-'));
  t.after(() => rmSync(directory, { recursive: true, force: true }));
  return directory;
}

describe('the demo', () => {
  it('fills a directory once, and shows the same numbers when it is started again', async (t) => {
    const options = ['--fill-only', '--port', '0', '--data', newDirectory(t)];
    const first = await execute(process.execPath, [demo, ...options]);
    assert.match(first.stdout, /events of the past 30 days are in/);
    const second = await execute(process.execPath, [demo, ...options]);
    assert.doesNotMatch(second.stdout, /of the past 30 days/);
    // the first and the last week of the window move with the clock
    const weeks = (text: string) =>
      [...text.matchAll(/^\d{4}-\d\d-\d\d +[\d,]+ +[\d,]+$/gm)].map(([row]) => row);
    assert.ok(weeks(first.stdout).length >= 3);
    assert.deepEqual(weeks(second.stdout), weeks(first.stdout));
  });

  it('keeps a board of questions that can be asked, and experiments with what they found', async (t) => {
    const directory = newDirectory(t);
    await execute(process.execPath, [demo, '--fill-only', '--port', '0', '--data', directory]);
    const catalog = new DatabaseSync(join(directory, 'catalog.sqlite'), { readOnly: true });
    t.after(() => catalog.close());
    const kept = catalog.prepare('SELECT project, kind, name FROM saved ORDER BY project, kind, name').all();
    const named = (kind: string) => kept.filter((each) => each.kind === kind).map(({ name }) => name);
    assert.deepEqual(named('dashboard'), ['The shop']);
    assert.equal(named('question').length, 4);
    assert.deepEqual(named('experiment'), ['Checkout on one page', 'Where the first gate stands']);
  });

  it('goes on live, answers the commands that it prints, and ends in order', async (t) => {
    const directory = newDirectory(t);
    const child = spawn(process.execPath, [demo, '--port', '0', '--rate', '50', '--data', directory]);
    t.after(() => child.kill('SIGTERM'));
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    let printed = '';
    for await (const chunk of child.stdout.setEncoding('utf8').iterator({ destroyOnReturn: false })) {
      printed += chunk;
      if (/Ctrl-C/.test(printed)) break;
    }
    const commands = [...printed.matchAll(/^ +npx millrace (.*)$/gm)].map((match) => match[1]!);
    assert.equal(commands.length, 6);
    for (const command of commands) {
      const words = command.split(' ').map((word) => word.replaceAll('"', ''));
      const { stdout } = await execute(process.execPath, [join(root, 'bin', 'millrace.js'), ...words]);
      assert.match(stdout, command.startsWith('query') ? /events/ : /the ratio of variants is off/, command);
      assert.match(stdout, /\d/, command);
    }
    const { shop } = JSON.parse(readFileSync(join(directory, 'demo.json'), 'utf8')) as {
      shop: { read: string };
    };
    const url = /http:\/\/127\.0\.0\.1:\d+/.exec(printed)![0];
    const live = async () => {
      const response = await fetch(`${url}/api/v1/query`, {
        method: 'POST',
        headers: { authorization: `Bearer ${shop.read}`, 'content-type': 'application/json' },
        body: JSON.stringify({
          kind: 'summary',
          from: Date.now() - 600_000,
          to: Date.now() + 60_000,
          filter: { field: 'anonymousId', op: 'startsWith', value: 'live-' },
        }),
      });
      return ((await response.json()) as { data: { totals: { events: number } } }).data;
    };
    let seen = JSON.stringify(await live());
    for (let attempt = 0; attempt < 100 && /"events":0/.test(seen); attempt++) {
      await new Promise((wake) => setTimeout(wake, 100));
      seen = JSON.stringify(await live());
    }
    assert.doesNotMatch(seen, /"events":0/);
    child.stdout.resume();
    child.kill('SIGINT');
    assert.equal(await ended, 0);
  });
});
