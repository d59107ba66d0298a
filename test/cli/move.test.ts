/** The real access log from the embedded store into PostgreSQL and back, by the command: the same answers everywhere, and the keys go on working. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { describe, it } from 'node:test';
import { root } from '../house/import-table.ts';
import { openDatabase } from '../support/postgres.ts';
import { type RunningServer, run, startServer, temporaryDirectory, until } from './server.ts';

const log = join(root, 'scripts', 'demo', 'apache-access.log.gz');
const scope = { from: '2015-05-17', to: '2015-05-21', bots: 'include', exact: true };
const plans: readonly object[] = [
  { ...scope, kind: 'summary' },
  { ...scope, kind: 'trend', interval: 'hour', timeZone: 'Asia/Kolkata' },
  { ...scope, kind: 'breakdown', by: ['path'], limit: 50 },
  { ...scope, kind: 'breakdown', by: ['properties.status', 'country'], limit: 50 },
  { ...scope, kind: 'summary', filter: { field: 'referrerHost', op: 'contains', value: 'google' } },
];

async function answers({ url }: RunningServer, key: string): Promise<readonly unknown[]> {
  const found: unknown[] = [];
  for (const plan of plans) {
    const post = () =>
      fetch(`${url}/api/v1/query`, {
        method: 'POST',
        headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
        body: JSON.stringify(plan),
      });
    const response = await until(post, ({ ok }) => ok);
    found.push(((await response.json()) as { data: unknown }).data);
  }
  return found;
}

async function drained({ url }: RunningServer, key: string): Promise<void> {
  const queue = async () => {
    const response = await fetch(`${url}/api/v1/queue`, { headers: { authorization: `Bearer ${key}` } });
    const { queueLength, ledger } = (await response.json()) as { queueLength: number; ledger: unknown };
    return ledger === null ? -1 : queueLength;
  };
  assert.equal(await until(queue, (length) => length === 0), 0);
}

describe('millrace move', () => {
  it('takes the access log into PostgreSQL and back, and every answer stays', async (t) => {
    const directory = temporaryDirectory(t);
    const database = await openDatabase();
    t.after(() => database.close());
    const first = await startServer(t, directory, {});
    const { keys } = first;
    const settings = { MILLRACE_URL: first.url, MILLRACE_WRITE_KEY: keys.write };
    const imported = await run(directory, ['import', log, '--visitor', 'address'], settings);
    assert.equal(imported.code, 0, imported.stderr);
    await drained(first, keys.read);
    const expected = await answers(first, keys.read);
    assert.equal(await first.stop('SIGTERM'), 0);

    const move = async (from: string, to: string): Promise<void> => {
      const moved = await run(directory, ['move', '--from', from, '--to', to]);
      assert.equal(moved.code, 0, moved.stderr);
      assert.match(
        moved.stdout,
        /compared 10,000 events on 4 days: numbers, persons and checksums are the same/,
      );
    };
    await move(join(directory, 'data'), database.url);
    // the same log goes on behind the new store
    const second = await startServer(t, directory, { DATABASE_URL: database.url });
    await drained(second, keys.read);
    assert.deepEqual(await answers(second, keys.read), expected, 'in PostgreSQL');
    assert.equal(await second.stop('SIGTERM'), 0);

    await move(database.url, join(directory, 'back'));
    const third = await startServer(t, directory, { MILLRACE_DATA: join(directory, 'back') });
    assert.deepEqual(await answers(third, keys.read), expected, 'and back');

    const again = await run(directory, ['move', '--from', database.url, '--to', join(directory, 'back')]);
    assert.equal(again.code, 1, 'a server has the directory');
    assert.match(again.stderr, /in use by/);
  });

  it('says in one line what is wrong with a place', async (t) => {
    const directory = temporaryDirectory(t);
    const cases: readonly (readonly [string, string, RegExp])[] = [
      ['/nowhere', 'postgres://u@127.0.0.1:1/d', /there is no data in \/nowhere/],
      ['redis://h', './x', /--from must be a data directory or postgres/],
    ];
    for (const [from, to, message] of cases) {
      const ran = await run(directory, ['move', '--from', from, '--to', to]);
      assert.notEqual(ran.code, 0);
      assert.match(ran.stderr, message);
      assert.equal(ran.stderr.trim().split('\n').length, 1, ran.stderr);
    }
  });
});
