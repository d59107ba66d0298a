import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { failure } from '../../src/errors.ts';
import type { HttpConfig } from '../../src/http/http-config.ts';
import type { Answer } from '../../src/query/wire.ts';
import { type Opened, openServer, problemOf } from './open-server.ts';

const path = '/api/v1/analytics/stream';
const planPath = `/api/v1/stream?plan=${encodeURIComponent('{"kind":"summary","range":"today"}')}`;

interface Event {
  readonly id?: string;
  readonly event?: string;
  readonly data?: Record<string, unknown>;
  readonly comment?: string;
}

/** A server whose data is a number that a test counts up. */
async function openCounting(context: TestContext, settings: Partial<HttpConfig> = {}) {
  const server = await openServer(context, { streamIntervalMs: 10, shutdownTimeoutMs: 500, ...settings });
  const data = { events: 1, asked: 0, padding: '' };
  server.stages.version = async () => `${data.events}`;
  server.stages.ask = async () => {
    data.asked++;
    return answerOf(data.events, data.padding);
  };
  return { server, data };
}

function answerOf(events: number, padding = ''): Answer {
  const asOf = new Date(Date.now() + 60_000).toISOString();
  const meta = {
    approximate: false,
    error: 0,
    stale: false,
    asOf,
    cached: false,
    source: 'rows',
    rowsRead: 1,
    durationMs: 1,
  };
  return {
    data: { kind: 'summary', total: { events, users: 1 }, groups: [{ value: `x${padding}`, events }] },
    meta,
  };
}

/** Opens a stream and reads it event by event. */
async function open(server: Opened, at: string, headers: Record<string, string> = {}) {
  const leave = new AbortController();
  const key = at.includes('ticket=') ? {} : { authorization: `Bearer ${server.keys.read}` };
  const response = await fetch(server.url + at, { headers: { ...key, ...headers }, signal: leave.signal });
  const reader = response.body!.pipeThrough(new TextDecoderStream()).getReader();
  let buffer = '';
  /** Undefined: the stream has ended. */
  const next = async (): Promise<Event | undefined> => {
    for (;;) {
      const end = buffer.indexOf('\n\n');
      if (end >= 0) {
        const block = buffer.slice(0, end);
        buffer = buffer.slice(end + 2);
        if (!block.startsWith('retry:')) return parse(block);
        continue;
      }
      const { value, done } = await reader.read();
      if (done) return undefined;
      buffer += value;
    }
  };
  const close = () => leave.abort();
  return { response, next, close };
}

function parse(block: string): Event {
  const fields = Object.fromEntries(block.split('\n').map((line) => line.split(/: (.*)/s).slice(0, 2)));
  if ('' in fields) return { comment: fields[''] };
  const { data, ...rest } = fields;
  return { ...rest, ...(data !== undefined && { data: JSON.parse(data) }) };
}

const totalOf = (event: Event | undefined) => (event!.data!.data as { totalEvents: number }).totalEvents;

async function until(condition: () => boolean): Promise<void> {
  for (let tries = 0; !condition(); tries++) {
    if (tries > 1_000) throw new Error('it did not come to that');
    await sleep(5);
  }
}

