import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import { failure } from '../../src/errors.ts';
import { parsePlan } from '../../src/plan/parse-plan.ts';
import type { Plan } from '../../src/plan/plan.ts';
import { planSchema } from '../../src/plan/schema.ts';
import type { EventData } from '../../src/query/wire.ts';
import { openServer, problemOf } from './open-server.ts';

const range = 'from=2026-03-01&to=2026-03-02';

describe('questions', () => {
  it('answers the summary at both addresses in the shape that the field expects', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const asked: { plan: Plan; project: string }[] = [];
    const { ask } = stages;
    stages.ask = async (plan, options) => {
      asked.push({ plan: plan as Plan, project: options.project });
      return ask(plan, options);
    };
    for (const path of ['/api/v1/analytics/summary', '/api/analytics/summary']) {
      const response = await call(`${path}?${range}`, { key: keys.read });
      assert.equal(response.status, 200);
      assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
      const body = (await response.json()) as Record<string, unknown>;
      assert.deepEqual(body.data, { totalEvents: 3, uniqueUsers: 2, eventsByType: { pageview: 3 } });
      assert.equal(body.cached, false);
    }
    assert.equal(asked.length, 2);
    assert.equal(asked[0]?.project, 'default');
    assert.deepEqual([asked[0]?.plan.from, asked[0]?.plan.to], [Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 3)]);
  });

  it('streams an export, and cuts the connection when it breaks off', async (context) => {
    const { call, keys, stages, notes } = await openServer(context);
    const event = { eventId: 'e', type: '=x', timestamp: '2026-03-01T00:00:00.000Z' } as EventData;
    const asked: unknown[] = [];
    stages.export = async function* (plan, after, { project }) {
      const { bots, from, to } = parsePlan(plan, { project, now: Date.now() });
      asked.push([project, bots, from, to, after]);
      yield [event];
      if (after === 'broken') throw new Error('gone');
      yield [event];
    };
    const get = (query: string) => call(`/api/v1/export?${range}&${query}`, { key: keys.read });
    const ndjson = await get('');
    assert.equal(ndjson.headers.get('content-type'), 'application/x-ndjson');
    assert.equal(await ndjson.text(), `${JSON.stringify(event)}\n`.repeat(2));
    assert.deepEqual(asked, [['default', 'include', Date.UTC(2026, 2, 1), Date.UTC(2026, 2, 3), undefined]]);
    const csv = (await (await get('format=csv&after=a')).text()).split('\r\n');
    assert.match(csv[0]!, /^e,'=x,2026/, 'no header when it goes on');
    await assert.rejects((await get('after=broken')).text());
    assert.match(notes.at(-1)?.message ?? '', /an answer broke off: gone/);
    for (const [query, detail] of [
      ['format=xml', /\/format must be one of ndjson, csv, parquet/],
      ['filter=nonsense', /\/filter must look like country=DE/],
      ['format=parquet&after=a', /\/after goes with ndjson and csv/],
      ['format=arrow&range=7d', /does not go with range/],
      ['format=parquet&range=7d', /does not go with range/],
    ] as const)
      assert.match(String((await problemOf(await get(query))).detail), detail);
    assert.equal((await call('/api/v1/export', { key: keys.write })).status, 403);
    assert.equal((await call('/api/v1/export', { key: keys.read, method: 'HEAD' })).status, 405);
  });

  it('gives an answer as a table when it is asked for as one', async (context) => {
    const { call, keys } = await openServer(context);
    const post = (accept: string) =>
      call('/api/v1/query', { method: 'POST', key: keys.read, body: { by: 'type' }, headers: { accept } });
    const csv = await post('text/csv, application/json;q=0.9');
    assert.equal(csv.headers.get('content-type'), 'text/csv; charset=utf-8');
    assert.equal(await csv.text(), 'row,type,events,users\r\nall,,3,2\r\ngroup,pageview,3,\r\n');
    for (const accept of ['*/*', 'application/json, text/csv', 'text/html, */*;q=0.8'])
      assert.match((await post(accept)).headers.get('content-type') ?? '', /json/);
    const refused = await problemOf(await post('text/html'));
    assert.deepEqual([refused.status, refused.code], [406, 'not_acceptable']);
    const arrow = Buffer.from(await (await post('application/vnd.apache.arrow.stream')).arrayBuffer());
    assert.equal(tableFromIPC(arrow).getChild('events')!.get(0), 3n);
    const parquet = Buffer.from(await (await post('application/vnd.apache.parquet')).arrayBuffer());
    assert.equal(parquet.subarray(0, 4).toString() + parquet.subarray(-4).toString(), 'PAR1PAR1');
  });

  it('tells the language of questions to whoever asks, without a key', async (context) => {
    const { call } = await openServer(context);
    const response = await call('/api/v1/plan.schema.json');
    assert.equal(response.status, 200);
    assert.equal(response.headers.get('content-type'), 'application/schema+json; charset=utf-8');
    assert.deepEqual(await response.json(), JSON.parse(JSON.stringify(planSchema)));
  });

  it('refuses parameters that it does not know, by name and with what was meant, and repeated ones', async (context) => {
    const { call, keys } = await openServer(context);
    const cases: readonly [string, RegExp][] = [
      ['form=2026-03-01', /"form".*did you mean from\?/],
      ['timezone=UTC', /"timezone".*did you mean timeZone\?/],
      ['nonsense=1', /"nonsense".*it takes from, to/],
      ['from=2026-03-01&from=2026-03-02', /from is given more than once/],
      ['__proto__=1', /"__proto__"/],
      [`key=${keys.write}`, /"key"/],
    ];
    for (const [query, rule] of cases) {
      const response = await call(`/api/v1/analytics/summary?${query}`, { key: keys.read });
      assert.equal(response.status, 400, query);
      const problem = await problemOf(response);
      assert.match(String(problem.detail), rule);
      assert.ok(!JSON.stringify(problem).includes(keys.write), 'a key in an address is not said back');
    }
    assert.equal((await call('/api/v1/queue?x=1', { key: keys.read })).status, 400);
    assert.equal((await call('/health?x=1')).status, 400);
  });

  it('points at the parameter that is wrong', async (context) => {
    const { call, keys } = await openServer(context);
    const response = await call('/api/v1/analytics/summary?from=yesterday', { key: keys.read });
    assert.equal(response.status, 400);
    const problem = await problemOf(response);
    assert.deepEqual([problem.code, problem.pointer], ['plan_invalid', '/from']);
  });

  it('asks a plan for the project of the key, whatever was sent', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const asked: unknown[] = [];
    const { ask } = stages;
    stages.ask = async (plan, options) => {
      asked.push([plan, options.project]);
      return ask(plan, options);
    };
    const plan = { kind: 'summary', project: 'other' };
    const response = await call('/api/v1/query', { method: 'POST', key: keys.read, body: plan });
    assert.equal(response.status, 200);
    assert.deepEqual(asked, [[plan, 'default']]);
  });

  it('answers what the query stage refuses with its status, code and details', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const cases = [
      [failure('plan_invalid', { pointer: '/from', rule: 'must be a time', value: '"x"' }), 400, null],
      [failure('over_time', { setting: 'MILLRACE_QUESTION_TIME_MS', limitMs: 10 }), 422, null],
      [failure('over_rows', { setting: 'MILLRACE_QUESTION_ROWS_MAX', limitRows: 10 }), 422, null],
      [failure('store_unavailable', { detail: '/secret/socket refused' }), 503, '5'],
    ] as const;
    for (const [error, status, retryAfter] of cases) {
      stages.ask = async () => {
        throw error;
      };
      const response = await call('/api/v1/query', { method: 'POST', key: keys.read, body: {} });
      assert.equal(response.status, status);
      assert.equal(response.headers.get('retry-after'), retryAfter);
      const problem = await problemOf(response);
      assert.deepEqual(
        [problem.code, problem.status, problem.instance],
        [error.code, status, '/api/v1/query'],
      );
      assert.ok(!JSON.stringify(problem).includes('/secret/'));
    }
  });

  it('refuses bodies that are no JSON, no UTF-8, too large or of another type', async (context) => {
    const { call, keys, notes } = await openServer(context);
    const json = { 'content-type': 'application/json' };
    const cases: readonly [string | Uint8Array, Record<string, string>, number, string][] = [
      ['{"kind":', json, 400, 'body_malformed'],
      [new Uint8Array([0x22, 0xff, 0x22]), json, 400, 'body_malformed'],
      ['x'.repeat(1024 * 1024 + 1), json, 413, 'body_too_large'],
      ['<a/>', { 'content-type': 'text/xml' }, 415, 'media_type_unsupported'],
      ['{}', { ...json, 'content-encoding': 'gzip' }, 400, 'request_invalid'],
    ];
    for (const [body, headers, status, code] of cases) {
      const response = await call('/api/v1/query', { method: 'POST', key: keys.read, body, headers });
      assert.equal(response.status, status, code);
      assert.equal((await problemOf(response)).code, code);
    }
    assert.deepEqual(notes, []);
  });

  it('stops a question when its asker goes away', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const begun = Promise.withResolvers<void>();
    const stopped = Promise.withResolvers<void>();
    stages.ask = async (_, { signal }) => {
      begun.resolve();
      await new Promise((resolve) => signal!.addEventListener('abort', resolve, { once: true }));
      stopped.resolve();
      throw failure('question_cancelled', {});
    };
    const asker = new AbortController();
    const answer = call('/api/v1/query', { method: 'POST', key: keys.read, body: {}, signal: asker.signal });
    await begun.promise;
    asker.abort();
    await assert.rejects(answer);
    await stopped.promise;
  });

  it('does not abort the signal of a question that was answered', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const signals: AbortSignal[] = [];
    const { ask } = stages;
    stages.ask = async (plan, options) => {
      signals.push(options.signal!);
      return ask(plan, options);
    };
    await (await call('/api/v1/query', { method: 'POST', key: keys.read, body: {} })).text();
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(
      signals.map((signal) => signal.aborted),
      [false],
    );
  });
});

