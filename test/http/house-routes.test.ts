import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { type Opened, openServer, problemOf } from './open-server.ts';

interface Shown {
  id: string;
  project: string;
  scope: string;
  key?: string;
  revokedAt: string | null;
  status?: string;
}

async function dataOf<T>(response: Response): Promise<T> {
  return ((await response.json()) as { data: T }).data;
}

describe('projects and keys over HTTP', () => {
  it('creates a project, makes keys for it, and lists both', async (context) => {
    const { call, keys } = await openServer(context);
    const created = await call('/api/v1/projects', {
      method: 'POST',
      key: keys.admin,
      body: { id: 'shop', name: 'Shop' },
    });
    assert.equal(created.status, 201);
    assert.equal(created.headers.get('location'), '/api/v1/projects/shop');
    const body = { project: 'shop', scope: 'write', name: 'page', origins: ['https://shop.example'] };
    const made = await call('/api/v1/keys', { method: 'POST', key: keys.admin, body });
    assert.equal(made.status, 201);
    const key = await dataOf<Shown>(made);
    assert.match(key.key!, /^mr_write_/);
    assert.equal(
      (await call('/api/collect', { method: 'POST', key: key.key!, body: {} })).status,
      202,
      'at once',
    );
    const projects = await dataOf<Shown[]>(await call('/api/v1/projects', { key: keys.admin }));
    assert.deepEqual(
      projects.map(({ id, status }) => [id, status]),
      [
        ['default', 'active'],
        ['shop', 'active'],
      ],
    );
    const listed = await call('/api/v1/keys?project=shop', { key: keys.admin });
    const text = await listed.text();
    assert.ok(text.includes(key.id) && !text.includes(key.key!), 'a list shows no secrets');
    assert.ok(!/"hash"/.test(text));
  });

  it('revokes and rotates keys', async (context) => {
    const opened = await openServer(context);
    const { call, keys } = opened;
    const made = await makeKey(opened, { scope: 'read' });
    assert.equal((await call('/api/v1/queue', { key: made.key! })).status, 200);
    const rotated = await dataOf<Shown>(
      await call(`/api/v1/keys/${made.id}/rotate`, { method: 'POST', key: keys.admin }),
    );
    assert.deepEqual([rotated.scope, rotated.project], ['read', 'default']);
    assert.equal((await call('/api/v1/queue', { key: made.key! })).status, 401);
    assert.equal((await call('/api/v1/queue', { key: rotated.key! })).status, 200);
    const again = await call(`/api/v1/keys/${made.id}/rotate`, { method: 'POST', key: keys.admin });
    assert.equal(again.status, 409);
    const revoked = await call(`/api/v1/keys/${rotated.id}`, { method: 'DELETE', key: keys.admin });
    assert.equal(revoked.status, 200);
    assert.match((await dataOf<Shown>(revoked)).revokedAt!, /Z$/);
    assert.equal((await call('/api/v1/queue', { key: rotated.key! })).status, 401);
    assert.equal((await call('/api/v1/keys/key_none', { method: 'DELETE', key: keys.admin })).status, 404);
  });

  it('begins the removal of a project and says that it goes on', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const response = await call('/api/v1/projects/shop', { method: 'DELETE', key: keys.admin });
    assert.equal(response.status, 202);
    assert.deepEqual(await dataOf(response), { id: 'shop', status: 'deleting' });
    assert.deepEqual(stages.removed, ['shop']);
  });

  it('keeps the admin key of another project to that project', async (context) => {
    const opened = await openServer(context);
    const { call, keys, stages } = opened;
    for (const id of ['shop', 'other'])
      await call('/api/v1/projects', { method: 'POST', key: keys.admin, body: { id } });
    const foreign = await makeKey(opened, { project: 'other', scope: 'read' });
    const { key: admin } = await makeKey(opened, { project: 'shop', scope: 'admin' });
    const as = (path: string, method = 'GET', body?: unknown) => call(path, { method, key: admin!, body });
    assert.deepEqual(
      (await dataOf<Shown[]>(await as('/api/v1/projects'))).map(({ id }) => id),
      ['shop'],
    );
    assert.ok((await dataOf<Shown[]>(await as('/api/v1/keys'))).every(({ project }) => project === 'shop'));
    assert.equal((await as('/api/v1/keys?project=other')).status, 403);
    assert.equal((await as('/api/v1/keys', 'POST', { project: 'other', scope: 'read' })).status, 403);
    assert.equal((await as('/api/v1/projects', 'POST', { id: 'mine' })).status, 403);
    assert.equal((await as('/api/v1/projects/other', 'DELETE')).status, 403);
    assert.equal((await as(`/api/v1/keys/${foreign.id}`, 'DELETE')).status, 404);
    assert.equal((await as(`/api/v1/keys/${foreign.id}/rotate`, 'POST')).status, 404);
    assert.equal((await as('/api/v1/keys', 'POST', { scope: 'write' })).status, 201);
    assert.equal((await as('/api/v1/projects/shop', 'DELETE')).status, 202);
    assert.deepEqual(stages.removed, ['shop']);
  });

  it('makes keys with limits for their questions, which rotation keeps', async (context) => {
    const { call, keys, ring, care } = await openServer(context);
    const post = (body: unknown, key = keys.admin, path = '/api/v1/keys') =>
      call(path, { method: 'POST', key, body });
    const limits = { timeMs: 5_000, rowsMax: 1_000_000, waitingMax: 0 };
    const made = (await (await post({ scope: 'read', limits })).json()) as {
      data: { id: string; key: string; limits: unknown };
    };
    assert.deepEqual(made.data.limits, limits);
    assert.deepEqual(ring.find(made.data.key)?.limits, limits);
    const rotated = (await (
      await post(undefined, keys.admin, `/api/v1/keys/${made.data.id}/rotate`)
    ).json()) as typeof made;
    assert.deepEqual(ring.find(rotated.data.key)?.limits, limits);
    const wrong: readonly [unknown, RegExp][] = [
      [{ scope: 'read', limits: { timeMs: 1 } }, /limits\.timeMs must be a whole number from 10 to 3600000/],
      [{ scope: 'read', limits: { seconds: 1 } }, /limits has no "seconds"; there are timeMs, memoryBytes/],
      [{ scope: 'read', limits: { __proto_: 1, constructor: 1 } }, /limits has no "__proto_"/],
      [{ scope: 'read', limits: [1] }, /limits must be an object/],
      [{ scope: 'read', limits: null }, /limits must be an object/],
      [{ scope: 'write', limits }, /a write key asks no questions/],
    ];
    for (const [body, detail] of wrong) {
      const response = await post(body);
      assert.equal(response.status, 400);
      assert.match(String((await problemOf(response)).detail), detail);
    }
    await care.createProject('shop');
    const { secret } = await care.createKey({ project: 'shop', scope: 'admin', name: 'a' });
    await ring.refresh();
    const foreign = await post({ scope: 'read', limits }, secret);
    assert.equal(foreign.status, 403);
    assert.match(String((await problemOf(foreign)).detail), /only an admin key of the project default/);
  });

  it('refuses what is wrong in a body, naming the field and the rule', async (context) => {
    const { call, keys } = await openServer(context);
    const cases: readonly [string, unknown, number, RegExp][] = [
      ['/api/v1/projects', undefined, 400, /JSON object/],
      ['/api/v1/projects', [], 400, /JSON object/],
      ['/api/v1/projects', {}, 400, /id must be text/],
      ['/api/v1/projects', { id: 'Shop' }, 400, /id must be 1 to 63/],
      ['/api/v1/projects', { id: '../etc' }, 400, /id must be/],
      ['/api/v1/projects', { id: 'a', name: '' }, 400, /name must have/],
      ['/api/v1/projects', { id: 'a', colour: 1 }, 400, /"colour"/],
      ['/api/v1/projects', { id: 'default' }, 409, /already/],
      ['/api/v1/keys', { scope: 'root' }, 400, /scope must be/],
      ['/api/v1/keys', { scope: 'write', origins: 'x' }, 400, /origins must be a list/],
      ['/api/v1/keys', { scope: 'write', origins: ['https://a.example/path'] }, 400, /must look like/],
      ['/api/v1/keys', { scope: 'write', origins: ['javascript:alert(1)'] }, 400, /must look like/],
      ['/api/v1/keys', { scope: 'read', origins: ['https://a.example'] }, 400, /only write keys/],
      ['/api/v1/keys', { scope: 'read', project: 'none' }, 404, /no project none/],
    ];
    for (const [path, body, status, rule] of cases) {
      const response = await call(path, { method: 'POST', key: keys.admin, body });
      assert.equal(response.status, status, JSON.stringify(body));
      assert.match(String((await problemOf(response)).detail), rule);
    }
  });
});

async function makeKey({ call, keys }: Opened, body: object): Promise<Shown> {
  return dataOf<Shown>(await call('/api/v1/keys', { method: 'POST', key: keys.admin, body }));
}
