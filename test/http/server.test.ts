import assert from 'node:assert/strict';
import { connect } from 'node:net';
import { describe, it } from 'node:test';
import { isFailure } from '../../src/errors.ts';
import { HttpServer } from '../../src/http/server.ts';
import { openServer, rawExchange } from './open-server.ts';

const slow = { headersTimeoutMs: 100, requestTimeoutMs: 200 };

function statusesOf(answers: string): number[] {
  return [...answers.matchAll(/HTTP\/1\.1 (\d+) /g)].map(([, status]) => Number(status));
}

describe('bytes that are no good request', () => {
  it('are answered 400 as a problem document, and the server goes on', async (context) => {
    const { url, call, notes } = await openServer(context);
    for (const bytes of [
      'this is not http\r\n\r\n',
      'GET / HTTP/9.9\r\n\r\n',
      'POST /api/collect HTTP/1.1\r\nhost: x\r\ncontent-length: abc\r\n\r\n',
      'POST /api/collect HTTP/1.1\r\nhost: x\r\ncontent-length: 5\r\ntransfer-encoding: chunked\r\n\r\n0\r\n\r\n',
      'GET / HTTP/1.1\r\nhost: x\r\nbad header\r\n\r\n',
    ]) {
      const answer = await rawExchange(url, [bytes]);
      assert.deepEqual(statusesOf(answer), [400], bytes);
      assert.match(answer, /content-type: application\/problem\+json/);
      assert.equal(JSON.parse(answer.slice(answer.indexOf('\r\n\r\n'))).code, 'request_invalid');
    }
    assert.equal((await call('/health')).status, 200);
    assert.deepEqual(notes, []);
  });

  it('with headers over the bound are answered 431', async (context) => {
    const { url } = await openServer(context, { headerBytesMax: 2_048 });
    const answer = await rawExchange(url, [
      `GET /health HTTP/1.1\r\nhost: x\r\nbig: ${'x'.repeat(5_000)}\r\n\r\n`,
    ]);
    assert.deepEqual(statusesOf(answer), [431]);
    assert.match(answer, /"code":"headers_too_large"/);
  });

  it('with a broken chunk end the connection, are no event, and print nothing', async (context) => {
    const { url, keys, stages, notes } = await openServer(context);
    let collected = 0;
    stages.collect = async () => {
      collected += 1;
      return { accepted: 1, rejected: 0, results: [] };
    };
    const head = `POST /api/collect HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.write}\r\ntransfer-encoding: chunked\r\n\r\n`;
    const answer = await rawExchange(url, [head, '5\r\nabcde\r\n', 20, 'zzz\r\nxx\r\n']);
    assert.deepEqual(statusesOf(answer), [400]);
    assert.equal(collected, 0);
    assert.deepEqual(notes, []);
  });

  it('of headers that do not end are answered 408 after the bound', async (context) => {
    const { url } = await openServer(context, slow);
    const answer = await rawExchange(url, ['GET /health HTTP/1.1\r\nhost: x\r\n']);
    assert.deepEqual(statusesOf(answer), [408]);
    assert.match(answer, /"code":"request_timeout"/);
  });

  it('of a body that does not end are answered 408 after the bound, on both kinds of route', async (context) => {
    const { url, keys, notes } = await openServer(context, slow);
    for (const [path, key] of [
      ['/api/collect', keys.write],
      ['/api/v1/query', keys.read],
    ]) {
      const head = `POST ${path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${key}\r\ncontent-type: application/json\r\n`;
      const answer = await rawExchange(url, [`${head}content-length: 100\r\n\r\n{"type":`]);
      assert.deepEqual(statusesOf(answer), [408], path);
    }
    assert.deepEqual(notes, []);
  });

  it('are pipelined and answered in order', async (context) => {
    const { url, keys } = await openServer(context);
    const collect = `POST /api/collect HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${keys.write}\r\ncontent-length: 2\r\n\r\n{}`;
    const health = 'GET /health HTTP/1.1\r\nhost: x\r\n\r\n';
    const last = 'GET /nothing HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    assert.deepEqual(
      statusesOf(await rawExchange(url, [collect + health + collect + last])),
      [202, 200, 202, 404],
    );
  });

  it('with odd paths are 4xx and never 5xx', async (context) => {
    const { url, notes } = await openServer(context);
    for (const path of [
      '/%',
      '/%zz',
      '/%00',
      '//',
      '/api/v1/keys/%2e%2e',
      '*',
      `/${'a'.repeat(5_000)}`,
      '/api/collect/',
      '/health/%E0%A4%A',
    ]) {
      const answer = await rawExchange(url, [`GET ${path} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n`]);
      const [status] = statusesOf(answer);
      assert.ok(status! >= 400 && status! < 500, `${path.slice(0, 20)}: ${status}`);
      assert.match(answer, /application\/problem\+json/, path.slice(0, 20));
    }
    assert.deepEqual(notes, []);
  });
});

