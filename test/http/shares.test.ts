import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { hashKey } from '../../src/catalog/keys.ts';
import { sharesMax } from '../../src/shares/share-care.ts';
import { TestClock } from '../../src/testing/test-clock.ts';
import { type Opened, openServer, problemOf } from './open-server.ts';

const boards = '/api/v1/saved/dashboards';
const layout = { x: 0, y: 0, width: 6, height: 4 };
const secret = { field: 'path', op: 'eq', value: '/secret-launch' };
const trend = { kind: 'trend', range: '90d', interval: 'day', metrics: ['events'], filter: secret };
const body = {
  tiles: [
    { question: 'sales', layout },
    { plan: { kind: 'summary', range: '7d', explain: true }, title: 'Own', layout },
    { text: 'Read me', layout },
    { plan: { kind: 'events', range: '7d' }, layout },
    {
      title: 'Way',
      plan: {
        kind: 'funnel',
        range: '7d',
        steps: [
          { name: 'View', filter: secret },
          { filter: { field: 'type', op: 'eq', value: 'purchase' } },
          { filter: secret },
        ],
        exclude: [{ filter: secret, after: 1, before: 2 }],
      },
      layout,
    },
  ],
  view: { scope: { timeZone: 'Europe/Berlin', filter: { field: 'country', op: 'eq', value: 'DE' } } },
};

interface NewShare {
  readonly id: string;
  readonly path: string;
  readonly hasPassword: boolean;
}

/** A server with a board, a question on it and one that is not; what was asked is in `asked`. */
async function openBoard(context: TestContext, ...rest: [] | [Parameters<typeof openServer>[1]]) {
  const clock = new TestClock();
  const server = await openServer(context, ...(rest.length === 1 ? rest : [{}]), {}, clock);
  const save = async (path: string, saved: unknown) => {
    const response = await server.call(path, { method: 'POST', key: server.keys.admin, body: saved });
    assert.equal(response.status, 201, await response.clone().text());
  };
  await save('/api/v1/saved/questions', { name: 'Sales', body: { plan: trend } });
  await save('/api/v1/saved/questions', { name: 'Other', body: { plan: { kind: 'summary', range: '7d' } } });
  await save(boards, { name: 'Board', body });
  const asked: { plan: Record<string, unknown>; asker: string | undefined; project: string }[] = [];
  const { ask } = server.stages;
  server.stages.ask = async (plan, options) => {
    asked.push({ plan: plan as Record<string, unknown>, asker: options.asker?.id, project: options.project });
    return ask(plan, options);
  };
  return { server, clock, asked };
}

async function share({ call, keys }: Opened, wish: object = {}, board = 'board'): Promise<NewShare> {
  const made = await call(`${boards}/${board}/shares`, { method: 'POST', key: keys.admin, body: wish });
  assert.equal(made.status, 201, await made.clone().text());
  return ((await made.json()) as { data: NewShare }).data;
}

const apiOf = ({ path }: NewShare): string => `/api/v1${path}`;
const answerOf = ({ call }: Opened, made: NewShare, wanted: unknown, headers = {}) =>
  call(`${apiOf(made)}/answers`, { method: 'POST', body: wanted, headers });
const dataOf = async <T>(response: Response): Promise<T> => {
  assert.ok(response.ok, await response.clone().text());
  return ((await response.json()) as { data: T }).data;
};

