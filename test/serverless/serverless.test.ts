import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it, type TestContext } from 'node:test';
import type { Millrace } from '../../src/serverless/serverless.ts';
import { createMillrace } from '../../src/system/serverless-system.ts';
import { openDatabase, type TestDatabase } from '../support/postgres.ts';
import { openRedis, type RedisServer } from '../support/redis.ts';
import { startUpstash, type UpstashServer } from '../support/upstash-server.ts';

const keys = { write: 'w'.repeat(20), read: 'r'.repeat(20), admin: 'a'.repeat(20) };
const secret = 'cron-secret-of-the-test';
const begin = Date.UTC(2026, 0, 5);

const post = (body: unknown, headers: Record<string, string> = {}) =>
  new Request('https://shop.example/api/collect', {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.write}`, 'content-type': 'application/json', ...headers },
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
const cron = (path: string, given = secret, method = 'GET') =>
  new Request(`https://shop.example/api/cron/${path}`, {
    method,
    headers: { authorization: `Bearer ${given}` },
  });
const ask = (plan: object) =>
  new Request('https://shop.example/api/v1/query', {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.read}`, 'content-type': 'application/json' },
    body: JSON.stringify(plan),
  });
const events = (from: number, count: number) =>
  Array.from({ length: count }, (_, i) => ({
    type: 'order',
    timestamp: begin + i,
    eventId: `e-${from + i}`,
    userId: `u-${(from + i) % 7}`,
  }));

describe('serverless handlers', () => {
  let database: TestDatabase;
  let redis: RedisServer;
  let upstash: UpstashServer;
  before(async () => {
    database = await openDatabase();
    redis = await openRedis();
    upstash = await startUpstash(redis.url);
  });
  after(async () => {
    await upstash.close();
    await redis.close();
    await database.close();
  });

  function environment(changes: Record<string, string> = {}): Record<string, string> {
    return {
      MILLRACE_LOG: 'upstash+https:',
      UPSTASH_REDIS_REST_URL: upstash.url,
      UPSTASH_REDIS_REST_TOKEN: upstash.token,
      DATABASE_URL: database.url,
      CRON_SECRET: secret,
      MILLRACE_WRITE_KEY: keys.write,
      MILLRACE_READ_KEY: keys.read,
      MILLRACE_ADMIN_KEY: keys.admin,
      MILLRACE_REPORT_LEVEL: 'silent',
      MILLRACE_PASS_MS: '10s',
      ...changes,
    };
  }

  /** An instance as the platform makes it: with a temporary folder of its own. */
  function open(t: TestContext, changes: Record<string, string> = {}): Millrace {
    const directory = mkdtempSync(join(tmpdir(), 'millrace-serverless-'));
    const millrace = createMillrace({ ...environment(changes), MILLRACE_DATA: directory });
    t.after(async () => {
      await millrace.close();
      rmSync(directory, { recursive: true, force: true });
    });
    return millrace;
  }

  const total = async (millrace: Millrace, type = 'order'): Promise<number> => {
    const filter = { field: 'type', op: 'eq', value: type };
    const answer = await millrace.handle(ask({ kind: 'summary', range: 'all', exact: true, filter }));
    const body = (await answer.json()) as { data: { total: { events: number } } };
    assert.equal(answer.status, 200, JSON.stringify(body));
    return body.data.total.events;
  };

  it('collect, bring in what waits, and answer', async (t) => {
    const millrace = open(t);
    const answer = await millrace.collect(post([...events(0, 20), { type: '' }]));
    assert.equal(answer.status, 202);
    const body = (await answer.json()) as { accepted: number; rejected: number };
    assert.deepEqual([body.accepted, body.rejected], [20, 1]);
    const look = (await (await millrace.queueStatus(cron('queue-status'))).json()) as { queueLength: number };
    assert.equal(look.queueLength, 20);
    const pass = await millrace.processEvents(cron('process-events', secret, 'POST'));
    assert.equal(pass.status, 200);
    assert.equal(((await pass.json()) as { stored: number }).stored, 20);
    assert.equal(await total(millrace), 20);
    const again = await millrace.collect(post(events(0, 20)));
    assert.equal(again.status, 202);
    await millrace.processEvents(cron('process-events'));
    assert.equal(
      await total(millrace),
      20,
      'a retry after hours changes nothing, in a process that never saw the first',
    );
  });

  it('stream one answer and end, and nothing to who has it already', async (t) => {
    const millrace = open(t);
    await millrace.processEvents(cron('process-events')); // the store is open after it
    const stream = async (headers: Record<string, string> = {}) => {
      const url = 'https://shop.example/api/v1/analytics/stream';
      const authorization = `Bearer ${keys.read}`;
      const answer = await millrace.handle(new Request(url, { headers: { authorization, ...headers } }));
      assert.equal(
        answer.headers.get('content-type'),
        'text/event-stream; charset=utf-8',
        await answer.clone().text(),
      );
      return answer.text();
    };
    const id = /^retry: 5000\n\nid: (\S+)\ndata: \{"data":\{"totalEvents":\d+,.*\n\n$/.exec(
      await stream(),
    )?.[1];
    assert.equal(await stream({ 'last-event-id': id! }), 'retry: 5000\n\n: nothing new\n\n');
  });

  it('stream events in files', async (t) => {
    const millrace = open(t);
    await millrace.collect(post([{ type: 'filed', timestamp: begin }]));
    await millrace.processEvents(cron('process-events'));
    const url = 'https://shop.example/api/v1/export?filter=type==filed';
    const answer = await millrace.handle(
      new Request(url, { headers: { authorization: `Bearer ${keys.read}` } }),
    );
    const text = await answer.text();
    assert.match(text, /^\{.*"type":"filed".*\}\n$/);
  });

  it('answer as the server does: keys, preflight, problems', async (t) => {
    const millrace = open(t);
    const refused = await millrace.collect(post([], { authorization: 'Bearer nobody-knows-this-key' }));
    assert.equal(refused.status, 401);
    assert.equal(refused.headers.get('content-type'), 'application/problem+json');
    const preflight = await millrace.collect(
      new Request('https://shop.example/api/collect', { method: 'OPTIONS' }),
    );
    assert.equal(preflight.status, 204);
    assert.equal(preflight.headers.get('access-control-allow-origin'), '*');
    assert.equal((await millrace.collect(post('{"type":'))).status, 400);
    const health = await millrace.handle(new Request('https://shop.example/health'));
    assert.deepEqual(await health.json(), { status: 'ok' });
  });

  it('let nobody but the scheduler run a pass', async (t) => {
    const millrace = open(t);
    for (const path of ['process-events', 'queue-status'] as const) {
      const call = path === 'process-events' ? millrace.processEvents : millrace.queueStatus;
      assert.equal((await call(cron(path, 'wrong'))).status, 401);
      assert.equal((await call(new Request(`https://shop.example/api/cron/${path}`))).status, 401);
      assert.equal((await call(cron(path, secret, 'DELETE'))).status, 405);
    }
    const open2 = open(t, { CRON_SECRET: '' });
    assert.equal((await open2.processEvents(cron('process-events', ''))).status, 401);
  });

  it('share the work of passes that overlap, and count each event once', async (t) => {
    const instances = [open(t), open(t), open(t)];
    const sent: Promise<Response>[] = [];
    for (let i = 0; i < 30; i++)
      sent.push(
        instances[i % 3]!.collect(
          post(events(1_000 + i * 50, 50).map((event) => ({ ...event, type: 'overlap' }))),
        ),
      );
    const passes = instances.map((millrace) => millrace.processEvents(cron('process-events')));
    for (const answer of await Promise.all(sent)) assert.equal(answer.status, 202);
    for (const answer of await Promise.all(passes)) assert.equal(answer.status, 200, await answer.text());
    await instances[0]!.processEvents(cron('process-events'));
    assert.equal(await total(instances[1]!, 'overlap'), 1_500);
  });

  it('refuse settings that keep anything on the disk of one instance', () => {
    assert.throws(
      () => createMillrace(environment({ MILLRACE_LOG: 'disk:' })),
      /MILLRACE_LOG must be upstash\+https: or redis:/,
    );
    assert.throws(
      () => createMillrace(environment({ DATABASE_URL: '' })),
      /MILLRACE_STORE must be postgres:/,
    );
    assert.throws(
      () => createMillrace(environment({ UPSTASH_REDIS_REST_TOKEN: '' })),
      /UPSTASH_REDIS_REST_TOKEN must be set/,
    );
  });

  it('refuse events with 503 while the log is away, and take them again when it is back', async (t) => {
    const millrace = open(t);
    assert.equal((await millrace.collect(post(events(5_000, 1)))).status, 202);
    await redis.stop();
    const refused = await millrace.collect(post(events(5_001, 1)));
    assert.equal(refused.status, 503);
    assert.ok(refused.headers.get('retry-after'));
    await redis.start();
    let status = 503;
    for (let i = 0; i < 100 && status !== 202; i++) {
      status = (await millrace.collect(post(events(5_001, 1)))).status;
      if (status !== 202) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    assert.equal(status, 202);
  });
});
