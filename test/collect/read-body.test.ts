/** Bodies are read and inflated within bounds. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, request } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Readable } from 'node:stream';
import { describe, it, type TestContext } from 'node:test';
import { brotliCompressSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { type BodySource, readBody } from '../../src/collect/read-body.ts';

const codecs = [
  ['gzip', gzipSync],
  ['br', brotliCompressSync],
  ['zstd', zstdCompressSync],
] as const;
const text = '{"type":"x","timestamp":"2026-01-01"}'.repeat(50);
const mebibyte = 1024 * 1024;

function source(bytes: Uint8Array | readonly Uint8Array[], encoding?: string, length?: number): BodySource {
  const chunks = Array.isArray(bytes) ? bytes : [bytes];
  return Object.assign(Readable.from(chunks, { objectMode: false }), {
    headers: {
      'content-encoding': encoding,
      'content-length': length === undefined ? undefined : String(length),
    },
  });
}

const read = async (...sent: Parameters<typeof source>) =>
  Buffer.from(await readBody(source(...sent))).toString();

describe('the body of a request', () => {
  it('is the same in every encoding', async () => {
    assert.equal(await read(Buffer.from(text)), text);
    assert.equal(await read([Buffer.from('a'), Buffer.from('b')], 'identity'), 'ab');
    assert.equal(await read(gzipSync(text), ' GZIP '), text);
    for (const [name, compress] of codecs) assert.equal(await read(compress(text), name), text);
    assert.equal(await read(Buffer.concat([gzipSync('a'), gzipSync('b')]), 'gzip'), 'ab');
  });

  it('is read up to its bound and not further', async () => {
    assert.equal((await readBody(source(Buffer.alloc(100)), 100)).byteLength, 100);
    await assert.rejects(readBody(source(Buffer.alloc(101)), 100), { code: 'body_too_large', status: 413 });
    await assert.rejects(readBody(source(Buffer.alloc(0), undefined, 101), 100), { code: 'body_too_large' });
    let given = 0;
    async function* endless() {
      for (;;) {
        given += 1000;
        yield Buffer.alloc(1000);
      }
    }
    const endlessSource = Object.assign(Readable.from(endless(), { objectMode: false }), { headers: {} });
    await assert.rejects(readBody(endlessSource, 10_000), { code: 'body_too_large' });
    assert.ok(given < 200_000, `read ${given} bytes`);
    endlessSource.destroy();
  });

  for (const [name, compress] of codecs) {
    it(`that ${name} inflates beyond the bound is never inflated far past it`, async () => {
      const bomb = compress(Buffer.alloc(200 * mebibyte));
      assert.ok(bomb.byteLength < mebibyte);
      const before = process.resourceUsage().maxRSS;
      await assert.rejects(readBody(source(bomb, name)), { code: 'body_too_large', message: /inflated/ });
      const grownMebibytes = (process.resourceUsage().maxRSS - before) / 1024;
      assert.ok(grownMebibytes < 100, `memory grew by ${grownMebibytes} MiB`);
      const whole = compress(Buffer.alloc(10 * mebibyte));
      assert.equal((await readBody(source(whole, name))).byteLength, 10 * mebibyte);
      await assert.rejects(readBody(source(compress(Buffer.alloc(10 * mebibyte + 1)), name)), {
        code: 'body_too_large',
      });
    });

    it(`that is no whole ${name} data is refused`, async () => {
      const good = compress(text);
      for (const bad of [Buffer.from(text), good.subarray(0, good.length - 3), Buffer.alloc(0)]) {
        await assert.rejects(read(bad, name), { code: 'body_malformed', status: 400 });
      }
      await assert.rejects(read(Buffer.concat([good, Buffer.from('junk')]), name), {
        code: 'body_malformed',
      });
    });
  }

  it('in an encoding that is not known, or in two, is refused', async () => {
    for (const encoding of ['deflate', 'compress', 'gzip, gzip', 'br,gzip', '__proto__', 'x'.repeat(5000)]) {
      await assert.rejects(read(Buffer.from(text), encoding), { code: 'encoding_unsupported', status: 415 });
    }
  });

  it('that breaks off is refused, and a refused one still gets its answer', async (t) => {
    const outcomes: unknown[] = [];
    const { port, answered } = await serve(t, async (incoming) => {
      outcomes.push(await readBody(incoming, 1000).catch((error: { code: string }) => error.code));
    });
    const broken = request({ port, method: 'POST', headers: { 'content-length': 100 } });
    broken.on('error', () => {});
    broken.write('half');
    setTimeout(() => broken.destroy(), 20);
    await answered(1);
    const large = request({ port, method: 'POST', headers: { 'transfer-encoding': 'chunked' } });
    large.on('error', () => {});
    large.end(Buffer.alloc(2000));
    const [response] = (await once(large, 'response')) as [IncomingMessage];
    assert.equal(response.statusCode, 200);
    response.resume();
    await answered(2);
    assert.deepEqual(outcomes, ['body_malformed', 'body_too_large']);
  });
});

/** A server that answers 200 to all; `answered(n)` resolves once `n` requests are done. */
async function serve(t: TestContext, handle: (incoming: IncomingMessage) => Promise<void>) {
  let done = 0;
  let wake = () => {};
  const server = createServer(async (incoming, response) => {
    await handle(incoming);
    response.end();
    done += 1;
    wake();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  const answered = async (count: number) => {
    while (done < count) await new Promise<void>((resolve) => (wake = resolve));
  };
  return { port: (server.address() as AddressInfo).port, answered };
}