describe('links to a dashboard', () => {
  it('are made, listed and revoked by who may change it, and kept as a hash', async (context) => {
    const { server } = await openBoard(context);
    const { call, keys } = server;
    const made = await share(server, { name: 'For the office' });
    const token = made.path.slice('/shared/'.length);
    assert.match(token, /^mr_share_[A-Za-z0-9_-]{43}$/);
    const listed = await dataOf<{ id: string }[]>(await call(`${boards}/board/shares`, { key: keys.admin }));
    assert.deepEqual(
      listed.map(({ id }) => id),
      [made.id],
    );
    assert.ok(!JSON.stringify(listed).includes(token));
    assert.equal((await server.catalog.shares.find(hashKey(token)))?.id, made.id);
    for (const [method, path] of [
      ['GET', `${boards}/board/shares`],
      ['POST', `${boards}/board/shares`],
      ['DELETE', `${boards}/board/shares/${made.id}`],
    ] as const) {
      assert.equal((await call(path, { method, key: keys.read })).status, 403, method);
      assert.equal((await call(path, { method })).status, 401, method);
    }
    const elsewhere = await call(`${boards}/none/shares`, { method: 'POST', key: keys.admin, body: {} });
    assert.equal((await problemOf(elsewhere)).code, 'not_found');
    const gone = await call(`${boards}/board/shares/${made.id}`, { method: 'DELETE', key: keys.admin });
    assert.deepEqual(await dataOf(gone), { id: made.id, status: 'revoked' });
    for (const path of [apiOf(made), made.path]) assert.equal((await call(path)).status, 404, path);
  });

  it('are as many as may be, with names, ends and passwords that make sense', async (context) => {
    const { server } = await openBoard(context);
    const { call, keys } = server;
    for (const wrong of [
      { name: ' ' },
      { name: 'x'.repeat(101) },
      { password: 'short' },
      { expiresAt: '2020-01-01T00:00:00Z' },
      { expiresAt: 'tomorrow' },
      { canEmbed: 'yes' },
      { project: 'other' },
    ]) {
      const refused = await call(`${boards}/board/shares`, { method: 'POST', key: keys.admin, body: wrong });
      assert.equal((await problemOf(refused)).code, 'request_invalid', JSON.stringify(wrong));
    }
    for (let i = 0; i < sharesMax; i++) await share(server);
    const over = await call(`${boards}/board/shares`, { method: 'POST', key: keys.admin, body: {} });
    assert.equal((await problemOf(over)).code, 'conflict');
  });

  it('end with their time and with the dashboard, and open no other of its name', async (context) => {
    const { server, clock } = await openBoard(context);
    const { call, keys } = server;
    const brief = await share(server, { expiresAt: new Date(clock.now() + 60_000).toISOString() });
    const lasting = await share(server);
    assert.equal((await call(apiOf(brief))).status, 200);
    clock.advance(60_001);
    assert.equal((await problemOf(await call(apiOf(brief)))).code, 'share_invalid');
    await call(`${boards}/board`, { method: 'DELETE', key: keys.admin });
    await call(boards, { method: 'POST', key: keys.admin, body: { name: 'Board', body: { tiles: [] } } });
    assert.equal((await problemOf(await call(apiOf(lasting)))).code, 'share_invalid');
  });
});

