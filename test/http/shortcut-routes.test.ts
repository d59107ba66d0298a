/** Shortcuts over HTTP, answered by a query stage over a memory store. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import type { EventRow } from '../../src/event/event-row.ts';
import { now, openStage } from '../query/support.ts';
import { openServer, problemOf } from './open-server.ts';

const minute = 60_000;

async function openAnswering(context: TestContext, rows: readonly Partial<EventRow>[] = []) {
  const opened = await openServer(context);
  const stage = openStage();
  const project = { project: 'default' };
  const add = (...more: Partial<EventRow>[]) => stage.add(...more.map((row) => ({ ...project, ...row })));
  await add(...rows);
  opened.stages.ask = (plan, options) => stage.query.ask(plan, options);
  opened.stages.tagged = (plan, options) => stage.query.tagged(plan, options);
  const get = (path: string, headers: Record<string, string> = {}, method = 'GET') =>
    opened.call(`/api${path}`, { key: opened.keys.read, headers, method });
  return { ...opened, stage, add, get };
}

const rows = [
  { type: 'pageview', path: '/a', country: 'DE', personKey: 1n },
  { type: 'pageview', path: '/b', country: 'DE', personKey: 1n, timestamp: now + minute },
  { type: 'signup', country: 'AT', personKey: 2n, timestamp: now + 2 * minute },
];
const range = 'from=2025-06-15&to=2025-06-15';

describe('shortcuts over HTTP', () => {
  it('answer as the plan does that they stand for', async (context) => {
    const { get } = await openAnswering(context, rows);
    const data = async (path: string) => {
      const response = await get(`/v1/analytics/${path}`);
      assert.equal(response.status, 200, path);
      return ((await response.json()) as { data: Record<string, unknown> }).data;
    };
    const top = await data(`top?${range}&by=type`);
    assert.deepEqual(top.groups, [
      { value: 'pageview', events: 2, users: 1 },
      { value: 'signup', events: 1, users: 1 },
    ]);
    const trend = await data(`trend?${range}&filter=country==DE&interval=day&metrics=events`);
    assert.deepEqual(trend.total, { events: [2] });
    const funnel = (await data(`funnel?${range}&steps=type==pageview;path==/a,path==/b`)).steps;
    assert.deepEqual(
      (funnel as { count: number }[]).map(({ count }) => count),
      [1, 1],
    );
    const kinds = [
      'retention',
      'paths',
      'sessions',
      'users',
      'events',
      'live',
      'user?person=u',
      'breakdown?by=type',
    ];
    for (const path of kinds) assert.ok((await data(path)).kind, path);
  });

  it('give the second version of the summary in snake case, with the period that was meant', async (context) => {
    const { get } = await openAnswering(context, rows);
    const body = await (await get(`/v2/analytics/summary?${range}`)).json();
    assert.deepEqual(body, {
      data: {
        total_events: 3,
        unique_users: 2,
        events_by_type: { pageview: 2, signup: 1 },
        period: { from: '2025-06-15T00:00:00.000Z', to: '2025-06-15T23:59:59.999Z' },
      },
      meta: {
        approximate: false,
        error: 0,
        stale: false,
        asOf: '2025-06-15T12:00:00.000Z',
        cached: false,
      },
    });
  });

  it('take any plan in an address, and refuse what is none', async (context) => {
    const { get } = await openAnswering(context, rows);
    const ask = (plan: string) => get(`/v1/query?plan=${encodeURIComponent(plan)}`);
    const plan = { kind: 'summary', from: '2025-06-15', to: '2025-06-16' };
    assert.equal((await ask(JSON.stringify(plan))).status, 200);
    assert.match(String((await problemOf(await ask('{'))).detail), /parameter plan is not JSON/);
    assert.match(String((await problemOf(await get('/v1/query'))).detail), /parameter plan must hold/);
  });

  it('name the parameter that is wrong, and what was meant by one that there is not', async (context) => {
    const { get } = await openAnswering(context);
    const problem = await problemOf(await get('/v1/analytics/trend?by=country&limit=0'));
    assert.deepEqual([problem.code, problem.pointer], ['plan_invalid', '/limit']);
    const meant = await problemOf(await get('/v1/analytics/funnel?step=a,b'));
    assert.match(String(meant.detail), /there is no parameter "step" here; did you mean steps\?/);
  });
});

describe('an answer that a client has already', () => {
  const path = `/v1/analytics/trend?${range}&interval=day`;

  it('is 304 without a body until the data changes', async (context) => {
    const { get, add, stage } = await openAnswering(context, rows);
    const first = await get(path);
    const tag = first.headers.get('etag')!;
    assert.match(tag, /^W\/"[\w-]{22}-json"$/);
    assert.equal(first.headers.get('cache-control'), 'private, no-cache');
    assert.equal(first.headers.get('vary'), 'accept, authorization, cookie, x-millrace-project');
    for (const known of [tag, `"x", ${tag}`, tag.slice(2), '*']) {
      const again = await get(path, { 'if-none-match': known });
      assert.deepEqual([again.status, await again.text(), again.headers.get('etag')], [304, '', tag], known);
    }
    assert.equal((await get(path, { 'if-none-match': '"x"' })).status, 200);
    await add({ type: 'pageview', personKey: 3n });
    // an answer about today may be some seconds old, and its tag is that of its own data
    assert.equal((await get(path, { 'if-none-match': tag })).status, 304);
    stage.clock.advance(10_000);
    const changed = await get(path, { 'if-none-match': tag });
    assert.equal(changed.status, 200);
    assert.notEqual(changed.headers.get('etag'), tag);
  });

  it('has a tag for each question, form and project, and the same for HEAD', async (context) => {
    const { get, call, care, ring } = await openAnswering(context, rows);
    const tagOf = async (at: string, headers: Record<string, string> = {}, method = 'GET') => {
      const response = await get(at, headers, method);
      await response.arrayBuffer();
      return response.headers.get('etag')!;
    };
    const tag = await tagOf(path);
    assert.equal(await tagOf(path, {}, 'HEAD'), tag);
    const others = [
      await tagOf(`${path}&bots=include`),
      await tagOf(path, { accept: 'text/csv' }),
      await tagOf('/v1/analytics/events'),
      await tagOf('/v1/analytics/users'),
    ];
    assert.equal(new Set([tag, ...others]).size, 5);
    assert.equal((await get('/v1/analytics/events', { 'if-none-match': others[2]! })).status, 304);
    assert.equal((await get(path, { accept: 'text/csv', 'if-none-match': others[1]! })).status, 304);
    await care.createProject('other', 'other');
    const { secret } = await care.createKey({ project: 'other', scope: 'read', name: 'r', origins: [] });
    await ring.refresh();
    const foreign = await call(`/api${path}`, { key: secret, headers: { 'if-none-match': tag } });
    assert.equal(foreign.status, 200);
  });
});
