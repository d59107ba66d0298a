/** The log on a Redis of several servers. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { isFailure } from '../../../src/errors.ts';
import type { Log } from '../../../src/log/log.ts';
import { openRedisLog } from '../../../src/log/redis/redis-log.ts';
import type { RedisLogConfig } from '../../../src/log/redis/redis-log-config.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { readAll } from '../../../src/testing/log-suite.ts';
import { clusterTopology, sentinelTopology } from '../../redis/topologies.ts';
import { config } from './harness.ts';

const all = { eventsMax: 10_000, bytesMax: 10_000_000 };
const forever = new AbortController().signal;

async function open(t: TestContext, url: string, given: Partial<RedisLogConfig> = {}): Promise<Log> {
  const own = { ...config, ...given };
  const log = await openRedisLog({ url, config: own, clock: systemClock, telemetry: new Telemetry() });
  t.after(() => log.close());
  return log;
}

test('the partitions lie on the nodes of a cluster, and each works as on one server', async (t) => {
  const { nodes, url } = await clusterTopology(t);
  const log = await open(t, url, { partitions: 12 });
  const other = await open(t, `redis+cluster://127.0.0.1:${nodes[1]!.port}`, { partitions: 12 });
  const partitions = Array.from({ length: 12 }, (_, partition) => partition);
  await Promise.all(
    partitions.flatMap((partition) =>
      [0, 1, 2].map((each) => log.append(partition, 2, Buffer.from(`record ${partition} ${each}`))),
    ),
  );
  for (const partition of partitions) {
    await other.wait(partition, 5, forever);
    const records = await readAll(other, partition, 0, all);
    assert.deepEqual(
      records.map(({ bytes }) => Buffer.from(bytes).toString()),
      [0, 1, 2].map((each) => `record ${partition} ${each}`),
    );
  }
  const leases = await Promise.all(partitions.map((partition) => log.lease(partition, forever)));
  await leases[3]!.begin(0);
  await log.trim(3, 4);
  assert.deepEqual(log.ends(3), { first: 4, next: 6 });
  const waited = other.wait(7, 6, forever);
  await log.append(7, 1, Buffer.from('more'));
  await waited;
  assert.equal(other.ends(7).next, 7);
});

test('replicas cannot be asked for in a cluster', async (t) => {
  const { url } = await clusterTopology(t);
  await assert.rejects(
    open(t, url, { replicasMin: 1 }),
    (error) => isFailure(error, 'setting_invalid') && /REPLICAS_MIN must be 0/.test(error.message),
  );
});

test('with a replica asked for, a failover loses nothing that was acknowledged', async (t) => {
  const { master, url } = await sentinelTopology(t);
  const log = await open(t, url, { replicasMin: 1, timeoutMs: 500 });
  await (await log.lease(0, forever)).begin(0);
  const acknowledged: string[] = [];
  const append = async (name: string) => {
    try {
      await log.append(0, 1, Buffer.from(name));
      acknowledged.push(name);
      return true;
    } catch (error) {
      assert.ok(isFailure(error, 'log_write_failed') && error.retryable);
      return false;
    }
  };
  // a busy machine may keep a replica waiting: what is not acknowledged does not count
  for (let index = 0; acknowledged.length < 50; index++) await append(`before ${index}`);
  await Promise.all([append('while it dies'), master.kill()]);
  // nobody is a replica of the new master, so nothing is acknowledged; what it took is there all the same
  const again = await open(t, url, { timeoutMs: 20_000 });
  const offset = await again.append(0, 1, Buffer.from('after'));
  assert.ok(offset >= 50);
  const lease = await again.lease(0, forever);
  await lease.begin(10);
  const texts = (await readAll(again, 0, 0, all)).map(({ bytes }) => Buffer.from(bytes).toString());
  for (const name of [...acknowledged, 'after']) assert.ok(texts.includes(name), name);
});