describe('a guest', () => {
  it('sees what is on the board: no filters, no ids of questions, no plans', async (context) => {
    const { server } = await openBoard(context);
    const response = await server.call(apiOf(await share(server)));
    const text = await response.clone().text();
    const board = await dataOf<{ name: string; scope: object; tiles: Record<string, unknown>[] }>(response);
    assert.deepEqual([board.name, board.scope], ['Board', { timeZone: 'Europe/Berlin' }]);
    assert.deepEqual(
      board.tiles.map(({ tile, title, text, problem }) => ({ tile, title, text, problem })),
      [
        { tile: 0, title: 'Sales', text: undefined, problem: undefined },
        { tile: 1, title: 'Own', text: undefined, problem: undefined },
        { tile: 2, title: null, text: 'Read me', problem: undefined },
        { tile: 3, title: null, text: undefined, problem: 'not_shared' },
        { tile: 4, title: 'Way', text: undefined, problem: undefined },
      ],
    );
    for (const hidden of ['secret-launch', 'question":"sales', '"DE"', 'Other'])
      assert.ok(!text.includes(hidden), hidden);
  });

  it('asks a tile as it is saved, as an asker of its own, over a range and nothing else', async (context) => {
    const { server, asked } = await openBoard(context);
    const made = await share(server);
    const { plan } = await dataOf<{ plan: object }>(
      await answerOf(server, made, { tile: 0, range: 'today' }),
    );
    const { filter, ...shown } = asked[0]!.plan;
    assert.deepEqual(filter, { and: [secret, body.view.scope.filter] });
    assert.deepEqual(shown, {
      kind: 'trend',
      metrics: ['events'],
      range: 'today',
      interval: 'hour',
      timeZone: 'Europe/Berlin',
    });
    assert.deepEqual(plan, shown);
    assert.deepEqual([asked[0]!.asker, asked[0]!.project], [`share:${made.id}`, 'default']);
    const { plan: funnel } = await dataOf<{ plan: object }>(await answerOf(server, made, { tile: 4 }));
    assert.deepEqual(funnel, {
      kind: 'funnel',
      range: '7d',
      timeZone: 'Europe/Berlin',
      steps: [{ name: 'View' }, { name: 'purchase' }, {}],
    });
    assert.deepEqual((asked.pop()!.plan.steps as object[])[2], { filter: secret }, 'it is asked as it is');
    await answerOf(server, made, { tile: 0, from: '2026-01-01', to: '2026-02-01' });
    assert.deepEqual(
      [asked[1]!.plan.from, asked[1]!.plan.to, asked[1]!.plan.range],
      ['2026-01-01', '2026-02-01', undefined],
    );
    await answerOf(server, made, { tile: 1 });
    assert.deepEqual([asked[2]!.plan.range, asked[2]!.plan.explain], ['7d', undefined]);
  });

  it('gets no further by what is sent: other tiles, other plans, other ranges', async (context) => {
    const { server, asked } = await openBoard(context);
    const made = await share(server);
    const plan = { kind: 'events', range: 'all' };
    for (const wrong of [
      {},
      null,
      [0],
      { tile: 5 },
      { tile: -1 },
      { tile: 0.5 },
      { tile: '0' },
      { tile: '__proto__' },
      { tile: 2 },
      { tile: 0, plan },
      { tile: 0, filter: {} },
      { tile: 0, question: 'other' },
      { tile: 0, project: 'other' },
      { tile: 0, timeZone: 'UTC' },
      { tile: 0, range: '10y' },
      { tile: 0, range: { from: 0 } },
      { tile: 0, range: '7d', from: '2026-01-01' },
      { tile: 0, from: '2026-01-01' },
      { tile: 0, from: '2026-02-01', to: '2026-01-01' },
      { tile: 0, from: '1970-01-01', to: '2026-01-01' },
      { tile: 0, from: '2026-01-01T00:00:00Z', to: '2026-02-01' },
    ])
      assert.equal(
        (await problemOf(await answerOf(server, made, wrong))).code,
        'request_invalid',
        JSON.stringify(wrong),
      );
    assert.equal((await problemOf(await answerOf(server, made, { tile: 3 }))).code, 'forbidden');
    await server.call('/api/v1/saved/questions/sales', { method: 'DELETE', key: server.keys.admin });
    assert.equal((await problemOf(await answerOf(server, made, { tile: 0 }))).code, 'conflict');
    assert.deepEqual(asked, []);
    // a link is no key, and the session of somebody else opens no further
    const token = made.path.slice('/shared/'.length);
    assert.equal(
      (await server.call('/api/v1/query', { key: token, method: 'POST', body: plan })).status,
      401,
    );
  });

  it('hears 404 for a link that was guessed, and a pause after many; good links open on', async (context) => {
    const { server, clock } = await openBoard(context);
    const made = await share(server);
    const codes = new Set<unknown>();
    for (let i = 0; i < 40; i++) {
      const guess = i % 2 === 0 ? `mr_share_${String(i).padStart(43, 'x')}` : `guess-${i}`;
      codes.add((await problemOf(await server.call(`/api/v1/shared/${guess}`))).code);
    }
    assert.deepEqual([...codes], ['share_invalid', 'sign_in_paused']);
    assert.equal((await server.call(apiOf(made))).status, 200);
    clock.advance(16 * 60_000);
    assert.equal((await server.call('/api/v1/shared/guess')).status, 404);
  });

  it('counts against the rate of its link', async (context) => {
    const { server } = await openBoard(context, { requestsPerMinutePerKey: 8 });
    const [made, other] = [await share(server), await share(server)];
    for (let i = 0; i < 8; i++) assert.equal((await server.call(apiOf(made))).status, 200);
    assert.equal((await problemOf(await server.call(apiOf(made)))).code, 'rate_limited');
    assert.equal((await server.call(apiOf(other))).status, 200);
  });
});