describe('a stream', () => {
  it('says the body of the summary at once, and again when it changed', async (context) => {
    const { server, data } = await openCounting(context);
    for (const at of [path, '/api/analytics/stream?from=2026-01-01']) {
      const stream = await open(server, at);
      const { headers } = stream.response;
      assert.deepEqual(
        ['content-type', 'cache-control', 'x-accel-buffering', 'x-content-type-options'].map((name) =>
          headers.get(name),
        ),
        ['text/event-stream; charset=utf-8', 'no-store, no-transform', 'no', 'nosniff'],
      );
      const first = await stream.next();
      assert.equal(totalOf(first), data.events);
      assert.deepEqual(Object.keys(first!.data!), ['data', 'cached', 'meta']);
      data.events++;
      const second = await stream.next();
      assert.equal(totalOf(second), data.events);
      assert.notEqual(second!.id, first!.id);
      stream.close();
    }
  });

  it('of any plan says its answer', async (context) => {
    const { server, data } = await openCounting(context);
    const stream = await open(server, planPath);
    const { data: body } = (await stream.next())!;
    assert.deepEqual((body as unknown as Answer).data, answerOf(data.events).data);
    stream.close();
    const { status } = await server.call('/api/v1/stream?plan=%7B', { key: server.keys.read });
    assert.equal(status, 400);
  });

  it('costs one evaluation a refresh, however many watch it', async (context) => {
    const { server, data } = await openCounting(context);
    const streams = await Promise.all(Array.from({ length: 100 }, () => open(server, path)));
    for (const stream of streams) assert.equal(totalOf(await stream.next()), 1);
    assert.equal(data.asked, 1);
    for (let refresh = 2; refresh <= 4; refresh++) {
      data.events++;
      for (const stream of streams) assert.equal(totalOf(await stream.next()), refresh);
      assert.equal(data.asked, refresh);
    }
    await sleep(50); // looks go on, and find that nothing changed
    assert.equal(data.asked, 4);
    for (const stream of streams) stream.close();
  });

  it('goes on after Last-Event-ID without saying anything twice', async (context) => {
    const { server, data } = await openCounting(context);
    const first = await open(server, path);
    const { id } = (await first.next())!;
    first.close();
    const named = new URLSearchParams({ lastEventId: id! });
    const again = [
      await open(server, path, { 'last-event-id': id! }),
      await open(server, `${path}?${named}`),
    ];
    await sleep(30);
    data.events++;
    for (const stream of again) {
      assert.equal(totalOf(await stream.next()), 2, 'what comes first is new');
      stream.close();
    }
    const behind = await open(server, path, { 'last-event-id': id! });
    assert.equal(totalOf(await behind.next()), 2);
    behind.close();
  });

  it('ends with a problem when its key is revoked or rotated, and others go on', async (context) => {
    const { server, data } = await openCounting(context);
    const { secret, key } = await server.care.createKey({ project: 'default', scope: 'read', name: 'k' });
    await server.ring.refresh();
    const revoked = await open(server, path, { authorization: `Bearer ${secret}` });
    const kept = await open(server, path);
    await Promise.all([revoked.next(), kept.next()]);
    await server.care.rotateKey(key.id);
    const problem = await revoked.next();
    assert.deepEqual(
      [problem!.event, problem!.data!.code, problem!.data!.status],
      ['problem', 'unauthorized', 401],
    );
    assert.equal(await revoked.next(), undefined);
    data.events++;
    assert.equal(totalOf(await kept.next()), 2);
    kept.close();
  });

  it('ends at once when the server goes down', async (context) => {
    const { server } = await openCounting(context, { shutdownTimeoutMs: 60_000 });
    const stream = await open(server, path);
    await stream.next();
    await server.server.close();
    assert.deepEqual(await stream.next(), { comment: 'the server is going down' });
    assert.equal(await stream.next(), undefined);
  });

  it('of a client that takes nothing holds the newest answer alone', async (context) => {
    const { server, data } = await openCounting(context);
    data.padding = 'x'.repeat(1_000_000);
    const { port } = new URL(server.url);
    const socket = connect(Number(port), '127.0.0.1');
    await once(socket, 'connect');
    socket.pause();
    socket.write(`GET ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.keys.read}\r\n\r\n`);
    const watching = await open(server, path);
    await watching.next();
    for (let i = 0; i < 40; i++) {
      data.events++;
      assert.equal(totalOf(await watching.next()), data.events);
    }
    const counts: number[] = [];
    let received = '';
    socket.setEncoding('latin1').on('data', (text) => {
      received += text;
      const found = [...received.matchAll(/"totalEvents":(\d+),/g)];
      counts.push(...found.map(([, count]) => Number(count)));
      received = received.slice(-20).replace(/.*,/s, '');
    });
    socket.resume();
    await until(() => counts.at(-1) === data.events);
    assert.ok(
      counts.length < 25,
      `${counts.length} answers were sent: the sockets' own buffers hold no more`,
    );
    socket.destroy();
    watching.close();
  });

  it('tells of a problem that may pass once, and goes on after it', async (context) => {
    const { server, data } = await openCounting(context);
    const stream = await open(server, path);
    await stream.next();
    const { ask, version } = server.stages;
    server.stages.version = async () => Promise.reject(failure('store_unavailable', { detail: 'gone' }));
    server.stages.ask = async () => Promise.reject(failure('store_unavailable', { detail: 'gone' }));
    const problem = await stream.next();
    assert.deepEqual([problem!.event, problem!.data!.code], ['problem', 'store_unavailable']);
    await sleep(50);
    Object.assign(server.stages, { ask, version });
    assert.equal(totalOf(await stream.next()), data.events, 'the answer is said again');
    stream.close();
  });

  it('ends with a problem when its question cannot be asked any more', async (context) => {
    const { server } = await openCounting(context);
    const stream = await open(server, planPath);
    await stream.next();
    server.stages.meaning = () => {
      throw failure('plan_invalid', { pointer: '/filter/segment', rule: 'is gone', value: '"x"' });
    };
    const problem = await stream.next();
    assert.deepEqual([problem!.event, problem!.data!.pointer], ['problem', '/filter/segment']);
    assert.equal(await stream.next(), undefined);
  });

  it('is refused like any question: without a key, with a wrong parameter, while the store is away', async (context) => {
    const { server } = await openCounting(context);
    assert.equal((await server.call(path)).status, 401);
    assert.equal((await server.call(path, { key: server.keys.write })).status, 403);
    const wrong = await problemOf(await server.call(`${path}?form=2026-01-01`, { key: server.keys.read }));
    assert.match(String(wrong.detail), /did you mean from/);
    server.stages.ask = async () => Promise.reject(failure('store_unavailable', { detail: 'gone' }));
    assert.equal((await server.call(path, { key: server.keys.read })).status, 503);
    assert.equal((await server.call(path, { key: server.keys.read, method: 'POST' })).status, 405);
  });

  it('is one of so many, in all and of one key, and its place is given back', async (context) => {
    const { server } = await openCounting(context, { streamsMax: 3, streamsPerKeyMax: 2 });
    const admin = { authorization: `Bearer ${server.keys.admin}` };
    const streams = [await open(server, path), await open(server, path)];
    const ofKey = await problemOf(await server.call(path, { key: server.keys.read }));
    assert.deepEqual(
      [ofKey.code, ofKey.setting, ofKey.status],
      ['streams_full', 'MILLRACE_STREAMS_PER_KEY_MAX', 429],
    );
    streams.push(await open(server, path, admin));
    const all = await problemOf(await server.call(path, { key: server.keys.admin }));
    assert.equal(all.setting, 'MILLRACE_STREAMS_MAX');
    for (const stream of streams) stream.close();
    for (let tries = 0; ; tries++) {
      const again = await open(server, path, admin);
      again.close();
      if (again.response.status === 200) break;
      assert.ok(tries < 100, 'the places are given back');
      await sleep(10);
    }
  });
});

