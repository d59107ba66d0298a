import assert from 'node:assert/strict';
import { request as httpRequest } from 'node:http';
import { describe, it } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import type { CollectRequest, RefusedEvent } from '../../src/collect/collect.ts';
import { failure } from '../../src/errors.ts';
import { parseTrustProxy } from '../../src/http/client-address.ts';
import type { Signals } from '../../src/telemetry/signals.ts';
import { openServer, problemOf } from './open-server.ts';

const event = { type: 'pageview', timestamp: 1_770_000_000_000 };

describe('POST /api/collect', () => {
  it('answers 202 with what was accepted and every refusal', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const results = [refused(1)];
    stages.collect = async () => ({ accepted: 2, rejected: 1, results });
    const response = await call('/api/collect', {
      method: 'POST',
      key: keys.write,
      body: [event, {}, event],
    });
    assert.equal(response.status, 202);
    assert.equal(response.headers.get('content-type'), 'application/json; charset=utf-8');
    assert.equal(response.headers.get('cache-control'), 'no-store');
    assert.equal(response.headers.get('x-content-type-options'), 'nosniff');
    assert.equal(response.headers.get('x-powered-by'), null);
    assert.deepEqual(await response.json(), { accepted: 2, rejected: 1, results });
  });

  it('answers 400 as a problem document that carries the results when no event is valid', async (context) => {
    const { call, keys, stages } = await openServer(context);
    stages.collect = async () => ({
      accepted: 0,
      rejected: 1,
      results: [refused(0)],
    });
    const response = await call('/api/collect', { method: 'POST', key: keys.write, body: {} });
    assert.equal(response.status, 400);
    const problem = await problemOf(response);
    assert.equal(problem.code, 'no_valid_event');
    assert.deepEqual([problem.accepted, problem.rejected, problem.results], [0, 1, [refused(0)]]);
  });

  it('gives the stage the project of the key, the body inflated, the type, the visitor', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const seen: CollectRequest[] = [];
    stages.collect = async (request) => {
      seen.push(request);
      return { accepted: 1, rejected: 0, results: [] };
    };
    const text = JSON.stringify(event);
    const encodings = {
      identity: Buffer.from(text),
      gzip: gzipSync(text),
      br: brotliCompressSync(text),
      zstd: zstdCompressSync(text),
    };
    for (const [encoding, body] of Object.entries(encodings)) {
      const headers = {
        'content-type': 'text/plain;charset=UTF-8',
        'content-encoding': encoding,
        'user-agent': 'Test/1',
      };
      assert.equal(
        (await call('/api/collect', { method: 'POST', key: keys.write, body, headers })).status,
        202,
        encoding,
      );
    }
    assert.equal(seen.length, 4);
    for (const request of seen) {
      assert.equal(Buffer.from(request.body).toString(), text);
      const { project, contentType, address, userAgent } = request;
      assert.deepEqual(
        { project, contentType, address, userAgent },
        {
          project: 'default',
          contentType: 'text/plain;charset=UTF-8',
          address: '127.0.0.1',
          userAgent: 'Test/1',
        },
      );
      assert.ok(Math.abs(request.receivedAt - Date.now()) < 60_000);
    }
  });

  it('answers what the stages throw with its status and code, and says when to come again', async (context) => {
    const { call, keys, stages } = await openServer(context);
    const cases = [
      [failure('body_malformed', { detail: 'the body is not JSON at byte 7' }), 400, null],
      [failure('too_many_events', { eventsMax: 10_000 }), 413, null],
      [
        failure('media_type_unsupported', { contentType: 'image/png', allowed: 'application/json' }),
        415,
        null,
      ],
      [failure('rate_limited', { detail: 'slow', retryAfterMs: 2_001 }), 429, '3'],
      [failure('log_overloaded', { bytesMax: 1 }), 503, '1'],
      [failure('log_full', { detail: '/secret/path is full' }), 503, '10'],
      [failure('log_write_failed', { path: '/secret/path' }), 503, '1'],
    ] as const;
    for (const [error, status, retryAfter] of cases) {
      stages.collect = async () => {
        throw error;
      };
      const response = await call('/api/collect', { method: 'POST', key: keys.write, body: event });
      assert.equal(response.status, status, error.code);
      assert.equal(response.headers.get('retry-after'), retryAfter, error.code);
      assert.equal(response.headers.get('access-control-allow-origin'), '*', 'a page can read the refusal');
      const text = JSON.stringify(await problemOf(response));
      assert.ok(text.includes(`"code":"${error.code}"`));
      assert.ok(!text.includes('/secret/path'), 'no path of the server gets out');
    }
  });

  it('answers 413 and 415 for bodies that it does not read', async (context) => {
    const { call, keys } = await openServer(context);
    const big = await call('/api/collect', {
      method: 'POST',
      key: keys.write,
      body: 'x'.repeat(11 * 1024 * 1024),
    });
    assert.equal(big.status, 413);
    assert.equal((await problemOf(big)).bytesMax, 10 * 1024 * 1024);
    const bomb = gzipSync(Buffer.alloc(12 * 1024 * 1024));
    const headers = { 'content-encoding': 'gzip' };
    assert.equal(
      (await call('/api/collect', { method: 'POST', key: keys.write, body: bomb, headers })).status,
      413,
    );
    const odd = { 'content-encoding': 'lzma' };
    assert.equal(
      (await call('/api/collect', { method: 'POST', key: keys.write, body: 'x', headers: odd })).status,
      415,
    );
  });

  it('answers 500 with the request id for what nobody foresaw, and prints the stack but no key', async (context) => {
    const { call, keys, stages, notes } = await openServer(context);
    stages.collect = async () => {
      throw new TypeError('secret internals');
    };
    const response = await call(`/api/collect?key=${keys.write}`, {
      method: 'POST',
      body: event,
      headers: { 'x-request-id': 'abc-123' },
    });
    assert.equal(response.status, 500);
    const problem = await problemOf(response);
    assert.deepEqual([problem.code, problem.requestId], ['internal', 'abc-123']);
    assert.ok(!JSON.stringify(problem).includes('secret internals'));
    assert.equal(notes.length, 1);
    assert.match(String(notes[0]?.fields?.stack), /TypeError: secret internals\n +at /);
    assert.equal(notes[0]?.fields?.requestId, 'abc-123');
    assert.ok(!JSON.stringify(notes).includes(keys.write));
  });

  it('refuses unknown and repeated parameters by name', async (context) => {
    const { call, keys } = await openServer(context);
    const unknown = await call('/api/collect?kee=1', { method: 'POST', key: keys.write, body: event });
    assert.equal(unknown.status, 400);
    assert.match(String((await problemOf(unknown)).detail), /kee/);
    const twice = await call(`/api/collect?key=${keys.write}&key=2`, { method: 'POST', body: event });
    assert.equal(twice.status, 400);
  });

  it('answers other methods 405 with Allow', async (context) => {
    const { call } = await openServer(context);
    for (const method of ['GET', 'HEAD', 'PUT', 'DELETE', 'PATCH']) {
      const response = await call('/api/collect', { method });
      assert.equal(response.status, 405, method);
      assert.equal(response.headers.get('allow'), 'POST, OPTIONS');
    }
  });

  it('answers a preflight of any page without a key', async (context) => {
    const { call } = await openServer(context);
    const response = await call('/api/collect', {
      method: 'OPTIONS',
      headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' },
    });
    assert.equal(response.status, 204);
    assert.equal(response.headers.get('access-control-allow-origin'), '*');
    assert.equal(response.headers.get('access-control-allow-methods'), 'POST');
    assert.match(response.headers.get('access-control-allow-headers')!, /authorization, content-type/);
    assert.equal(response.headers.get('access-control-max-age'), '86400');
  });

  it('says 503 while the bodies in flight are at their bound, and takes more once they are gone', async (context) => {
    const { call, keys, stages } = await openServer(context, { bodiesInFlightBytesMax: 1_500 });
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    stages.collect = async () => {
      begun.resolve();
      await gate.promise;
      return { accepted: 1, rejected: 0, results: [] };
    };
    const send = () => call('/api/collect', { method: 'POST', key: keys.write, body: 'x'.repeat(1_000) });
    const first = send();
    await begun.promise;
    const second = await send();
    assert.equal(second.status, 503);
    assert.equal(second.headers.get('retry-after'), '1');
    assert.equal((await problemOf(second)).code, 'bodies_in_flight');
    gate.resolve();
    assert.equal((await first).status, 202);
    assert.equal((await send()).status, 202);
  });

  it('counts a body of unknown length as it arrives, not as the most that it could be', async (context) => {
    const { server, keys, stages } = await openServer(context, { bodiesInFlightBytesMax: 200_000 });
    stages.collect = async ({ body }) => ({ accepted: body.byteLength, rejected: 0, results: [] });
    const send = (bytes: number) => chunked(`${server.url}/api/collect`, keys.write, bytes);
    assert.deepEqual(await Promise.all([send(10_000), send(20_000)]), [202, 202]);
    assert.equal(await send(400_000), 503);
    assert.equal(await send(100_000), 202);
  });

  it('limits requests a minute by key and by address when that is set', async (context) => {
    const settings = { requestsPerMinutePerKey: 2, trustProxy: parseTrustProxy('1')! };
    const { call, keys, care, ring } = await openServer(context, settings);
    const other = await care.createKey({ project: 'default', scope: 'write', name: 'other' });
    await ring.refresh();
    const send = async (key: string) =>
      (await call('/api/collect', { method: 'POST', key, body: event })).status;
    assert.deepEqual(
      [await send(keys.write), await send(keys.write), await send(keys.write)],
      [202, 202, 429],
    );
    assert.equal(await send(other.secret), 202);
  });

  it('limits an address, as the trusted proxy names it, whatever key it has', async (context) => {
    const settings = { requestsPerMinutePerAddress: 1, trustProxy: parseTrustProxy('loopback')! };
    const { call, keys } = await openServer(context, settings);
    const send = async (address: string, key = keys.write) =>
      (
        await call('/api/collect', {
          method: 'POST',
          key,
          body: event,
          headers: { 'x-forwarded-for': address },
        })
      ).status;
    assert.deepEqual(
      [await send('203.0.113.1'), await send('203.0.113.1', keys.admin), await send('203.0.113.2')],
      [202, 429, 202],
    );
  });

  it('publishes each request with its status and counts', async (context) => {
    const { call, keys, stages, telemetry } = await openServer(context);
    const heard: Signals['collect.request'][] = [];
    telemetry.subscribe('collect.request', (signal) => heard.push(signal));
    stages.collect = async () => ({ accepted: 3, rejected: 1, results: [refused(0)] });
    await call('/api/collect', { method: 'POST', key: keys.write, body: '12345' });
    await call('/api/collect', { method: 'POST', body: event });
    await until(() => heard.length === 2);
    assert.deepEqual(
      heard.map(({ durationMs, ...rest }) => rest),
      [
        { status: 202, accepted: 3, rejected: 1, bytes: 5 },
        { status: 401, accepted: 0, rejected: 0, bytes: 0 },
      ],
    );
  });

  it('refuses a request whose key was revoked while its body arrived', async (context) => {
    const { server, keys, care, ring, stages } = await openServer(context);
    let collected = 0;
    stages.collect = async () => {
      collected += 1;
      return { accepted: 1, rejected: 0, results: [] };
    };
    const { promise: status, resolve } = Promise.withResolvers<number | undefined>();
    const headers = { authorization: `Bearer ${keys.write}` };
    const request = httpRequest(
      `${server.url}/api/collect`,
      { method: 'POST', headers, agent: false },
      (response) => {
        response.resume();
        resolve(response.statusCode);
      },
    );
    request.write('{"type":');
    await new Promise((resolve) => setTimeout(resolve, 50));
    for (const key of await care.keys()) await care.revokeKey(key.id);
    await ring.refresh();
    request.end('"pageview"}');
    assert.equal(await status, 401);
    assert.equal(collected, 0);
  });

  it('does not mind a client that leaves in the middle of its body', async (context) => {
    const { server, call, keys, notes, telemetry } = await openServer(context);
    const heard: number[] = [];
    telemetry.subscribe('collect.request', ({ status }) => heard.push(status));
    const request = httpRequest(`${server.url}/api/collect`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.write}`, 'content-length': 1_000 },
    });
    request.on('error', () => {});
    request.write('{"type":');
    await new Promise((resolve) => setTimeout(resolve, 50));
    request.destroy();
    await until(() => heard.length === 1);
    assert.deepEqual(heard, [499]);
    assert.deepEqual(notes, []);
    assert.equal((await call('/api/collect', { method: 'POST', key: keys.write, body: event })).status, 202);
  });
});

function refused(index: number): RefusedEvent {
  return { index, result: 'rejected', reason: 'too_long', message: 'title is longer than 200 characters' };
}

function chunked(url: string, key: string, bytes: number): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  const request = httpRequest(
    url,
    { method: 'POST', headers: { authorization: `Bearer ${key}` }, agent: false },
    (response) => {
      response.resume();
      response.on('end', () => resolve(response.statusCode!));
    },
  );
  request.on('error', reject);
  for (let sent = 0; sent < bytes; sent += 10_000) request.write('x'.repeat(10_000));
  request.end();
  return promise;
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}
