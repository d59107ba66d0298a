/**
 * The engine's writes fail for moments at a time, as when a disk is full and has room again. The engine notices none of it: it
 * syncs, counts and answers parts that are empty. So this is what would be lost if they were not measured (store/embedded/part-watch.ts).
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultySystem } from './faulty-system.ts';
import { rounds, sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collect, scene, settle } from './scene.ts';

const roundsUsual = 5;
const momentMsMax = 60;
/** A busy machine may insert nothing for a while. */
const triedMsMax = 15_000;

test('an engine whose writes fail at random moments loses and doubles nothing', async (t) => {
  const stage = scene(t);
  const system = faultySystem(t, stage.directory);
  if (system === undefined) return;
  const server = await stage.server(system.environment);
  const short = server.watch('parts of tables were not written whole');
  server.start();
  await server.ready();
  const client = stage.client(server, 'writes', 2, 20);
  const times = rounds(roundsUsual);
  for (let round = 0; round < times; round++) {
    await sleep(Math.random() * 300);
    const before = short();
    // some moments hit nothing, most hit an insert, some hit a merge
    for (const end = Date.now() + triedMsMax; short() === before && Date.now() < end; ) {
      system.set('partFails', 1);
      await sleep(Math.random() * momentMsMax);
      system.set('partFails', 0);
      await sleep(Math.random() * 100);
    }
    assert.equal((await collect(server.base, { type: '' })).status, 400, 'collecting goes on meanwhile');
    // every other time the next failure comes while this one is being recovered from
    if (round % 2 === 0) await server.ready();
  }
  await server.ready();
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  assert.ok(short() > 0, 'no write failed');
  report(t, {
    number: 3,
    hazard: 'the engine’s writes fail',
    made: 'write(2) of parts returns ENOSPC for some milliseconds (LD_PRELOAD), under load',
    rounds: times,
    faults: short(),
    ...verdict,
    note: 'the engine answers nothing of it; each time it was found and the engine started anew; rollups equal rows',
  });
});
