/** Who a visitor without an id is, what is known of the address, and that the address goes nowhere. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { canonicalAddress } from '../../src/collect/address.ts';
import type { CollectRequest } from '../../src/collect/collect.ts';
import { openPlaces, shippedPlacesFile } from '../../src/collect/places.ts';
import { DailySalts, type SaltSource } from '../../src/collect/visitor.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import { browser, openCollector, receivedAt } from './open-collector.ts';

const dayMs = 86_400_000;
const page = { type: 'pageview', timestamp: '2026-01-01', url: 'https://example.com/' };
/** A salt for each UTC day, the same in every process. */
const salt: SaltSource = async (at) => Buffer.alloc(32, Math.floor(at / dayMs) % 256);

async function visitor(
  event: object = {},
  request: Partial<CollectRequest> = {},
): Promise<string | undefined> {
  const opened = openCollector({ salt });
  await opened.collect({ ...page, ...event }, request);
  return (await opened.events())[0]?.anonymousId;
}

describe('a visitor without an id', () => {
  it('is one person for an address and User-Agent, also after a restart', async () => {
    const id = await visitor();
    assert.match(id ?? '', /^[\w-]{22}$/);
    assert.equal(await visitor(), id);
    assert.equal(await visitor({ source: 'mobile' }), id);
    assert.equal(
      await visitor({ ip: '203.0.113.7', userAgent: browser }, { address: '198.51.100.1', userAgent: 'x' }),
      id,
    );
    assert.equal(await visitor({}, { address: '::ffff:203.0.113.7' }), id);
  });

  it('is another person with another address, User-Agent, project or UTC day', async () => {
    const midnight = Math.floor(receivedAt / dayMs) * dayMs;
    const ids = [
      await visitor(),
      await visitor({ ip: '203.0.113.8' }),
      await visitor({ userAgent: 'other' }),
      await visitor({}, { project: 'q' }),
      await visitor({}, { receivedAt: midnight + dayMs }),
      await visitor({}, { receivedAt: midnight - 1 }),
    ];
    assert.equal(new Set(ids).size, ids.length);
    assert.equal(await visitor({}, { receivedAt: midnight }), ids[0]);
    assert.equal(await visitor({}, { receivedAt: midnight + dayMs - 1 }), ids[0]);
  });

  it('gets no id when the event has one or comes from a server', async () => {
    assert.equal(await visitor({ anonymousId: 'mine' }), 'mine');
    assert.equal(await visitor({ userId: 'u' }), undefined);
    assert.equal(await visitor({ source: 'server', ip: '203.0.113.7' }), undefined);
    assert.equal(await visitor({}, { address: undefined }), undefined);
  });

  it('gets no id when the salt of the day is gone', async () => {
    const opened = openCollector({ salt: async () => undefined });
    assert.equal((await opened.collect(page)).accepted, 1);
    assert.equal((await opened.events())[0]?.anonymousId, undefined);
  });

  it('is nobody here when the event was exported elsewhere: nothing of the importer is added to it', async () => {
    const opened = openCollector({ salt });
    await opened.collect({ ...page, receivedAt: '2026-01-14T00:00:00Z', path: '/', bot: true });
    const { anonymousId, userAgent, country, bot } = (await opened.events())[0]!;
    assert.deepEqual([anonymousId, userAgent, country, bot], [undefined, undefined, undefined, true]);
  });

  it('is many visitors in one request when it says so', async () => {
    const opened = openCollector({ salt });
    const ips = ['203.0.113.1', '203.0.113.2', '203.0.113.1'];
    await opened.collect(ips.map((ip, i) => ({ ...page, ip, eventId: `e${i}` })));
    const byEvent = new Map(
      (await opened.events()).map(({ eventId, anonymousId }) => [eventId, anonymousId]),
    );
    assert.equal(byEvent.get('e0'), byEvent.get('e2'));
    assert.notEqual(byEvent.get('e0'), byEvent.get('e1'));
  });
});

describe('the salt of a day', () => {
  it('is asked for once, and again after a failure', async () => {
    let asked = 0;
    const salts = new DailySalts(async () => {
      asked += 1;
      if (asked === 1) throw new Error('not yet');
      return Buffer.alloc(32);
    });
    await assert.rejects(salts.get(receivedAt));
    await Promise.all([salts.get(receivedAt), salts.get(receivedAt + 1), salts.get(receivedAt)]);
    assert.equal(asked, 2);
    await salts.get(receivedAt + dayMs);
    await salts.get(receivedAt + 2 * dayMs);
    assert.equal(asked, 4);
  });
});

