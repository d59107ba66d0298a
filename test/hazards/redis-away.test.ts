/** The Redis of the log is stopped, killed, and out of reach, under load. No process of ours is started again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExact, clusterScene, startAll } from './cluster-scene.ts';
import { rounds, type ServerUnderTest, sleep, writeKey } from './harness.ts';
import { openLink } from './link.ts';
import { report } from './report.ts';

const hazard = { number: 12 };

async function collectOne(server: ServerUnderTest, eventId: string): Promise<Response> {
  return await fetch(`${server.base}/api/collect`, {
    method: 'POST',
    headers: { authorization: `Bearer ${writeKey}`, 'content-type': 'application/json' },
    body: JSON.stringify({ type: 'a', timestamp: Date.now(), eventId, source: 'server' }),
  });
}

test('while Redis is stopped events are answered 503 with Retry-After, and it goes on by itself', async (t) => {
  const scene = await clusterScene(t);
  const [collector, writer] = [await scene.server('collect'), await scene.server('write,query')];
  await startAll(writer, collector);
  const pids = [collector.pid, writer.pid];
  const client = scene.client(collector, 'stop');
  let refused = 0;
  for (let round = 0; round < rounds(2); round++) {
    await sleep(500);
    await scene.redis.stop();
    for (let asks = 0; asks < 5; asks++) {
      const response = await collectOne(collector, `never-${round}-${asks}`);
      assert.equal(response.status, 503);
      assert.ok(Number(response.headers.get('retry-after')) >= 1);
      refused++;
      await sleep(200);
    }
    await scene.redis.start();
  }
  await sleep(1_000);
  await client.stop();
  const verdict = await scene.settle(writer);
  assertExact(verdict);
  assert.deepEqual([collector.pid, writer.pid], pids);
  assert.ok(collector.running && writer.running);
  report(t, {
    ...hazard,
    hazard: 'Redis is stopped and started',
    made: 'SIGTERM under load, a second away; a collector and a writer on PostgreSQL in processes of their own',
    rounds: rounds(2),
    faults: rounds(2),
    ...verdict,
    note: `${refused} requests meanwhile: each 503 with Retry-After; on again without a restart`,
  });
});

test('kill -9 of a Redis with appendfsync always loses nothing that was acknowledged', async (t) => {
  const scene = await clusterScene(t);
  const [collector, writer] = [await scene.server('collect'), await scene.server('write,query')];
  await startAll(writer, collector);
  const client = scene.client(collector, 'kill');
  for (let round = 0; round < rounds(5); round++) {
    await sleep(200 + Math.random() * 800);
    await scene.redis.kill();
    if (round % 2 === 0) await sleep(Math.random() * 2_000);
    await scene.redis.start();
  }
  await sleep(1_000);
  await client.stop();
  const verdict = await scene.settle(writer);
  assertExact(verdict);
  report(t, {
    ...hazard,
    hazard: 'Redis is killed, with appendfsync always',
    made: 'kill -9 at random moments under load; a collector and a writer on PostgreSQL',
    rounds: rounds(5),
    faults: rounds(5),
    ...verdict,
  });
});

test('a network to Redis that is cut, or stands still, costs time alone', async (t) => {
  const scene = await clusterScene(t);
  const links = [
    await openLink(scene.redis.host, scene.redis.port),
    await openLink(scene.redis.host, scene.redis.port),
  ] as const;
  t.after(() => Promise.all(links.map((link) => link.close())));
  const collector = await scene.server('collect', { redisPort: links[0].port });
  const writer = await scene.server('write,query', { redisPort: links[1].port });
  await startAll(writer, collector);
  const client = scene.client(collector, 'cut');
  for (let round = 0; round < rounds(4); round++) {
    await sleep(300 + Math.random() * 500);
    const link = links[round % 2]!;
    if (round % 4 < 2) {
      link.cut();
      continue;
    }
    link.freeze();
    await sleep(2_500);
    // what was on its way arrives now, long after it was given up
    link.thaw();
  }
  await sleep(1_000);
  await client.stop();
  const verdict = await scene.settle(writer);
  assertExact(verdict);
  report(t, {
    ...hazard,
    hazard: 'the network to Redis is cut or stands still',
    made: 'a proxy that breaks every connection, or passes nothing on for 2.5 s and then all of it; of the collector, of the writer',
    rounds: rounds(4),
    faults: rounds(4),
    ...verdict,
  });
});
