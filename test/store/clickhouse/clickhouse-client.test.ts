/** The client against servers that fail in every way that a network and a server can. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { it, type TestContext } from 'node:test';
import fc from 'fast-check';
import {
  type CallOptions,
  ClickHouseClient,
  ClickHouseError,
  type ClientOptions,
} from '../../../src/store/clickhouse/clickhouse-client.ts';
import { identifier, stringLiteral } from '../../../src/store/clickhouse/clickhouse-literal.ts';

interface Seen {
  readonly url: URL;
  readonly body: string;
  readonly headers: IncomingMessage['headers'];
}
type Answer = (response: ServerResponse, seen: Seen) => void;

/** A server that answers as told, and a client of it. */
async function open(test: TestContext, answer: Answer, options: ClientOptions = {}) {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    let body = '';
    for await (const part of request) body += part;
    const each = { url: new URL(request.url!, 'http://x'), body, headers: request.headers };
    seen.push(each);
    answer(response, each);
  });
  const url = await listen(server);
  const client = new ClickHouseClient({ url, user: 'u', password: 'p', database: 'd' }, options);
  test.after(async () => {
    await client.close();
    server.closeAllConnections();
    server.close();
  });
  return { client, seen, server };
}

async function listen(server: Pick<Server, 'listen' | 'address' | 'once'>): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server as Server, 'listening');
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
}

const fails =
  (code: number, outcome: string, words: RegExp = /./) =>
  (error: unknown) => {
    assert.ok(error instanceof ClickHouseError);
    assert.deepEqual([error.clickhouseCode, error.outcome], [code, outcome]);
    assert.match(error.message, words);
    return true;
  };
const json = '{"data":[["1"]],"statistics":{"rows_read":7,"bytes_read":8}}';
const isKill = (seen: Seen) => seen.body.startsWith('KILL QUERY');

it('sends a SELECT with its format, settings, query id, database and credentials', async (test) => {
  const { client, seen } = await open(test, (response) => response.end(json), {
    settings: { max_threads: 2 },
  });
  const told: unknown[] = [];
  const options: CallOptions = {
    queryId: 'q',
    settings: { max_rows_to_read: 5 },
    onSummary: (summary) => told.push(summary),
  };
  assert.deepEqual(await client.rows('SELECT 1', options), [['1']]);
  assert.deepEqual(told, [{ rowsRead: 7, bytesRead: 8 }]);
  const [{ url, body, headers }] = seen as [Seen];
  assert.equal(body, 'SELECT 1\nFORMAT JSONCompact');
  assert.deepEqual(Object.fromEntries(url.searchParams), {
    database: 'd',
    query_id: 'q',
    max_threads: '2',
    max_rows_to_read: '5',
    wait_end_of_query: '1',
    output_format_json_quote_64bit_integers: '1',
  });
  assert.equal(headers['x-clickhouse-user'], 'u');
  assert.equal(headers['x-clickhouse-key'], 'p');
});

it('sends a block as the body of an acknowledged insert', async (test) => {
  const { client, seen } = await open(test, (response) => response.end());
  await client.insertNative('t', ['a', 'b`c'], Buffer.from('block'));
  const [{ url, body }] = seen as [Seen];
  assert.equal(body, 'block');
  assert.equal(url.searchParams.get('query'), 'INSERT INTO t (`a`, `b\\`c`) FORMAT Native');
  assert.equal(url.searchParams.get('async_insert'), '0');
  assert.equal(url.searchParams.get('wait_end_of_query'), '1');
  assert.equal(url.searchParams.get('insert_deduplicate'), '0');
  assert.notEqual(url.searchParams.get('query_id'), null);
});

it('gives the number of an exception, and says which were provably not run', async (test) => {
  const { client } = await open(test, (response, { body }) => {
    const code = Number(body.trim());
    response
      .writeHead(500, { 'x-clickhouse-exception-code': code })
      .end(`Code: ${code}. DB::Exception: no. (NO)\n`);
  });
  for (const code of [60, 62, 81, 115, 202, 516])
    await assert.rejects(client.command(`${code}`), fails(code, 'refused'));
  for (const code of [27, 159, 241, 252, 394, 395, 999]) {
    await assert.rejects(client.command(`${code}`), fails(code, 'unclear', /DB::Exception: no/));
  }
});

it('takes an error without a number, such as a proxy’s, for unclear', async (test) => {
  const { client } = await open(test, (response) => response.writeHead(502).end('bad gateway'));
  await assert.rejects(client.command('SELECT 1'), fails(0, 'unclear', /bad gateway/));
});

it('says refused when nobody listens', async (test) => {
  const { client, server } = await open(test, (response) => response.end());
  server.close();
  await once(server, 'close');
  await assert.rejects(client.command('SELECT 1'), fails(0, 'refused', /ECONNREFUSED/));
  assert.equal(await client.ping(), false);
  const socketless = new ClickHouseClient({ socketPath: '/nowhere/at/all', database: 'd' });
  await assert.rejects(socketless.insertNative('t', ['a'], Buffer.from('x')), fails(0, 'refused'));
  await socketless.close();
});

it('says unclear when the connection breaks after the statement was sent', async (test) => {
  const { client } = await open(test, (response) => response.destroy());
  await assert.rejects(client.insertNative('t', ['a'], Buffer.from('x')), fails(0, 'unclear'));
});

it('says unclear when the answer is cut off, at any byte', async (test) => {
  const text = 'x'.repeat(30);
  const { client } = await open(test, (response, { body }) => {
    response.writeHead(200, { 'content-length': text.length });
    response.write(text.slice(0, Number.parseInt(body, 10)), () => response.destroy());
  });
  for (const cut of [0, 1, 29]) await assert.rejects(client.command(`${cut}`), fails(0, 'unclear'));
});