describe('a ticket', () => {
  async function ticketOf(server: Opened, body?: unknown): Promise<string> {
    const response = await server.call('/api/v1/stream-tickets', {
      method: 'POST',
      key: server.keys.read,
      body,
    });
    assert.equal(response.status, 201);
    const { data } = (await response.json()) as { data: { ticket: string; expiresAt: string } };
    const left = Date.parse(data.expiresAt) - Date.now();
    assert.ok(left > 50_000 && left <= 60_000);
    return data.ticket;
  }

  it('opens one stream without a key', async (context) => {
    const { server } = await openCounting(context);
    const ticket = await ticketOf(server);
    const [one, two] = await Promise.all([
      open(server, `${path}?ticket=${ticket}`),
      open(server, `${path}?ticket=${ticket}`),
    ]);
    assert.deepEqual([one.response.status, two.response.status].sort(), [200, 401]);
    const opened = one.response.status === 200 ? one : two;
    assert.equal(totalOf(await opened.next()), 1);
    opened.close();
    for (const wrong of ['x', ticket, 'y'.repeat(5_000)])
      assert.equal((await server.call(`${path}?ticket=${wrong}`)).status, 401);
    assert.equal((await server.call(`/api/v1/queue?ticket=${await ticketOf(server)}`)).status, 401);
  });

  it('may have a plan, whose answer is streamed', async (context) => {
    const { server } = await openCounting(context);
    const plan = { kind: 'live' };
    let asked: unknown;
    const { ask } = server.stages;
    server.stages.ask = (sent, asker) => {
      asked = sent;
      return ask(sent, asker);
    };
    const stream = await open(server, `/api/v1/stream?ticket=${await ticketOf(server, { plan })}`);
    assert.equal(stream.response.status, 200);
    await stream.next();
    assert.deepEqual(asked, plan);
    stream.close();
    const twice = await open(server, `${planPath}&ticket=${await ticketOf(server, { plan })}`);
    assert.equal(twice.response.status, 400);
    const long = { plan: { text: 'x'.repeat(70_000) } };
    const refused = await server.call('/api/v1/stream-tickets', {
      method: 'POST',
      key: server.keys.read,
      body: long,
    });
    assert.equal(refused.status, 400);
  });

  it('is of no use once its key was revoked', async (context) => {
    const { server } = await openCounting(context);
    const ticket = await ticketOf(server);
    const key = (await server.care.keys()).find(({ scope }) => scope === 'read')!;
    await server.care.revokeKey(key.id);
    await server.ring.refresh();
    assert.equal((await server.call(`${path}?ticket=${ticket}`)).status, 401);
  });
});
