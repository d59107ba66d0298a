/** `millrace users` and the first link, as a person uses them, beside a running server. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inMemory, run, startServer, temporaryDirectory } from './server.ts';

const password = 'a mill on a quick river';

test('the first link signs in; people are added, changed and removed beside the server; nothing prints a token twice', async (t) => {
  const directory = temporaryDirectory(t);
  const server = await startServer(t, directory);
  const link = /^ {2}(http:\S+\/sign-in#mr_link_\S+)$/m.exec(server.banner)?.[1] ?? '';
  assert.ok(link.startsWith(server.url), server.banner);
  const keeper = await signIn(server.url, { link: tokenOf(link) });
  assert.equal((await signIn(server.url, { link: tokenOf(link) })).status, 401);
  const settings = { ...inMemory, PORT: new URL(server.url).port };
  const users = async (...args: string[]) => {
    const { code, stdout, stderr } = await run(directory, ['users', ...args], settings);
    assert.equal(code, 0, stderr);
    return stdout;
  };

  const added = await users('add', 'Ada@Example.com', '--role', 'editor', '--name', 'Ada');
  const [own = ''] = added.split('\n');
  assert.ok(own.startsWith(`${server.url}/sign-in#mr_link_`), added);
  const ada = await signIn(server.url, { link: tokenOf(own) });
  assert.deepEqual(ada.data.projects, [{ id: 'default', name: 'Default', role: 'editor' }]);
  const set = await fetch(`${server.url}/api/v1/session/password`, {
    method: 'PUT',
    headers: { cookie: ada.cookie, 'content-type': 'application/json', 'sec-fetch-site': 'same-origin' },
    body: JSON.stringify({ password }),
  });
  assert.equal(set.status, 200, await set.text());
  const byPassword = await signIn(server.url, { email: 'ada@example.com', password });
  assert.equal(byPassword.status, 201);

  assert.match(
    await users('role', 'ada@example.com', 'viewer'),
    /^ada@example.com is viewer of the project default now/,
  );
  assert.match(await users('list'), /ada@example\.com +Ada +set +default:viewer/);
  assert.doesNotMatch(await users('list', '--json'), /scrypt|mr_/);
  assert.match(
    await users('add', 'ada@example.com', '--role', 'admin'),
    /is admin of the project default now/,
  );
  assert.equal(
    (await signIn(server.url, { link: tokenOf(await users('link', 'ada@example.com')) })).status,
    201,
  );
  assert.equal((await signIn(server.url, { link: tokenOf(await users('link')) })).status, 201);
  // the change of the password ended the first one
  assert.match(await users('sessions', 'end', 'ada@example.com'), /^3 sessions of ada@example.com ended/);
  await users('remove', 'ada@example.com');
  assert.equal((await signIn(server.url, { email: 'ada@example.com', password })).status, 401);
  const unknown = await run(directory, ['users', 'link', 'nobody@example.com'], settings);
  assert.deepEqual(
    [unknown.code, unknown.stderr],
    [1, 'millrace: there is nobody with the e-mail nobody@example.com\n'],
  );
  assert.equal((await run(directory, ['users', 'role', 'x@example.com', 'owner'], settings)).code, 2);

  assert.equal(keeper.status, 201);
  assert.equal(await server.stop('SIGTERM'), 0);
  assert.doesNotMatch(server.stderr(), /mr_link_\w|mr_session_\w|quick river/);
  assert.match(server.stderr(), /somebody signed in/);
});

test('a start prints a link until somebody has a password', async (t) => {
  const directory = temporaryDirectory(t);
  const first = await startServer(t, directory);
  const { cookie } = await signIn(first.url, { link: tokenOf(first.banner) });
  const set = await fetch(`${first.url}/api/v1/session/password`, {
    method: 'PUT',
    headers: { cookie, 'content-type': 'application/json', origin: first.url },
    body: JSON.stringify({ email: 'ada@example.com', password }),
  });
  assert.equal(set.status, 200);
  await first.stop('SIGTERM');
  const second = await startServer(t, directory);
  assert.doesNotMatch(second.banner, /sign-in#/);
  assert.match(second.banner, /^Dashboard: http:/m);
  const { data } = await signIn(second.url, { email: 'ada@example.com', password });
  assert.deepEqual(data.projects, [{ id: 'default', name: 'Default', role: 'admin' }]);
  await second.stop('SIGTERM');
});

const tokenOf = (link: string): string => /#(mr_link_[\w-]+)/.exec(link)![1]!;

async function signIn(url: string, credentials: object) {
  const response = await fetch(`${url}/api/v1/session`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(credentials),
  });
  const { data } = (await response.json()) as { data: { projects: unknown } };
  const cookie = response.headers.get('set-cookie')?.split(';', 1)[0] ?? '';
  return { status: response.status, data, cookie };
}
