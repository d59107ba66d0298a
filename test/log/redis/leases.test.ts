/** Leases when things go wrong: what the suite, where all is well, does not show. */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import type { Lease, Log } from '../../../src/log/log.ts';
import { openHouse } from './harness.ts';

const forever = new AbortController().signal;
const lost = ({ lost }: Lease) => (lost.aborted ? Promise.resolve() : once(lost, 'abort'));

test('a lease that cannot be renewed is given up when its time is over, and the next has a greater token', async (t) => {
  const house = await openHouse(t);
  const log = await house.open();
  const lease = await log.lease(0, forever);
  const [, pid] = /process_id:(\d+)/.exec(await house.redis().info('server')) ?? [];
  process.kill(Number(pid), 'SIGSTOP');
  try {
    await lost(lease);
  } finally {
    process.kill(Number(pid), 'SIGCONT');
  }
  await lease.release();
  const next = await log.lease(0, forever);
  assert.ok(next.token > lease.token);
});

test('a lease that somebody took away is lost', async (t) => {
  const house = await openHouse(t);
  const log = await house.open();
  const lease = await log.lease(0, forever);
  await house.redis().set(house.keys(0).lease, `another ${lease.token + 1}`);
  await lost(lease);
  await lease.release();
  // what is another's is left alone
  assert.equal(await house.redis().get(house.keys(0).lease), `another ${lease.token + 1}`);
});

test('tokens grow also when the server has forgotten them', async (t) => {
  const house = await openHouse(t);
  const log = await house.open();
  const lease = await log.lease(0, forever);
  await house.redis().flushall();
  await lost(lease);
  await lease.release();
  assert.ok((await log.lease(0, forever)).token > lease.token);
});

test('whoever holds nothing and wishes for nothing is no writer', async (t) => {
  const house = await openHouse(t);
  const log = await house.open();
  const writers = () => house.redis().zcard('{millrace:log}:writers');
  await log.append(0, 1, Buffer.from('a'));
  assert.equal(await writers(), 0);
  const lease = await log.lease(0, forever);
  assert.equal(await writers(), 1);
  await lease.release();
  while ((await writers()) !== 0) await new Promise((resolve) => setTimeout(resolve, 10));
  // and may come back
  assert.ok((await log.lease(0, forever)).token > 0);
});

test('many who want all partitions each get their part, and nobody waits for ever', async (t) => {
  const house = await openHouse(t);
  const logs: Log[] = await Promise.all(Array.from({ length: 3 }, () => house.open({ partitions: 8 })));
  const held = logs.map(() => new Set<number>());
  const stop = new AbortController();
  for (const [at, log] of logs.entries()) {
    for (let partition = 0; partition < 8; partition++) {
      const keep = async () => {
        while (!stop.signal.aborted) {
          const lease = await log.lease(partition, stop.signal);
          held[at]!.add(partition);
          await lost(lease);
          held[at]!.delete(partition);
          await lease.release();
        }
      };
      keep().catch(() => {});
    }
  }
  const sizes = () =>
    held
      .map(({ size }) => size)
      .sort()
      .join();
  while (sizes() !== '2,3,3') await new Promise((resolve) => setTimeout(resolve, 10));
  assert.equal(new Set(held.flatMap((each) => [...each])).size, 8);
  stop.abort();
});
