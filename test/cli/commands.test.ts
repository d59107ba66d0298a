/** The commands beside a server, as a person runs them: real processes, a real catalog. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { run, startServer, temporaryDirectory, until } from './server.ts';

describe('millrace keys and projects', () => {
  it('work beside a running server, which follows within seconds', async (t) => {
    const directory = temporaryDirectory(t);
    const server = await startServer(t, directory);
    const status = async (key: string) =>
      (await fetch(`${server.url}/api/v1/queue`, { headers: { authorization: `Bearer ${key}` } })).status;
    const made = await run(directory, ['keys', 'create', 'read', '--name', 'for the night', '--json']);
    const { key, id, hint } = JSON.parse(made.stdout) as { key: string; id: string; hint: string };
    assert.equal(
      await until(
        () => status(key),
        (code) => code === 200,
      ),
      200,
    );
    const list = await run(directory, ['keys', 'list']);
    assert.match(
      list.stdout,
      new RegExp(`^${id} +default +read +${hint.replace('…', '')}… +for the night`, 'm'),
    );
    assert.doesNotMatch(list.stdout, new RegExp(key));

    const rotated = await run(directory, ['keys', 'rotate', id]);
    const newKey = rotated.stdout.split('\n')[0]!;
    assert.equal(
      await until(
        () => status(key),
        (code) => code === 401,
      ),
      401,
    );
    assert.equal(await status(newKey), 200);
    assert.equal((await run(directory, ['keys', 'revoke', id])).code, 0);
    assert.equal(await status(newKey), 200);
  });

  it('keep projects', async (t) => {
    const directory = temporaryDirectory(t);
    assert.equal(await (await startServer(t, directory)).stop('SIGTERM'), 0);
    assert.equal((await run(directory, ['projects', 'create', 'shop', '--name', 'The shop'])).code, 0);
    assert.match((await run(directory, ['projects', 'list'])).stdout, /^shop +The shop/m);
    const again = await run(directory, ['projects', 'create', 'shop']);
    assert.deepEqual([again.code, again.stderr], [1, 'millrace: there is a project shop already\n']);
    const unsure = await run(directory, ['projects', 'delete', 'shop']);
    assert.deepEqual(
      [unsure.code, unsure.stderr],
      [2, 'millrace: this removes all events of shop and cannot be undone; say so with --yes\n'],
    );
    assert.equal((await run(directory, ['projects', 'delete', 'shop', '--yes'])).code, 0);
    assert.match((await run(directory, ['projects', 'list'])).stdout, /^shop .*being deleted/m);
  });

  it('make no catalog in a directory that has none', async (t) => {
    const { code, stderr } = await run(temporaryDirectory(t), ['keys', 'list']);
    assert.equal(code, 2);
    assert.match(
      stderr,
      /^millrace: there is no catalog at \S+; set MILLRACE_DATA to the data directory of the server, or .*\n$/,
    );
  });
});

describe('millrace query', () => {
  it('asks a running server', async (t) => {
    const directory = temporaryDirectory(t);
    const server = await startServer(t, directory);
    const events = [1, 2, 3].map((day) => ({
      type: 'signup',
      userId: `u${day}`,
      timestamp: `2026-01-0${day}T12:00:00Z`,
      amount: '2.5',
      currency: 'EUR',
    }));
    await fetch(`${server.url}/api/collect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${server.keys.write}`, 'content-type': 'application/json' },
      body: JSON.stringify(events),
    });
    const settings = { MILLRACE_URL: server.url, MILLRACE_READ_KEY: server.keys.read };
    const range = ['--from', '2026-01-01', '--to', '2026-01-02'];
    const ask = (...args: string[]) => run(directory, ['query', ...range, ...args], settings);
    const json = await until(
      () => ask('--json'),
      ({ stdout }) => stdout.includes('"events": 2'),
    );
    assert.equal((JSON.parse(json.stdout) as { data: { total: { users: number } } }).data.total.users, 2);
    assert.match((await ask('--interval', 'day')).stdout, /^2026-01-02 +1 +1$/m);
    assert.match((await ask('--by', 'type', '--metrics', 'events,amount')).stdout, /^signup +2 +5 EUR$/m);
    assert.match((await ask('--filter', 'userId=u1')).stdout, /^ +1 +1$/m);
    const wrong = await ask('--by', 'contry');
    assert.equal(wrong.code, 1);
    assert.match(wrong.stderr, /^millrace: .*country.*\(plan_invalid\)\n$/);
    assert.match((await ask('--key', server.keys.write)).stderr, /\(forbidden\)\n$/);
  });

  it('says what to do when no server answers', async (t) => {
    const { code, stderr } = await run(temporaryDirectory(t), [
      'query',
      '--key',
      'x',
      '--url',
      'http://127.0.0.1:9',
    ]);
    assert.equal(code, 1);
    assert.match(
      stderr,
      /^millrace: no server answers at http:\/\/127\.0\.0\.1:9 \(.*\); start one with: millrace serve, or .*\n$/,
    );
  });
});

describe('millrace', () => {
  it('says with 2 what it does not understand', async (t) => {
    const directory = temporaryDirectory(t);
    const unknown = await run(directory, ['quer']);
    assert.equal(unknown.code, 2);
    assert.match(unknown.stderr, /unknown command 'quer'/);
    assert.equal((await run(directory, ['keys', 'create', 'everything'])).code, 2);
    assert.equal((await run(directory, ['--version'])).code, 0);
  });
});
