import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { openServer, problemOf } from '../http/open-server.ts';
import { type SessionData, signedIn, signedInKeeper, type Visitor, visitor } from './browser.ts';

interface Shown {
  readonly id: string;
  readonly email: string | null;
  readonly hasPassword: boolean;
  readonly roles: readonly { readonly project: string; readonly role: string }[];
}
interface Made {
  readonly person: Shown;
  readonly link: { readonly path: string; readonly expiresAt: string } | null;
}

const people = '/api/v1/people';

async function openShops(context: Parameters<typeof openServer>[0]) {
  const opened = await openServer(context);
  for (const id of ['shop', 'blog']) {
    await opened.care.createProject(id);
    // those of one millisecond would stand in the order of their ids
    await delay(2);
  }
  await opened.ring.refresh();
  return opened;
}

/** What the page does with a link. */
async function follow(browser: Visitor, link: Made['link']): Promise<SessionData> {
  const [path, token] = link!.path.split('#');
  assert.equal(path, '/sign-in');
  return browser.data<SessionData>('/api/v1/session', { method: 'POST', body: { link: token } }, 201);
}

const statusOf = async (response: Promise<Response>) => (await response).status;

describe('people over HTTP', () => {
  it('are made by an admin, sign in by the link, and are seen, changed and removed', async (context) => {
    const opened = await openShops(context);
    const keeper = await signedInKeeper(opened);
    const body = { email: 'Ada@Example.com', name: 'Ada', project: 'shop', role: 'viewer' };
    const { person, link } = await keeper.data<Made>(people, { method: 'POST', body }, 201);
    assert.deepEqual(
      [person.email, person.roles],
      ['ada@example.com', [{ project: 'shop', role: 'viewer' }]],
    );
    const ada = visitor(opened);
    assert.equal((await follow(ada, link)).person.id, person.id);
    const again = await keeper.data<Made>(people, { method: 'POST', body: { ...body, role: 'editor' } }, 201);
    assert.deepEqual([again.person.id, again.person.roles[0]?.role, again.link], [person.id, 'editor', null]);
    const one = `${people}/${person.id}`;
    await keeper.data(`${one}/roles/blog`, { method: 'PUT', body: { role: 'viewer' } });
    const seen = await keeper.data<Shown[]>(people);
    assert.deepEqual(
      seen.find(({ id }) => id === person.id)?.roles.map(({ project, role }) => `${project}:${role}`),
      ['blog:viewer', 'shop:editor'],
    );
    await keeper.data(`${one}/roles/blog`, { method: 'DELETE' });
    const { expiresAt, ...rest } = await keeper.data<NonNullable<Made['link']>>(
      `${one}/link`,
      { method: 'POST' },
      201,
    );
    assert.ok(Date.parse(expiresAt) > Date.now());
    await follow(visitor(opened), { ...rest, expiresAt });
    assert.deepEqual(await keeper.data(`${one}/sessions`, { method: 'DELETE' }), { ended: 2 });
    assert.equal(await statusOf(ada.call('/api/v1/session')), 401);
    await keeper.data(one, { method: 'DELETE' });
    for (const [method, path] of [
      ['DELETE', ''],
      ['POST', '/link'],
      ['DELETE', '/sessions'],
    ] as const)
      assert.equal(await statusOf(keeper.call(one + path, { method })), 404);
  });

  it('may be kept by admin keys, as everything may', async (context) => {
    const opened = await openShops(context);
    const { secret } = await opened.care.createKey({ project: 'shop', scope: 'admin', name: 'n' });
    await opened.ring.refresh();
    const body = { email: 'ada@example.com', role: 'admin' };
    const response = await opened.call(people, { method: 'POST', key: secret, body });
    const { data } = (await response.json()) as { data: Made };
    assert.deepEqual(data.person.roles, [{ project: 'shop', role: 'admin' }]);
    assert.equal((await follow(visitor(opened), data.link)).keepsHouse, false);
    assert.equal(await statusOf(opened.call(people, { key: opened.keys.read })), 403);
    const elsewhere = { ...body, project: 'blog' };
    assert.equal(await statusOf(opened.call(people, { method: 'POST', key: secret, body: elsewhere })), 403);
  });

  it('are those of other projects for nobody but who keeps the house', async (context) => {
    const opened = await openShops(context);
    const roles = { shop: 'admin', blog: 'viewer' } as const;
    const boss = await signedIn(opened, 'boss@example.com', roles, { 'x-millrace-project': 'shop' });
    const { care } = opened.people;
    await signedInKeeper(opened);
    const keeperId = (await care.all()).find(({ email }) => email === undefined)!.id;
    await care.add({ email: 'b@example.com', project: 'blog', role: 'viewer' });
    await care.add({ email: 'both@example.com', project: 'shop', role: 'viewer' });
    const both = (await care.add({ email: 'both@example.com', project: 'blog', role: 'admin' })).person.id;
    const blogger = (await care.named('b@example.com')).id;
    const seen = await boss.data<Shown[]>(people);
    assert.deepEqual(
      seen.map(({ email }) => email),
      ['boss@example.com', 'both@example.com'],
    );
    assert.deepEqual(seen[1]?.roles, [{ project: 'shop', role: 'viewer' }], 'nothing of the blog');
    const tried = async (method: string, path: string, body?: object) =>
      statusOf(boss.call(people + path, { method, ...(body && { body }) }));
    for (const hidden of [keeperId, blogger]) {
      assert.equal(await tried('POST', `/${hidden}/link`), 404);
      assert.equal(await tried('DELETE', `/${hidden}`), 404);
      assert.equal(await tried('PUT', `/${hidden}/roles/shop`, { role: 'viewer' }), 404);
    }
    // a link would make the boss admin of the blog
    assert.equal(await tried('POST', `/${both}/link`), 403);
    assert.equal(await tried('DELETE', `/${both}`), 403);
    assert.equal(await tried('DELETE', `/${both}/sessions`), 403);
    assert.equal(await tried('PUT', `/${both}/roles/blog`, { role: 'viewer' }), 403);
    assert.equal(await tried('DELETE', `/${both}/roles/default`), 403);
    assert.equal(await tried('POST', '', { email: 'x@example.com', project: 'default', role: 'admin' }), 403);
    assert.equal(await tried('PUT', `/${both}/roles/shop`, { role: 'editor' }), 200);
    assert.equal(await tried('DELETE', `/${both}/roles/shop`), 200);
    assert.equal(await tried('DELETE', `/${both}/roles/shop`), 404, 'out of sight now');
    const projects = await boss.data<{ id: string }[]>('/api/v1/projects');
    assert.deepEqual(projects.map(({ id }) => id).sort(), ['blog', 'shop']);
    assert.equal(await statusOf(boss.call('/api/v1/projects', { method: 'POST', body: { id: 'new' } })), 403);
    const ofBlog = { headers: { 'x-millrace-project': 'blog' } };
    assert.equal(await statusOf(boss.call('/api/v1/keys?project=blog', ofBlog)), 403);
    assert.equal(await statusOf(boss.call('/api/v1/projects/blog', { method: 'DELETE' })), 403);
  });

  it('do not change their own part', async (context) => {
    const opened = await openShops(context);
    const boss = await signedIn(opened, 'boss@example.com', { default: 'admin' });
    const { id } = (await boss.data<SessionData>('/api/v1/session')).person;
    for (const [method, path, body] of [
      ['DELETE', `/${id}`, undefined],
      ['PUT', `/${id}/roles/default`, { role: 'viewer' }],
      ['DELETE', `/${id}/roles/default`, undefined],
      ['POST', '', { email: ' BOSS@example.com', project: 'default', role: 'viewer' }],
    ] as const) {
      const problem = await problemOf(await boss.call(people + path, { method, ...(body && { body }) }));
      assert.equal(problem.code, 'conflict', `${method} ${path}`);
    }
  });

  it('are refused when they cannot be', async (context) => {
    const opened = await openShops(context);
    const keeper = await signedInKeeper(opened);
    for (const [body, status] of [
      [{ email: 'ada', role: 'viewer' }, 400],
      [{ email: 'ada@example.com', role: 'owner' }, 400],
      [{ email: 'ada@example.com', role: 'constructor' }, 400],
      [{ email: 'ada@example.com' }, 400],
      [{ email: 'ada@example.com', role: 'viewer', name: ' ' }, 400],
      [{ email: `${'a'.repeat(300)}@example.com`, role: 'viewer' }, 400],
      [{ email: 'ada@example.com', role: 'viewer', project: 'nothing' }, 404],
      [{ email: 'ada@example.com', role: 'viewer', admin: true }, 400],
    ] as const)
      assert.equal(
        await statusOf(keeper.call(people, { method: 'POST', body })),
        status,
        JSON.stringify(body),
      );
  });
});

