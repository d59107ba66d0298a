import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { LayeredCache } from '../../src/cache/layered-cache.ts';
import { MemoryCache } from '../../src/cache/memory/memory-cache.ts';
import { RedisCache } from '../../src/cache/redis/redis-cache.ts';
import { systemClock } from '../../src/clock.ts';
import { openRedis as connect } from '../../src/redis/redis-connection.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { cacheSuite } from '../../src/testing/cache-suite.ts';
import { openRedis, type RedisServer } from '../support/redis.ts';

const minute = 60_000;

async function openCache(server: RedisServer, bytesMax = 1_000_000, telemetry = new Telemetry()) {
  const connection = connect(
    { setting: 'MILLRACE_CACHE', url: server.url, name: 'millrace-cache', timeoutMs: 1_000 },
    telemetry,
  );
  await connection.ready();
  return { cache: new RedisCache({ connection, telemetry, bytesMax }), connection };
}

cacheSuite('RedisCache', async (bytesMax) => {
  const server = await openRedis({ appendonly: 'no' });
  const { cache } = await openCache(server, bytesMax);
  return { cache, close: () => cache.close().then(() => server.close()) };
});

describe('a cache in Redis', () => {
  let server: RedisServer;
  before(async () => {
    server = await openRedis({ appendonly: 'no' });
  });
  after(() => server.close());

  test('is one for all servers of the house', async (t) => {
    const [one, other] = [await openCache(server), await openCache(server)];
    t.after(() => Promise.all([one.cache.close(), other.cache.close()]));
    await one.cache.set('shared', 'value', minute);
    assert.equal(await other.cache.get('shared'), 'value');
    await other.cache.clear();
    assert.equal(await one.cache.get('shared'), undefined);
  });

  test('sends what is asked at once as one call', async (t) => {
    const { cache, connection } = await openCache(server);
    t.after(() => cache.close());
    await Promise.all(Array.from({ length: 150 }, (_, i) => cache.set(`k${i}`, `v${i}`, minute)));
    const calls = async () => {
      const text = String(await connection.client.call('INFO', 'commandstats'));
      return [...text.matchAll(/cmdstat_eval(?:sha)?:calls=(\d+)/g)].reduce(
        (sum, [, count]) => sum + Number(count),
        0,
      );
    };
    await cache.get('k0');
    const earlier = await calls();
    const values = await Promise.all(Array.from({ length: 150 }, (_, i) => cache.get(`k${i}`)));
    assert.deepEqual(
      values,
      Array.from({ length: 150 }, (_, i) => `v${i}`),
    );
    assert.equal((await calls()) - earlier, 1);
  });

  test('is an empty one at once while Redis is gone, and itself again when it is back', async (t) => {
    const own = await openRedis({ appendonly: 'no' }, t);
    const telemetry = new Telemetry();
    const { cache, connection } = await openCache(own, 1_000_000, telemetry);
    t.after(() => cache.close());
    const layered = new LayeredCache(cache, new MemoryCache({ clock: systemClock, bytesMax: 1_000_000 }));
    await layered.set('key', 'value', minute);
    await own.kill();
    while (connection.isReady) await new Promise((resolve) => setTimeout(resolve, 5));
    assert.equal(await cache.get('key'), undefined);
    assert.equal(await layered.get('key'), 'value', 'what this process found is still there');
    assert.equal(await layered.get('other'), undefined);
    await layered.set('meanwhile', 'x', minute);
    await own.start();
    await connection.ready();
    await cache.set('again', 'value', minute);
    assert.equal(await cache.get('again'), 'value');
    assert.deepEqual(layered.counts(), { hits: 1, misses: 1 });
  });

  test('makes room where Redis itself has none', async (t) => {
    const small = await openRedis({ appendonly: 'no', settings: { maxmemory: '12mb' } }, t);
    const { cache } = await openCache(small, 100_000_000);
    t.after(() => cache.close());
    const has = async (key: string) => (await cache.get(key)) !== undefined;
    let refused = 0;
    for (let i = 0; i < 150; i++) {
      await cache.set(`k${i}`, 'x'.repeat(200_000), minute);
      if (!(await has(`k${i}`))) refused++;
    }
    assert.ok(refused > 0 && refused < 75, `${refused} of 150 found no room`);
    assert.ok(!(await has('k0')), 'what was used least went');
  });
});