describe('operations over HTTP', () => {
  it('says that it lives, and whether it is ready with each part and why not', async (context) => {
    const { call, stages } = await openServer(context);
    assert.deepEqual(await (await call('/health')).json(), { status: 'ok' });
    assert.equal((await call('/health/ready')).status, 200);
    const report = await stages.readiness();
    const store = { status: 'down', reason: 'the store is down' } as const;
    const parts = { ...report.parts, store };
    stages.readiness = async () => ({ ...report, status: 'degraded', answering: false, parts });
    const response = await call('/health/ready');
    assert.equal(response.status, 503);
    const body = (await response.json()) as typeof report;
    assert.deepEqual([body.collecting, body.answering, body.parts.store], [true, false, store]);
  });

  it('gives metrics as Prometheus reads them, and the queue', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const metrics = await call('/metrics', { key: keys.read });
    assert.equal(metrics.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
    assert.equal(await metrics.text(), 'millrace_up 1\n');
    const idle = await stages.queue();
    stages.queue = async () => ({ ...idle, queueLength: 7, status: 'warning' });
    assert.deepEqual(await (await call('/api/v1/queue', { key: keys.read })).json(), {
      ...idle,
      queueLength: 7,
      status: 'warning',
    });
  });

  it("lists the dead letters of the key's project, page by page", async (context) => {
    const { call, keys, stages } = await openServer(context);
    const asked: unknown[] = [];
    const letter = {
      partition: 0,
      offset: 5,
      project: 'default',
      eventId: 'e',
      receivedAt: Date.UTC(2026, 2, 1),
      reason: 'undecodable',
      detail: 'd',
      body: '{}',
    };
    stages.quarantined = async (query) => {
      asked.push(query);
      return { items: [letter], total: 3, next: 'n' };
    };
    const first = await call('/api/v1/dead-letters', { key: keys.admin });
    assert.deepEqual(await first.json(), {
      data: [{ id: '0-5', ...letter, receivedAt: '2026-03-01T00:00:00.000Z' }],
      total: 3,
      next: 'n',
    });
    await call('/api/v1/dead-letters?limit=2&after=n', { key: keys.admin });
    assert.deepEqual(asked, [
      { project: 'default', withUnknown: true, limit: 100 },
      { project: 'default', withUnknown: true, limit: 2, after: 'n' },
    ]);
    for (const body of [
      {},
      { ids: [] },
      { ids: ['x'] },
      { all: true, ids: ['0-1'] },
      { all: true, from: 'x' },
    ]) {
      const answer = await call('/api/v1/dead-letters/discard', { key: keys.admin, method: 'POST', body });
      assert.equal(answer.status, 400, JSON.stringify(body));
    }
    for (const query of ['limit=0', 'limit=1001', 'limit=x', 'limit=1e2', `after=${'x'.repeat(501)}`]) {
      assert.equal((await call(`/api/v1/dead-letters?${query}`, { key: keys.admin })).status, 400, query);
    }
  });
});