describe('the context of a request', () => {
  it('is the visitor for web and mobile, and nobody for a server', async () => {
    const opened = openCollector();
    await opened.collect(['web', 'mobile', 'server'].map((source) => ({ ...page, source, eventId: source })));
    for (const { source, userAgent } of await opened.events()) {
      assert.equal(userAgent, source === 'server' ? undefined : browser);
    }
  });

  it('gives way to what the event says', async () => {
    const opened = openCollector();
    await opened.collect({ ...page, userAgent: 'mine' });
    assert.equal((await opened.events())[0]?.userAgent, 'mine');
  });
});

describe('the address', () => {
  const places = openPlaces(shippedPlacesFile());

  it('is in no byte of the log, in no spelling', async () => {
    const opened = openCollector({ salt, places: await places });
    await opened.collect([
      page,
      { ...page, ip: '198.51.100.99' },
      { ...page, ip: '2001:db8::dead:beef' },
      { ...page, source: 'server', ip: '198.51.100.99' },
      { ...page, userId: 'u', source: 'mobile' },
    ]);
    const bytes = Buffer.concat(await opened.records());
    assert.equal((await opened.events()).length, 5);
    const hidden = ['203.0.113.7', '198.51.100.99', '2001:db8', 'dead:beef'];
    for (const text of hidden) assert.ok(!bytes.includes(text), text);
    for (const text of hidden.slice(0, 2)) {
      const [a = 0, b = 0, c = 0, d = 0] = text.split('.').map(Number);
      assert.ok(!bytes.includes(Buffer.from([a, b, c, d])));
      assert.ok(!bytes.includes(Buffer.from(text).toString('base64').slice(0, 10)));
    }
    assert.ok(!bytes.includes('"ip"'));
  });

  it('is in no byte of the log either when the sender named it twice, hid its name, or sent it with others', async () => {
    const text = JSON.stringify({ ...page, source: 'server' }).slice(0, -1);
    const twice = `${text},"ip":"198.51.100.99","ip":null}`;
    const hidden = `${text},"\\u0069p":"198.51.100.99"}`;
    const both = `${text},"ip":"198.51.100.99","\\u0069p":""}`;
    const sound = `${text}}`;
    for (const event of [twice, hidden, both]) {
      for (const [body, contentType] of [
        [event, 'application/json'],
        [`[${sound},${event},${sound}]`, 'application/json'],
        [`{"events":[${sound},${event}]}`, 'application/json'],
        [`${sound}\n${event}\n${sound}`, 'application/x-ndjson'],
      ] as const) {
        for (const partitions of [1, 4]) {
          const opened = openCollector({ salt, log: openMemoryLog({ partitions }) });
          assert.equal((await opened.collect(body, { contentType })).rejected, 0);
          const bytes = Buffer.concat(await opened.records());
          assert.ok(bytes.length > 0 && !bytes.includes('198.51.100.99'), body);
        }
      }
    }
  });

  it('gives the country, unless the event names one', async () => {
    const opened = openCollector({ places: await places });
    await opened.collect([
      { ...page, eventId: 'given', ip: '8.8.8.8' },
      { ...page, eventId: 'mapped', ip: '::ffff:8.8.8.8' },
      { ...page, eventId: 'server', ip: '8.8.8.8', source: 'server' },
      { ...page, eventId: 'named', ip: '8.8.8.8', country: 'AT' },
      { ...page, eventId: 'private', ip: '10.0.0.1' },
      { ...page, eventId: 'zone', ip: 'fe80::1%eth0' },
    ]);
    const countries = new Map((await opened.events()).map(({ eventId, country }) => [eventId, country]));
    assert.deepEqual(Object.fromEntries(countries), {
      given: 'US',
      mapped: 'US',
      server: 'US',
      named: 'AT',
      private: undefined,
      zone: undefined,
    });
  });

  it('has one spelling', () => {
    const cases: [string, string | undefined][] = [
      ['203.0.113.7', '203.0.113.7'],
      ['::FFFF:203.0.113.7', '203.0.113.7'],
      ['2001:DB8:0:0:0:0:0:1', '2001:db8::1'],
      ['fe80::1%eth0', 'fe80::1'],
      ['nonsense', undefined],
    ];
    for (const [text, expected] of cases) assert.equal(canonicalAddress(text), expected);
  });
});
