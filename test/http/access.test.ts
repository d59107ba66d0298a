import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openServer, problemOf } from './open-server.ts';

type Holder = 'write' | 'read' | 'admin' | 'none' | 'unknown';

/** Every route with the scope that it asks for. */
const routes: readonly (readonly [
  method: string,
  path: string,
  scope: 'write' | 'read' | 'admin' | 'open',
])[] = [
  ['POST', '/api/collect', 'write'],
  ['GET', '/api/v1/analytics/summary', 'read'],
  ['HEAD', '/api/v1/analytics/summary', 'read'],
  ['GET', '/api/analytics/summary', 'read'],
  ['POST', '/api/v1/query', 'read'],
  ['GET', '/api/v1/queue', 'read'],
  ['GET', '/metrics', 'read'],
  ['GET', '/api/v1/dead-letters', 'admin'],
  ['GET', '/api/v1/projects', 'admin'],
  ['POST', '/api/v1/projects', 'admin'],
  ['DELETE', '/api/v1/projects/nothing', 'admin'],
  ['GET', '/api/v1/keys', 'admin'],
  ['POST', '/api/v1/keys', 'admin'],
  ['DELETE', '/api/v1/keys/nothing', 'admin'],
  ['POST', '/api/v1/keys/nothing/rotate', 'admin'],
  ['GET', '/health', 'open'],
  ['HEAD', '/health', 'open'],
  ['GET', '/health/ready', 'open'],
  ['GET', '/', 'open'],
  ['HEAD', '/', 'open'],
  ['GET', '/sign-in', 'open'],
  ['GET', '/p/shop?range=7d&filter=country==DE', 'open'],
  ['GET', '/m.js', 'open'],
];

function expected(holder: Holder, scope: 'write' | 'read' | 'admin' | 'open'): 'let in' | 401 | 403 {
  if (scope === 'open') return 'let in';
  if (holder === 'none' || holder === 'unknown') return 401;
  return holder === scope || holder === 'admin' ? 'let in' : 403;
}

