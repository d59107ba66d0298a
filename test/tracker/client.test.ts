/** The Node client against a real server, and against one that is away, busy, or whose answers get lost. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { type ClientOptions, MillraceClient, type RefusedEvent } from '../../tracker/node/index.ts';
import { keys, openMillrace, openProxy } from './server.ts';

function openClient(t: TestContext, url: string, options: Partial<ClientOptions> = {}): MillraceClient {
  const client = new MillraceClient({ url, key: keys.write, retryPauseMs: 20, ...options });
  t.after(() => client.close({ timeoutMs: 0 }));
  return client;
}

const signup = (n: number) => ({ type: 'signup', userId: `user-${n}` });

function trackAll(client: MillraceClient, count: number): void {
  for (let n = 0; n < count; n++) assert.ok(client.track(signup(n)));
}

describe('MillraceClient', () => {
  it('sends events in batches and counts what became of them', async (t) => {
    const server = await openMillrace(t);
    const proxy = await openProxy(t, server.url, ['pass']);
    const client = openClient(t, proxy.url, { batchEventsMax: 100 });
    trackAll(client, 250);
    assert.equal(client.totals.waiting, 250);
    assert.deepEqual(await client.flush(), { accepted: 250, refused: 0, lost: 0, waiting: 0 });
    assert.equal(proxy.requests.length, 3);
    assert.equal(await server.count(250), 250);
  });

  it('sends by itself what has waited long enough, and what is large enough', async (t) => {
    const server = await openMillrace(t);
    const proxy = await openProxy(t, server.url, ['pass']);
    const client = openClient(t, proxy.url, { flushIntervalMs: 20, batchBytesMax: 2_500 });
    client.track({ type: 'small' });
    assert.equal(await server.count(1), 1);
    for (let n = 0; n < 4; n++) client.track({ type: 'large', properties: { text: 'x'.repeat(900) } });
    await client.flush();
    assert.equal(proxy.requests.length, 3, 'the small one, then two and two of the large ones');
  });

  it('gives each event an id and a time of its own when it is tracked', async (t) => {
    const server = await openMillrace(t);
    const proxy = await openProxy(t, server.url, ['pass']);
    const client = openClient(t, proxy.url);
    const before = Date.now();
    client.track({ type: 'a' });
    client.track({ type: 'b', eventId: 'own', timestamp: '2026-01-01' });
    await client.flush();
    const [one, other] = proxy.requests[0]!.body.toString()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.match(one.eventId, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    assert.ok(one.timestamp >= before && one.timestamp <= Date.now());
    assert.equal(Number.parseInt(one.eventId.replace('-', '').slice(0, 12), 16), one.timestamp);
    assert.deepEqual([other.eventId, other.timestamp], ['own', '2026-01-01']);
  });

  it('names each refused event with its tag and reason, and the others are taken', async (t) => {
    const server = await openMillrace(t);
    const refused: RefusedEvent[] = [];
    const client = openClient(t, server.url, { onRefused: (events) => refused.push(...events) });
    client.track({ type: 'good' }, 'first');
    client.track({ type: 'bad', amount: 'much' }, 'second');
    client.track({ type: 'good' }, 'third');
    const totals = await client.flush();
    assert.deepEqual([totals.accepted, totals.refused], [2, 1]);
    assert.deepEqual(
      refused.map(({ tag, reason }) => [tag, reason]),
      [['second', 'amount_malformed']],
    );
    assert.match(refused[0]!.event, /"much"/);
    assert.equal(await server.count(2), 2);
  });

  it('counts a request whose events are all refused as refused, not as lost', async (t) => {
    const server = await openMillrace(t);
    const client = openClient(t, server.url);
    client.track({ type: '' });
    assert.deepEqual(await client.flush(), { accepted: 0, refused: 1, lost: 0, waiting: 0 });
  });

  it('sends to a server that was down once it is there', async (t) => {
    const first = await openMillrace(t);
    await first.close();
    const retries: string[] = [];
    const client = openClient(t, first.url, { onRetry: (why) => retries.push(why) });
    trackAll(client, 10);
    const flushed = client.flush();
    while (retries.length < 2) await delay(10);
    assert.match(retries[0]!, /ECONNREFUSED/);
    const second = await openMillrace(t, { PORT: String(first.port) });
    assert.equal((await flushed).accepted, 10);
    assert.equal(await second.count(10), 10);
  });

  it('counts once what is sent again because its answer was lost', async (t) => {
    const server = await openMillrace(t);
    const proxy = await openProxy(t, server.url, ['pass and hang up', 'pass and hang up', 'pass']);
    const client = openClient(t, proxy.url);
    trackAll(client, 20);
    assert.equal((await client.flush()).accepted, 20);
    assert.equal(proxy.requests.length, 3);
    assert.deepEqual(proxy.requests[0]!.body, proxy.requests[2]!.body);
    client.track({ type: 'last' });
    await client.flush();
    assert.equal(await server.count(21), 21);
  });

  for (const status of [429, 503]) {
    it(`waits after ${status} as long as Retry-After says`, async (t) => {
      const server = await openMillrace(t);
      const proxy = await openProxy(t, server.url, [{ status, retryAfter: '1' }, 'pass']);
      const client = openClient(t, proxy.url, { requestsMax: 1, batchEventsMax: 5 });
      trackAll(client, 10);
      assert.equal((await client.flush()).accepted, 10);
      const [first, second] = proxy.requests;
      assert.ok(second!.at - first!.at >= 1_000);
    });
  }

  it('does not send again what the server will never take', async (t) => {
    const server = await openMillrace(t);
    const proxy = await openProxy(t, server.url, ['pass']);
    const lost: [string, number][] = [];
    const client = openClient(t, proxy.url, {
      key: 'a-key-that-opens-nothing',
      onLost: ({ code }, events) => lost.push([code, events.length]),
    });
    trackAll(client, 3);
    assert.deepEqual(await client.flush(), { accepted: 0, refused: 0, lost: 3, waiting: 0 });
    assert.deepEqual(lost, [['unauthorized', 3]]);
    assert.equal(proxy.requests.length, 1);
  });

  it('gives up after its time and says what is lost', async (t) => {
    const lost: string[] = [];
    const client = openClient(t, 'http://127.0.0.1:9', {
      giveUpAfterMs: 100,
      onLost: ({ code }, events) => lost.push(code, ...events.map(({ tag }) => String(tag))),
    });
    client.track({ type: 'a' }, 'tag');
    assert.equal((await client.flush()).lost, 1);
    assert.deepEqual(lost, ['gave_up', 'tag']);
  });

  it('takes no more than its buffer holds, and tells when there is room', async (t) => {
    const server = await openMillrace(t);
    const client = openClient(t, server.url, { bufferEventsMax: 10, batchEventsMax: 5 });
    trackAll(client, 10);
    assert.equal(client.track(signup(10)), false);
    assert.equal(client.totals.waiting, 10);
    await client.room();
    assert.equal(client.track(signup(10)), true);
    assert.equal((await client.flush()).accepted, 11);
    assert.equal(await server.count(11), 11);
  });

  it('does not run further ahead of an event that waits than its buffer is large', async (t) => {
    const server = await openMillrace(t);
    const proxy = await openProxy(t, server.url, ['hang', 'pass']);
    const client = openClient(t, proxy.url, {
      bufferEventsMax: 10,
      batchEventsMax: 5,
      requestsMax: 2,
      requestTimeoutMs: 500,
    });
    trackAll(client, 10);
    while (client.totals.waiting > 5) await delay(10);
    assert.equal(client.track(signup(10)), false);
    await client.room();
    assert.equal(client.totals.waiting, 0);
    assert.equal(client.track(signup(10)), true);
    assert.equal((await client.flush()).accepted, 11);
  });

  it('is full by bytes too', async (t) => {
    const client = openClient(t, 'http://127.0.0.1:9', { bufferBytesMax: 1_000 });
    assert.equal(client.track({ type: 'a', properties: { text: 'x'.repeat(1_000) } }), true);
    assert.equal(client.track({ type: 'b' }), false);
  });

  it('halves a request that is too large for a proxy in front', async (t) => {
    const server = await openMillrace(t);
    const proxy = await openProxy(t, server.url, [{ status: 413 }, { status: 413 }, 'pass']);
    const client = openClient(t, proxy.url);
    trackAll(client, 8);
    assert.equal((await client.flush()).accepted, 8);
    assert.deepEqual(
      proxy.requests.map(({ body }) => body.toString().split('\n').length),
      [8, 4, 2, 2, 4],
    );
    assert.equal(await server.count(8), 8);
  });

  it('packs bodies when it is told to', async (t) => {
    const server = await openMillrace(t);
    const proxy = await openProxy(t, server.url, ['pass']);
    const client = openClient(t, proxy.url, { gzip: true });
    trackAll(client, 100);
    assert.equal((await client.flush()).accepted, 100);
    assert.equal(proxy.requests[0]!.encoding, 'gzip');
    assert.ok(proxy.requests[0]!.body.length < 5_000);
  });

  it('sends what waits when it is closed, and takes nothing after', async (t) => {
    const server = await openMillrace(t);
    const client = openClient(t, server.url);
    trackAll(client, 7);
    assert.equal((await client.close()).accepted, 7);
    assert.throws(() => client.track(signup(1)), { code: 'closed' });
    assert.equal(await server.count(7), 7);
  });

  it('counts as lost what has no answer when closing has taken its time', async (t) => {
    const client = openClient(t, 'http://127.0.0.1:9', { batchEventsMax: 2 });
    trackAll(client, 5);
    assert.deepEqual(await client.close({ timeoutMs: 50 }), { accepted: 0, refused: 0, lost: 5, waiting: 0 });
  });

  it('does not take another server for a Millrace server', async (t) => {
    const proxy = await openProxy(t, '', [{ status: 202 }, { status: 302 }]);
    const codes: string[] = [];
    const client = openClient(t, proxy.url, { onLost: ({ code }) => codes.push(code) });
    client.track({ type: 'a' });
    await client.flush();
    client.track({ type: 'a' });
    await client.flush();
    assert.deepEqual(codes, ['unexpected_answer', 'unexpected_answer']);
  });

  it('refuses options and events that cannot work', () => {
    const open = (options: Partial<ClientOptions>) => () =>
      new MillraceClient({ url: 'http://127.0.0.1:9', key: keys.write, ...options });
    assert.throws(open({ url: 'localhost:3000' }), { code: 'options_invalid' });
    assert.throws(open({ key: 'two words' }), { code: 'options_invalid' });
    assert.throws(open({ batchEventsMax: 0 }), { code: 'options_invalid' });
    assert.throws(open({ batchEventsMax: 10_001 }), { code: 'options_invalid' });
    const client = open({})();
    const cyclic: Record<string, never> = {};
    Object.assign(cyclic, { cyclic });
    assert.throws(() => client.track({ type: 'a', properties: cyclic }), { code: 'event_invalid' });
    assert.throws(() => client.track({ type: 'a', properties: { text: 'x'.repeat(300_000) } }), {
      code: 'event_invalid',
    });
  });
});