describe('a target in absolute form', () => {
  it('is as good as its path', async (context) => {
    const { url, keys } = await openServer(context);
    const get = 'GET http://millrace.example/health HTTP/1.1\r\nhost: x\r\n\r\n';
    const collect = `POST http://x/api/collect?key=${keys.write} HTTP/1.1\r\nhost: x\r\ncontent-length: 2\r\n\r\n{}`;
    const root = 'GET http://x HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n';
    assert.deepEqual(statusesOf(await rawExchange(url, [get + collect + root])), [200, 202, 200]);
  });
});

describe('a server that goes down', () => {
  it('ends requests in flight, takes no new ones, and does not wait for idle connections', async (context) => {
    const { server, url, call, keys, stages } = await openServer(context, { keepAliveTimeoutMs: 600_000 });
    const gate = Promise.withResolvers<void>();
    const begun = Promise.withResolvers<void>();
    stages.collect = async () => {
      begun.resolve();
      await gate.promise;
      return { accepted: 1, rejected: 0, results: [] };
    };
    await (await call('/health')).text();
    const inFlight = call('/api/collect', { method: 'POST', key: keys.write, body: {} });
    await begun.promise;
    const closing = server.close();
    await assert.rejects(rawExchange(url, ['GET /health HTTP/1.1\r\nhost: x\r\n\r\n']));
    gate.resolve();
    assert.equal((await inFlight).status, 202);
    await closing;
  });

  it('cuts what does not end within its bound', async (context) => {
    const { server, call, keys, stages } = await openServer(context, { shutdownTimeoutMs: 50 });
    const begun = Promise.withResolvers<void>();
    stages.ask = () => {
      begun.resolve();
      return new Promise(() => {});
    };
    const answer = call('/api/v1/query', { method: 'POST', key: keys.read, body: {} });
    const cut = assert.rejects(answer);
    await begun.promise;
    await server.close();
    await cut;
  });

  it('may be told twice', async (context) => {
    const { server } = await openServer(context);
    await Promise.all([server.close(), server.close()]);
  });
});

describe('a server that opens', () => {
  it('says which setting to change when its port is taken', async (context) => {
    const first = await openServer(context);
    await assert.rejects(openServer(context, { port: first.server.port }), (error: unknown) => {
      assert.ok(isFailure(error, 'setting_invalid'));
      assert.match(error.message, /^PORT must be a port that nothing else listens on/);
      return true;
    });
  });

  it('names itself by an address that a person can open', async (context) => {
    const opened = await openServer(context, { host: '0.0.0.0' });
    assert.equal(opened.url, `http://localhost:${opened.server.port}`);
    assert.ok(opened.server instanceof HttpServer);
  });

  it('closes connections over its bound at once', async (context) => {
    const { server, call } = await openServer(context, { connectionsMax: 1 });
    const first = connect(server.port, '127.0.0.1');
    await new Promise((resolve) => first.once('connect', resolve));
    await assert.rejects(call('/health'));
    first.destroy();
  });
});