describe('what is told of changes', () => {
  it('names who made each, and never a secret', async (context) => {
    const opened = await openShops(context);
    const keeper = await signedInKeeper(opened);
    const { id } = (await keeper.data<SessionData>('/api/v1/session')).person;
    const body = { email: 'ada@example.com', project: 'shop', role: 'admin' };
    const { person } = await keeper.data<Made>(people, { method: 'POST', body }, 201);
    const password = 'a mill on a quick river';
    const own = { email: 'keeper@example.com', password };
    await keeper.data('/api/v1/session/password', { method: 'PUT', body: own });
    await keeper.data(`${people}/${person.id}`, { method: 'DELETE' });
    await opened.call('/api/v1/projects', { method: 'POST', key: opened.keys.admin, body: { id: 'more' } });
    await keeper.call(people, { method: 'POST', body: {} });
    const told = opened.notes
      .filter(({ message }) => message === 'a change was made')
      .map(({ fields }) => fields);
    const adminKey = (await opened.care.keys()).find(({ scope }) => scope === 'admin')!.id;
    assert.deepEqual(told, [
      { who: id, method: 'POST', path: people, project: 'default' },
      { who: id, method: 'PUT', path: '/api/v1/session/password' },
      { who: id, method: 'DELETE', path: `${people}/${person.id}`, project: 'default' },
      { who: adminKey, method: 'POST', path: '/api/v1/projects', project: 'default' },
    ]);
    const all = JSON.stringify(opened.notes);
    assert.match(all, /somebody signed in/);
    assert.doesNotMatch(all, /mr_link_|mr_session_|quick river|example\.com/);
    const kept = JSON.stringify(await opened.people.care.all());
    assert.doesNotMatch(kept, /scrypt/);
  });
});