it('says unclear when there is no answer in time', async (test) => {
  const { client } = await open(test, () => {});
  await assert.rejects(
    client.command('SELECT 1', { timeoutMs: 20 }),
    fails(0, 'unclear', /no answer within 20 ms/),
  );
});

it('says unclear when the answer begins in time but does not end', async (test) => {
  const { client } = await open(
    test,
    (response, seen) => void (isKill(seen) ? response.end() : response.write('{')),
  );
  await assert.rejects(
    client.rows('SELECT 1', { timeoutMs: 50 }),
    fails(0, 'unclear', /no answer within 50 ms/),
  );
});

it('kills a SELECT that was given up or is late, under its id', async (test) => {
  const { client, seen } = await open(test, (response, each) => void (isKill(each) && response.end()));
  const giveUp = new AbortController();
  const call = client.rows('SELECT 1', { queryId: "it's", signal: giveUp.signal });
  setTimeout(() => giveUp.abort(), 20);
  await assert.rejects(call, fails(0, 'unclear', /given up/));
  await client.close();
  assert.deepEqual(
    seen.filter(isKill).map(({ body }) => body),
    ["KILL QUERY WHERE query_id = 'it\\'s' ASYNC"],
  );
});

it('does not kill a write by itself: that is for the fence', async (test) => {
  const { client, seen } = await open(test, () => {});
  await assert.rejects(client.command('INSERT', { timeoutMs: 20 }), fails(0, 'unclear'));
  await client.close();
  assert.equal(seen.filter(isKill).length, 0);
});

it('sends nothing when the caller gave up before', async (test) => {
  const { client, seen } = await open(test, (response) => response.end(json));
  await assert.rejects(client.rows('SELECT 1', { signal: AbortSignal.abort() }), fails(0, 'refused'));
  assert.equal(seen.length, 0);
});

it('lets a kill pass while every other connection is taken', async (test) => {
  const { client, seen } = await open(test, (response, each) => void (isKill(each) && response.end()), {
    connectionsMax: 1,
  });
  const calls = [1, 2, 3].map((n) => client.command(`${n}`, { timeoutMs: 200 }).catch(() => {}));
  await client.kill('x');
  assert.equal(seen.filter(isKill).length, 1);
  await Promise.all(calls);
});

it('refuses an answer over its bound instead of taking it into memory', async (test) => {
  const { client } = await open(test, (response) => response.end('x'.repeat(10_000)), {
    answerBytesMax: 1_000,
  });
  await assert.rejects(client.rows('SELECT 1'), fails(0, 'unclear', /longer than 1000 bytes/));
});

it('finds the note of a late failure however the answer is cut into pieces', async (test) => {
  const message = 'Code: 241. DB::Exception: too much\nmemory. (MEMORY_LIMIT_EXCEEDED)\n';
  const tag = 'TAGTAGTAG';
  const note = `\r\n__exception__\r\n${tag}\r\n${message}${message.length} ${tag}\r\n__exception__\r\n`;
  const data = 'row\r\n__exception__\r\nnot the tag\r\n';
  let pieces: string[] = [];
  const { client } = await open(test, async (response, seen) => {
    if (isKill(seen)) return response.end();
    response.setHeader('x-clickhouse-exception-tag', tag);
    for (const piece of pieces) await new Promise((resolve) => response.write(piece, resolve));
    return response.destroy();
  });
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(data.length + note.length), { maxLength: 4 }), async (cuts) => {
      const at = [0, ...cuts.sort((a, b) => a - b), data.length + note.length];
      pieces = at
        .slice(1)
        .map((end, index) => (data + note).slice(at[index], end))
        .filter((piece) => piece !== '');
      let text = '';
      const read = async () => {
        for await (const part of client.stream('SELECT 1', 'TSV')) text += part;
      };
      await assert.rejects(read, fails(241, 'unclear', /too much\nmemory/));
      assert.equal(text, data);
    }),
    { numRuns: 30 },
  );
});

it('gives a streamed answer whole when nothing failed, and reuses the connection', async (test) => {
  const { client, server } = await open(test, (response) => {
    response.setHeader('x-clickhouse-exception-tag', 'tag');
    response.end('abc');
  });
  let connections = 0;
  server.on('connection', () => connections++);
  for (let round = 0; round < 3; round++) {
    const parts: Buffer[] = [];
    for await (const part of client.stream('SELECT 1', 'TSV')) parts.push(part);
    assert.equal(Buffer.concat(parts).toString(), 'abc');
  }
  assert.equal(connections, 1);
});

it('survives a server that speaks no HTTP', async (test) => {
  const server = createTcpServer((socket) => socket.end('hello\r\n\r\n'));
  const url = await listen(server as unknown as Server);
  test.after(() => server.close());
  const client = new ClickHouseClient({ url, database: 'd' });
  await assert.rejects(client.rows('SELECT 1'), fails(0, 'unclear'));
  await client.close();
});

it('writes literals and names so that nothing ends them early', () => {
  assert.equal(stringLiteral("a'b\\c\0\n`"), "'a\\'b\\\\c\\0\\n`'");
  assert.equal(identifier("a`b\\c'"), "`a\\`b\\\\c'`");
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (value) => {
      assert.match(stringLiteral(value), /^'(?:[^'\\]|\\[\s\S])*'$/);
      assert.match(identifier(value), /^`(?:[^`\\]|\\[\s\S])*`$/);
    }),
  );
});