describe('a password', () => {
  const password = 'harvest moon';

  async function enter({ call }: Opened, made: NewShare, given: unknown) {
    return call(`${apiOf(made)}/pass`, { method: 'POST', body: { password: given } });
  }

  it('is asked of who has the link, and gives a pass for this link and half a day', async (context) => {
    const { server, clock } = await openBoard(context);
    const made = await share(server, { password });
    const other = await share(server, { password });
    const stored = await server.catalog.shares.list('default');
    assert.ok(!JSON.stringify(stored).includes(password));
    assert.equal((await problemOf(await server.call(apiOf(made)))).code, 'share_locked');
    assert.equal((await problemOf(await answerOf(server, made, { tile: 0 }))).code, 'share_locked');
    assert.equal((await problemOf(await enter(server, made, 'not this one'))).code, 'share_password_wrong');
    const { pass } = await dataOf<{ pass: string }>(await enter(server, made, password));
    const headers = { 'x-millrace-pass': pass };
    assert.equal((await server.call(apiOf(made), { headers })).status, 200);
    assert.equal((await answerOf(server, made, { tile: 0 }, headers)).status, 200);
    assert.equal((await server.call(apiOf(other), { headers })).status, 401, 'of another link');
    const later = pass.replace(/_[0-9a-z]+_/, `_${(clock.now() + 1e9).toString(36)}_`);
    for (const forged of [`${pass}x`, pass.slice(0, -1), later, 'mr_pass_', ''])
      assert.equal((await server.call(apiOf(made), { headers: { 'x-millrace-pass': forged } })).status, 401);
    clock.advance(12 * 3_600_000 + 1);
    assert.equal((await server.call(apiOf(made), { headers })).status, 401, 'after its time');
    await server.call(`${boards}/board/shares/${made.id}`, { method: 'DELETE', key: server.keys.admin });
    assert.equal((await server.call(apiOf(made), { headers })).status, 404, 'after it was revoked');
  });

  it('is paused after wrong ones, for this link alone', async (context) => {
    const { server, clock } = await openBoard(context);
    const made = await share(server, { password });
    const codes: unknown[] = [];
    for (let i = 0; i < 22; i++) codes.push((await problemOf(await enter(server, made, `wrong ${i}`))).code);
    assert.deepEqual(new Set(codes.slice(0, 20)), new Set(['share_password_wrong']));
    assert.equal(codes.at(-1), 'sign_in_paused');
    assert.equal((await enter(server, made, password)).status, 429, 'the right one too');
    assert.equal((await enter(server, await share(server, { password }), password)).status, 201);
    clock.advance(16 * 60_000);
    assert.equal((await enter(server, made, password)).status, 201);
  });

  it('is not asked where there is none, and must be text', async (context) => {
    const { server } = await openBoard(context);
    const open = await share(server);
    assert.equal((await problemOf(await enter(server, open, password))).code, 'request_invalid');
    const made = await share(server, { password });
    assert.equal((await problemOf(await enter(server, made, 12345678))).code, 'request_invalid');
  });
});

describe('the page of a link', () => {
  it('may stand in a frame when its link says so, and in no other case', async (context) => {
    const { server } = await openBoard(context);
    const framed = async (path: string) => {
      const { headers, status } = await server.call(path);
      return [
        status,
        /frame-ancestors ([^;]+)/.exec(headers.get('content-security-policy')!)?.[1],
        headers.get('x-frame-options'),
      ];
    };
    const embedded = await share(server, { canEmbed: true });
    assert.deepEqual(await framed(`${embedded.path}?embed=1`), [200, '*', null]);
    assert.deepEqual(await framed(`${(await share(server)).path}?embed=1`), [200, "'none'", 'DENY']);
    assert.deepEqual(await framed('/shared/guess'), [404, "'none'", 'DENY']);
    assert.deepEqual(await framed('/p/default/boards'), [200, "'none'", 'DENY']);
    assert.deepEqual((await server.call(apiOf(embedded))).headers.get('x-frame-options'), 'DENY');
  });
});