describe('who may call what', () => {
  it('lets each key into what its scope opens, and into nothing else', async (context) => {
    const { call, keys } = await openServer(context);
    const holders = { ...keys, none: undefined, unknown: `mr_admin_${'x'.repeat(43)}` };
    for (const [method, path, scope] of routes) {
      for (const holder of ['write', 'read', 'admin', 'none', 'unknown'] as const) {
        const key = holders[holder];
        const response = await call(path, {
          method,
          ...(key ? { key } : {}),
          ...(method === 'POST' ? { body: {} } : {}),
        });
        const outcome = [401, 403].includes(response.status) ? response.status : 'let in';
        assert.equal(
          outcome,
          expected(holder, scope),
          `${method} ${path} with ${holder} gave ${response.status}`,
        );
        assert.ok(response.status < 500, `${method} ${path} with ${holder} gave ${response.status}`);
        if (response.status === 401) assert.equal(response.headers.get('www-authenticate'), 'Bearer');
        await response.arrayBuffer();
      }
    }
  });

  it('checks the key before parameters and body', async (context) => {
    const { call } = await openServer(context);
    for (const [path, options] of [
      ['/api/v1/analytics/summary?nonsense=1', {}],
      [
        '/api/v1/query',
        { method: 'POST', body: 'not json', headers: { 'content-type': 'application/json' } },
      ],
      ['/api/v1/query', { method: 'POST', body: 'x', headers: { 'content-type': 'image/png' } }],
      ['/api/collect?nonsense=1', { method: 'POST', body: 'not json' }],
    ] as const) {
      assert.equal((await call(path, options)).status, 401, path);
    }
  });

  it('takes a write key from ?key= and no other key from there', async (context) => {
    const { call, keys } = await openServer(context);
    const ofQuery = (path: string, key: string) => call(`${path}?key=${key}`, { method: 'POST', body: {} });
    assert.equal((await ofQuery('/api/collect', keys.write)).status, 202);
    for (const key of [keys.read, keys.admin, keys.write]) {
      const problem = await problemOf(await ofQuery('/api/v1/query', key));
      assert.equal(problem.status, 401);
      assert.match(String(problem.detail), /Authorization: Bearer/);
    }
    for (const key of [keys.read, keys.admin]) assert.equal((await ofQuery('/api/collect', key)).status, 401);
  });

  it('refuses an Authorization header of another kind, saying what it must be', async (context) => {
    const { call } = await openServer(context);
    for (const authorization of [
      'Basic abc',
      'Bearer',
      'Bearer ',
      'Bearer a b',
      `Bearer ${'x'.repeat(5_000)}`,
    ]) {
      const response = await call('/api/v1/queue', { headers: { authorization } });
      assert.equal(response.status, 401, authorization.slice(0, 20));
      assert.match(String((await problemOf(response)).detail), /Bearer|key/);
    }
  });

  it('stops a key at once when it is revoked, and its successor works', async (context) => {
    const { call, keys } = await openServer(context);
    const list = (await (await call('/api/v1/keys', { key: keys.admin })).json()) as {
      data: { id: string; scope: string }[];
    };
    const id = list.data.find((each) => each.scope === 'read')!.id;
    const rotated = await call(`/api/v1/keys/${id}/rotate`, { method: 'POST', key: keys.admin });
    assert.equal(rotated.status, 201);
    const { data } = (await rotated.json()) as { data: { key: string } };
    assert.equal((await call('/api/v1/queue', { key: keys.read })).status, 401);
    assert.equal((await call('/api/v1/queue', { key: data.key })).status, 200);
  });

  it('notices a key that another process made or revoked', async (context) => {
    const { call, catalog, care, ring } = await openServer(context);
    const { secret, key } = await care.createKey({
      project: 'default',
      scope: 'read',
      name: 'by the command line',
    });
    await until(() => ring.find(secret) !== undefined);
    assert.equal((await call('/api/v1/queue', { key: secret })).status, 200);
    await catalog.revokeKey(key.id, Date.now());
    await until(() => ring.find(secret) === undefined);
    assert.equal((await call('/api/v1/queue', { key: secret })).status, 401);
  });

  it('refuses the keys of a project that is being deleted, those of the environment too', async (context) => {
    const environment = { read: 'environment-read-key' };
    const { call, keys, catalog, ring } = await openServer(context, {}, environment);
    assert.equal((await call('/api/v1/queue', { key: environment.read })).status, 200);
    await catalog.markProjectDeleting('default', Date.now());
    await ring.refresh();
    for (const key of [keys.write, keys.read, keys.admin, environment.read]) {
      assert.equal((await call('/api/v1/queue', { key })).status, 401);
    }
  });

  it('takes the keys of the environment and stores none of them', async (context) => {
    const environment = {
      write: 'environment-write-key',
      read: 'environment-read-key',
      admin: 'environment-admin-key',
    };
    const { call, catalog } = await openServer(context, {}, environment);
    assert.equal(
      (await call('/api/collect', { method: 'POST', key: environment.write, body: {} })).status,
      202,
    );
    assert.equal((await call('/api/v1/queue', { key: environment.read })).status, 200);
    assert.equal((await call('/api/v1/queue', { key: environment.write })).status, 403);
    assert.equal((await call('/api/v1/projects', { key: environment.admin })).status, 200);
    assert.equal((await catalog.keys()).length, 3, 'the three of the first start');
  });

  it('holds a write key to the origins that it is bound to', async (context) => {
    const { call, care, ring } = await openServer(context);
    const { secret: key } = await care.createKey({
      project: 'default',
      scope: 'write',
      name: 'the shop',
      origins: ['https://shop.example'],
    });
    await ring.refresh();
    const from = (origin?: string) =>
      call('/api/collect', { method: 'POST', key, body: {}, headers: origin ? { origin } : {} });
    const own = await from('https://shop.example');
    assert.equal(own.status, 202);
    assert.equal(own.headers.get('access-control-allow-origin'), 'https://shop.example');
    assert.equal(own.headers.get('vary'), 'origin');
    for (const origin of [
      'https://evil.example',
      'null',
      'http://shop.example',
      'https://shop.example:8443',
    ]) {
      assert.equal((await from(origin)).status, 403, origin);
    }
    assert.equal((await from()).status, 202, 'a server sends no origin');
  });
});

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
