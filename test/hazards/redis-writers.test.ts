/** Several writers on one log in Redis: killed, stopped for longer than their leases count, and woken again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { assertExact, clusterScene, leaseMs, partitions, startAll } from './cluster-scene.ts';
import { rounds, type ServerUnderTest, sleep } from './harness.ts';
import { report } from './report.ts';

interface Queue {
  readonly partitions: readonly { readonly mode: string; readonly waiting: number }[];
}

const hazard = { number: 13 };

async function held(server: ServerUnderTest): Promise<number> {
  const queue = await server.ask<Queue>('/api/v1/queue').catch(() => undefined);
  return queue?.partitions.filter(({ mode }) => mode !== 'waiting' && mode !== 'starting').length ?? 0;
}

async function until(what: string, holds: () => Promise<boolean>): Promise<number> {
  const startedAt = performance.now();
  while (!(await holds())) {
    if (performance.now() - startedAt > 30_000) assert.fail(`waited in vain until ${what}`);
    await sleep(50);
  }
  return performance.now() - startedAt;
}

test('a writer that stands still for longer than its lease is fenced when it wakes, and nothing is doubled', async (t) => {
  const scene = await clusterScene(t);
  const collector = await scene.server('collect');
  const writers = [await scene.server('write,query'), await scene.server('write,query')] as const;
  await startAll(...writers, collector);
  await until('each has half', async () => (await held(writers[0])) === 2 && (await held(writers[1])) === 2);
  const client = scene.client(collector, 'still');
  for (let round = 0; round < rounds(3); round++) {
    await sleep(300 + Math.random() * 500);
    const [stopped, other] = round % 2 === 0 ? writers : [writers[1], writers[0]];
    stopped.signal('SIGSTOP');
    await until('the other has all', async () => (await held(other)) === partitions);
    await sleep(500);
    stopped.signal('SIGCONT');
    await until('each has half again', async () => (await held(stopped)) === 2 && (await held(other)) === 2);
  }
  await client.stop();
  const verdict = await scene.settle(writers[0]);
  assertExact(verdict);
  report(t, {
    ...hazard,
    hazard: 'a writer stands still for longer than its lease',
    made: `SIGSTOP of one of two writers under load until the other has all ${partitions} partitions, then SIGCONT`,
    rounds: rounds(3),
    faults: rounds(3),
    ...verdict,
  });
});

test('the partitions of a writer that is killed are taken over within seconds', async (t) => {
  const scene = await clusterScene(t);
  const collector = await scene.server('collect');
  const writers = [
    await scene.server('write,query'),
    await scene.server('write,query'),
    await scene.server('write,query'),
  ] as const;
  await startAll(...writers, collector);
  const client = scene.client(collector, 'kill');
  let longest = 0;
  for (let round = 0; round < rounds(3); round++) {
    await sleep(300 + Math.random() * 700);
    const killed = writers[round % writers.length]!;
    const others = writers.filter((each) => each !== killed);
    await killed.stop('SIGKILL');
    const all = async () => (await held(others[0]!)) + (await held(others[1]!)) === partitions;
    longest = Math.max(longest, await until('the others have all', all));
    killed.start();
    await killed.ready();
  }
  await client.stop();
  const verdict = await scene.settle(writers[0]);
  assertExact(verdict);
  report(t, {
    ...hazard,
    hazard: 'a writer is killed',
    made: 'kill -9 of one of three writers under load, and started again once the others have its partitions',
    rounds: rounds(3),
    faults: rounds(3),
    ...verdict,
    note: `taken over after ${(longest / 1000).toFixed(1)} s at most; a lease counts for ${leaseMs / 1000} s`,
  });
});

test('a collector and a writer that are killed together with Redis lose nothing', async (t) => {
  const scene = await clusterScene(t);
  const [collector, writer] = [await scene.server('collect'), await scene.server('write,query')];
  await startAll(writer, collector);
  const client = scene.client(collector, 'all');
  for (let round = 0; round < rounds(2); round++) {
    await sleep(500 + Math.random() * 1_000);
    await Promise.all([scene.redis.kill(), collector.stop('SIGKILL'), writer.stop('SIGKILL')]);
    await scene.redis.start();
    collector.start();
    writer.start();
    await Promise.all([collector.ready(), writer.ready()]);
  }
  await sleep(500);
  await client.stop();
  const verdict = await scene.settle(writer);
  assertExact(verdict);
  report(t, {
    ...hazard,
    hazard: 'Redis, collector and writer are killed together',
    made: 'kill -9 of all three under load, with appendfsync always',
    rounds: rounds(2),
    faults: rounds(2),
    ...verdict,
  });
});
