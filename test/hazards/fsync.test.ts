/**
 * The disk says no under a real server: an fsync fails, a write fails. And the order that the promise rests on: the bytes
 * are written, the sync returns, then the answer goes out. The faults are made below the server, by LD_PRELOAD.
 */
import assert from 'node:assert/strict';
import { mkdirSync } from 'node:fs';
import { test } from 'node:test';
import { faultySystem } from './faulty-system.ts';
import { rounds, sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collect, scene, settle } from './scene.ts';

const roundsUsual = 4;
const event = (eventId: string) => ({ eventId, type: 'click', timestamp: Date.now(), userId: 'u' });

test('an fsync that fails acknowledges nothing, ends the process, and the next start recovers', async (t) => {
  const stage = scene(t);
  const system = faultySystem(t, stage.directory);
  if (system === undefined) return;
  const server = await stage.server(system.environment);
  server.start();
  await server.ready();
  const client = stage.client(server, 'fsync');
  const times = rounds(roundsUsual);
  for (let round = 0; round < times; round++) {
    await sleep(100 + Math.random() * 400);
    const before = system.trace().length;
    system.set('syncFails', 1);
    assert.equal(await server.ended(), 1, `the process must end with 1; it printed:\n${server.output}`);
    const after = system.trace().slice(before);
    // answers to what was synced before may still be on their way out; behind the failure there is none
    assert.doesNotMatch(
      after.slice(after.indexOf('f')),
      /a|s/,
      'something was acknowledged after the fsync failed',
    );
    assert.match(server.output, /fsync of .*segment failed/);
    system.set('syncFails', 0);
    server.start();
    await server.ready();
  }
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 3,
    hazard: 'fsync of the log fails',
    made: 'fdatasync returns EIO (LD_PRELOAD), under load',
    rounds: times,
    faults: times,
    ...verdict,
    note: 'no answer after the failure, exit code 1',
  });
});

test('the answer goes out after the fsync returned, and never before', async (t) => {
  const stage = scene(t);
  const system = faultySystem(t, stage.directory);
  if (system === undefined) return;
  const server = await stage.server({ ...system.environment, MILLRACE_STORE: 'memory:' });
  server.start();
  await server.ready();
  const count = rounds(roundsUsual) * 25;
  const begin = system.trace().length;
  for (let i = 0; i < count; i++) {
    // large ones are written in pieces
    const properties = { filler: 'x'.repeat(i % 2 === 0 ? 1 : 9_000) };
    const { status } = await collect(server.base, { ...event(`order-${i}`), properties });
    assert.equal(status, 202);
  }
  assert.equal(system.trace().slice(begin), 'wbsa'.repeat(count));
  await server.stop();
  report(t, {
    number: 3,
    hazard: 'the order: written, synced, answered',
    made: 'trace of write, fdatasync and the 202 (LD_PRELOAD)',
    rounds: count,
    faults: 0,
    acknowledged: count,
    note: `${count} times in this order`,
  });
});

test('a write that fails is 503, costs nobody else anything, and the next one may succeed', async (t) => {
  const stage = scene(t);
  const system = faultySystem(t, stage.directory);
  if (system === undefined) return;
  mkdirSync(stage.data, { recursive: true });
  const server = await stage.server(system.environment);
  server.start();
  await server.ready();
  const client = stage.client(server, 'write');
  const times = rounds(roundsUsual);
  let refused = 0;
  for (let round = 0; round < times; round++) {
    await sleep(100 + Math.random() * 200);
    system.set('writeFails', 1);
    for (let i = 0; i < 5; i++) {
      // one that is being written meanwhile has passed the fault already
      const { status, headers } = await collect(server.base, event(`refused-${round}-${i}`));
      assert.equal(status, 503);
      assert.match(String(headers['retry-after']), /^\d+$/);
      refused++;
    }
    system.set('writeFails', 0);
  }
  await sleep(200);
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 3,
    hazard: 'a write to the log fails',
    made: 'pwrite returns EIO (LD_PRELOAD), under load',
    rounds: times,
    faults: refused,
    ...verdict,
    note: 'each 503 with Retry-After; on again without a restart',
  });
});