describe('every answer', () => {
  it("carries the caller's request id when it is sane, else a new one", async (context) => {
    const { call } = await openServer(context);
    for (const path of ['/health', '/nothing', '/api/collect', '/metrics']) {
      const own = await call(path, { headers: { 'x-request-id': 'req-1.a:b' } });
      assert.equal(own.headers.get('x-request-id'), 'req-1.a:b', path);
      if (own.status >= 400) assert.equal((await problemOf(own)).requestId, 'req-1.a:b', path);
      const ids = new Set<string | null>();
      for (const id of ['', 'a b', '<script>', 'x'.repeat(129)]) {
        ids.add((await call(path, { headers: { 'x-request-id': id } })).headers.get('x-request-id'));
      }
      assert.equal(ids.size, 4, path);
      for (const id of ids) assert.match(id!, /^[0-9a-f-]{36}$/);
    }
  });

  it('is a whole problem document when it is an error', async (context) => {
    const { call } = await openServer(context);
    const response = await call('/nothing/here?key=secret', { headers: { 'x-request-id': 'r' } });
    assert.equal(response.status, 404);
    assert.deepEqual(await problemOf(response), {
      type: 'urn:millrace:error:not_found',
      title: 'Not found',
      status: 404,
      detail: 'there is nothing at /nothing/here',
      instance: '/nothing/here',
      code: 'not_found',
      requestId: 'r',
    });
  });

  it('names the methods of a path that is asked with another', async (context) => {
    const { call } = await openServer(context);
    const cases: readonly [string, string, string][] = [
      ['POST', '/health', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/api/v1/query', 'GET, HEAD, POST, OPTIONS'],
      ['PUT', '/api/v1/keys', 'GET, HEAD, POST, OPTIONS'],
      ['GET', '/api/v1/keys/key_1', 'DELETE, OPTIONS'],
      ['QUERY', '/health', 'GET, HEAD, OPTIONS'],
      ['DELETE', '/', 'GET, HEAD, OPTIONS'],
    ];
    for (const [method, path, allow] of cases) {
      const response = await call(path, { method });
      assert.equal(response.status, 405, `${method} ${path}`);
      assert.equal(response.headers.get('allow'), allow);
      assert.equal((await problemOf(response)).code, 'method_not_allowed');
    }
  });

  it('to HEAD is that to GET without the body', async (context) => {
    const { call, keys } = await openServer(context);
    for (const path of [
      '/',
      '/health',
      '/health/ready',
      '/metrics',
      '/api/v1/queue',
      '/api/v1/projects',
      '/nothing',
    ]) {
      const [get, head] = [
        await call(path, { key: keys.admin }),
        await call(path, { key: keys.admin, method: 'HEAD' }),
      ];
      assert.equal(head.status, get.status, path);
      assert.equal(head.headers.get('content-type'), get.headers.get('content-type'), path);
      assert.equal(await head.text(), '');
    }
  });

  it('has safe headers and says nothing of what it is made with', async (context) => {
    const { call, keys } = await openServer(context);
    for (const path of ['/health', '/api/v1/queue', '/nothing']) {
      const { headers } = await call(path, { key: keys.read });
      assert.equal(headers.get('cache-control'), 'no-store', path);
      assert.equal(headers.get('x-content-type-options'), 'nosniff');
      assert.match(headers.get('content-security-policy')!, /default-src 'none'/);
      assert.equal(headers.get('x-powered-by'), null);
      assert.equal(headers.get('server'), null);
    }
  });

  it('can be read by pages of the origins that are set, and by no others', async (context) => {
    const { call, keys } = await openServer(context, { corsOrigins: ['https://app.example'] });
    const from = (origin: string, method = 'GET') =>
      call('/api/v1/queue', {
        method,
        key: keys.read,
        headers: {
          origin,
          'access-control-request-method': 'GET',
          'access-control-request-headers': 'authorization',
        },
      });
    const own = await from('https://app.example');
    assert.equal(own.headers.get('access-control-allow-origin'), 'https://app.example');
    assert.equal(own.headers.get('vary'), 'origin');
    assert.equal((await from('https://evil.example')).headers.get('access-control-allow-origin'), null);
    const preflight = await from('https://app.example', 'OPTIONS');
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-methods'), 'GET, HEAD');
    assert.match(preflight.headers.get('access-control-allow-headers')!, /authorization/);
    const foreign = await from('https://evil.example', 'OPTIONS');
    assert.equal(foreign.headers.get('access-control-allow-methods'), null);
  });

  it('is closed to pages when no origin is set', async (context) => {
    const { call, keys } = await openServer(context);
    const response = await call('/api/v1/queue', {
      key: keys.read,
      headers: { origin: 'https://app.example' },
    });
    assert.equal(response.headers.get('access-control-allow-origin'), null);
  });

  it('is 429 for a key over its limit on the read routes too, and never for health', async (context) => {
    const { call, keys } = await openServer(context, { requestsPerMinutePerKey: 1 });
    assert.equal((await call('/api/v1/queue', { key: keys.read })).status, 200);
    const limited = await call('/api/v1/queue', { key: keys.read });
    assert.equal(limited.status, 429);
    assert.equal(limited.headers.get('retry-after'), '60');
    assert.equal((await problemOf(limited)).code, 'rate_limited');
    for (let i = 0; i < 3; i++) assert.equal((await call('/health')).status, 200);
  });

  it('is published with its route, not its address', async (context) => {
    const { call, keys, telemetry } = await openServer(context);
    const heard: string[] = [];
    telemetry.subscribe('http.request', ({ method, route, status }) =>
      heard.push(`${method} ${route} ${status}`),
    );
    await call('/api/v1/keys/some-id/rotate', { method: 'POST', key: keys.admin });
    await call('/somewhere?key=secret', { key: keys.admin });
    await new Promise((resolve) => setTimeout(resolve, 20));
    assert.deepEqual(heard, ['POST /api/v1/keys/:id/rotate 404', 'GET unknown 404']);
  });
});

describe('the page at /', () => {
  it('loads nothing from elsewhere and runs no inline script or style', async (context) => {
    const { call } = await openServer(context);
    const response = await call('/');
    assert.equal(response.headers.get('content-type'), 'text/html; charset=utf-8');
    assert.match(response.headers.get('content-security-policy')!, /script-src 'self'/);
    const html = await response.text();
    assert.ok(!/<style|style=|<script(?![^>]*src=)|\son\w+=|https?:\/\/(?!127\.0\.0\.1)/i.test(html));
    for (const [, path] of html.matchAll(/(?:href|src)="(\/status\/[^"]+)"/g)) {
      assert.equal((await call(path!)).status, 200, path);
    }
  });
});
