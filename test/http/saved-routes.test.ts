import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import { type Opened, openServer, problemOf } from './open-server.ts';

const plan = { kind: 'summary', range: '7d' };
const question = { name: 'Sales', body: { plan } };
const boards = '/api/v1/saved/dashboards';

interface Shown {
  readonly id: string;
  readonly version: number;
  readonly body: Record<string, unknown>;
}

async function save(server: Opened, path: string, body: unknown): Promise<Shown> {
  const response = await server.call(path, { method: 'POST', key: server.keys.admin, body });
  assert.equal(response.status, 201, await response.clone().text());
  return ((await response.json()) as { data: Shown }).data;
}

describe('what people keep, over HTTP', () => {
  it('is made, read, changed and deleted by an admin key, and read by a read key', async (context) => {
    const server = await openServer(context);
    const { keys, call } = server;
    const path = '/api/v1/saved/questions';
    const made = await call(path, { method: 'POST', key: keys.admin, body: question });
    assert.deepEqual(
      [made.status, made.headers.get('location'), made.headers.get('etag')],
      [201, `${path}/sales`, '"1"'],
    );
    const read = await call(`${path}/sales`, { key: keys.read });
    const { data } = (await read.json()) as { data: Record<string, unknown> };
    assert.deepEqual(Object.keys(data), [
      'id',
      'kind',
      'name',
      'version',
      'createdAt',
      'updatedAt',
      'by',
      'body',
    ]);
    assert.deepEqual([data.kind, data.name, data.version, data.body], ['question', 'Sales', 1, { plan }]);
    const changed = await call(`${path}/sales`, {
      method: 'PUT',
      key: keys.admin,
      body: { ...question, name: 'All' },
    });
    assert.deepEqual([changed.status, changed.headers.get('etag')], [200, '"2"']);
    const put = await call(`${path}/other`, { method: 'PUT', key: keys.admin, body: question });
    assert.equal(put.status, 201);
    const gone = await call(`${path}/sales`, { method: 'DELETE', key: keys.admin });
    assert.deepEqual(await gone.json(), { data: { kind: 'question', id: 'sales', status: 'deleted' } });
    assert.equal((await call(`${path}/sales`, { key: keys.read })).status, 404);
    for (const [method, at] of [
      ['POST', path],
      ['PUT', `${path}/x`],
      ['DELETE', `${path}/other`],
    ] as const)
      assert.equal((await call(at, { method, key: keys.read, body: question })).status, 403, method);
    assert.equal((await call(path, { key: keys.write })).status, 403);
    assert.equal((await call(path)).status, 401);
  });

  it('takes one of two changes of a board that began at the same version, and answers the other with 412', async (context) => {
    const server = await openServer(context);
    await save(server, boards, { name: 'Board', body: { tiles: [] } });
    const change = (name: string, match: string) =>
      server.call(`${boards}/board`, {
        method: 'PUT',
        key: server.keys.admin,
        body: { name, body: { tiles: [] } },
        headers: { 'if-match': match },
      });
    const answers = await Promise.all([change('One', '"1"'), change('Two', '"1"')]);
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 412]);
    const refused = await problemOf(answers.find(({ status }) => status === 412)!);
    assert.deepEqual([refused.code, refused.version, refused.expected], ['version_outdated', 2, 1]);
    assert.equal((await change('Three', '*')).status, 200);
    assert.equal((await change('Four', '3')).status, 400);
    const remove = { method: 'DELETE', key: server.keys.admin, headers: { 'if-match': '"1"' } };
    assert.equal((await server.call(`${boards}/board`, remove)).status, 412);
  });

  it('is listed page by page', async (context) => {
    const server = await openServer(context);
    for (const name of ['C', 'A', 'B']) await save(server, boards, { name, body: { tiles: [] } });
    const page = async (search: string) =>
      (await (await server.call(boards + search, { key: server.keys.read })).json()) as {
        data: Shown[];
        next: string | null;
      };
    const first = await page('?limit=2');
    assert.deepEqual([first.data.map(({ id }) => id), first.next], [['a', 'b'], 'b']);
    const second = await page(`?limit=2&after=${first.next}`);
    assert.deepEqual([second.data.map(({ id }) => id), second.next], [['c'], null]);
    for (const limit of ['0', '201', 'x', '1.5'])
      assert.equal((await server.call(`${boards}?limit=${limit}`, { key: server.keys.read })).status, 400);
  });

  it('is seen by its project alone', async (context) => {
    const server = await openServer(context);
    await save(server, boards, { name: 'Board', body: { tiles: [] } });
    await server.care.createProject('other');
    const { secret } = await server.care.createKey({ project: 'other', scope: 'admin', name: 'k' });
    await server.ring.refresh();
    assert.equal((await server.call(`${boards}/board`, { key: secret })).status, 404);
    assert.deepEqual(await (await server.call(boards, { key: secret })).json(), { data: [], next: null });
    const gone = await server.call(`${boards}/board`, { method: 'DELETE', key: secret });
    assert.equal(gone.status, 404);
  });

  it('says what is wrong with a body and where', async (context) => {
    const server = await openServer(context);
    const post = async (path: string, body: unknown) =>
      problemOf(await server.call(path, { method: 'POST', key: server.keys.admin, body }));
    const { code, pointer } = await post('/api/v1/saved/segments', {
      name: 'x',
      body: { filter: { field: 'typ' } },
    });
    assert.deepEqual([code, pointer], ['plan_invalid', '/filter/field']);
    assert.equal((await post(boards, { name: 'x', bdy: {} })).code, 'request_invalid');
    assert.equal((await post(boards, { name: 'x', id: 'No', body: { tiles: [] } })).code, 'request_invalid');
    await save(server, boards, { id: 'b', name: 'x', body: { tiles: [] } });
    assert.equal((await post(boards, { id: 'b', name: 'x', body: { tiles: [] } })).code, 'conflict');
  });

  it('is asked when it is a question; one that cannot be asked any more says so and why', async (context) => {
    const server = await openServer(context);
    let asked: unknown;
    const { ask } = server.stages;
    server.stages.ask = async (sent, asker) => {
      asked = sent;
      parsePlan(sent, { project: asker.project, now: Date.now() });
      return ask(sent, asker);
    };
    await save(server, '/api/v1/saved/questions', question);
    const answer = await server.call('/api/v1/saved/questions/sales/answer', { key: server.keys.read });
    assert.deepEqual([answer.status, asked], [200, plan]);
    const stored = { project: 'default', kind: 'question', id: 'sales' } as const;
    const body = { plan: { ...plan, by: 'contry' } };
    await server.catalog.saved.replace({ ...stored, name: 'x', by: 'k', updatedAt: 1, body });
    const refused = await server.call('/api/v1/saved/questions/sales/answer', { key: server.keys.read });
    const problem = await problemOf(refused);
    assert.deepEqual([refused.status, problem.code, problem.pointer], [409, 'saved_outdated', '/by/field']);
    assert.match(String(problem.detail), /the question sales cannot be asked.*did you mean country/);
  });

  it('is answered in the form that is wanted, and not again to who has the answer', async (context) => {
    const server = await openServer(context);
    await save(server, '/api/v1/saved/questions', question);
    const ask = (headers: Readonly<Record<string, string>>) =>
      server.call('/api/v1/saved/questions/sales/answer', { key: server.keys.read, headers });
    const table = await ask({ accept: 'text/csv' });
    assert.equal(table.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.match(await table.text(), /^row,/);
    assert.equal((await ask({ accept: 'image/png' })).status, 406);
    const { headers } = await ask({});
    assert.equal((await ask({ 'if-none-match': headers.get('etag')! })).status, 304);
  });

  it('takes the events of an experiment along when an admin says so', async (context) => {
    const removed: unknown[] = [];
    const server = await openServer(context);
    server.stages.removeExperiment = async (...asked) => {
      removed.push(asked);
      return 7;
    };
    const { keys, call } = server;
    const path = '/api/v1/saved/experiments';
    const body = { experimentId: 'gate-30', variants: [{ key: 'a' }, { key: 'b' }] };
    for (const id of ['one', 'two']) await save(server, path, { id, name: id, body });
    const options = { method: 'DELETE', key: keys.admin };
    const outdated = await call(`${path}/one?events=true`, { ...options, headers: { 'if-match': '"2"' } });
    assert.deepEqual([outdated.status, removed], [412, []]);
    assert.equal((await call(`${path}/one?events=yes`, options)).status, 400);
    const gone = await call(`${path}/one?events=true`, options);
    assert.deepEqual(await gone.json(), {
      data: { kind: 'experiment', id: 'one', status: 'deleted', events: 7 },
    });
    assert.deepEqual(removed, [['default', 'gate-30']]);
    const kept = await call(`${path}/two`, options);
    assert.deepEqual(await kept.json(), { data: { kind: 'experiment', id: 'two', status: 'deleted' } });
    assert.equal(removed.length, 1);
    assert.equal((await call('/api/v1/saved/goals/x?events=true', options)).status, 400);
  });
});
