/**
 * The server's clock is set back and forward while it runs, and events arrive that are old by 30 days and by 5 years. Only
 * what the server and its engine read as the time of day is moved (LD_PRELOAD), never the machine's clock.
 * And two servers on one directory: the second says so in one line and touches nothing.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultySystem } from './faulty-system.ts';
import { rounds, sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collect, collectNoted, type Queue, scene, settle } from './scene.ts';

const roundsUsual = 1;
const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
/** The clock as it is, then each of these, in turn. */
const jumpsMs = [-hourMs, 2 * hourMs, -3 * dayMs, 3 * dayMs, -400 * dayMs, 400 * dayMs, 0];

test('a clock that jumps under load loses and doubles nothing', async (t) => {
  const stage = scene(t);
  const system = faultySystem(t, stage.directory);
  if (system === undefined) return;
  const server = await stage.server(system.environment);
  server.start();
  await server.ready();
  const times = rounds(roundsUsual, 1 / 20);
  let jumps = 0;
  let copies = 0;
  const send = async (eventId: string, timestamp: number) => {
    const { status, body } = await collectNoted(server.base, stage.ledgerPath, [
      { eventId, type: 'click', timestamp, userId: 'u' } as { eventId: string },
    ]);
    assert.equal(status, 202, body);
  };
  for (let round = 0; round < times; round++) {
    for (const jumpMs of jumpsMs) {
      system.set('clockOffsetMs', jumpMs);
      jumps++;
      const now = Date.now() + jumpMs;
      for (const agoMs of [0, 1_000, dayMs, 30 * dayMs, 5 * 365 * dayMs]) {
        const eventId = `${round}-${jumpMs}-${agoMs}`;
        await send(eventId, now - agoMs);
        // a retry under the same clock, and one under whichever comes next
        await send(eventId, now - agoMs);
        copies++;
      }
      await server.drained();
      const { lagMs } = await server.ask<Queue>('/api/v1/queue');
      assert.equal(lagMs, 0);
      const future = { eventId: 'future', type: 'click', timestamp: now + 2 * dayMs };
      assert.equal((await collect(server.base, future)).status, 400);
      if (jumpMs === -3 * dayMs) {
        // what was kept before the jump is found again by a start after it
        await server.stop('SIGKILL');
        server.start();
        await server.ready();
      }
      await send(`${round}-${jumpsMs[0]}-1000`, now - 6 * dayMs);
      copies++;
      await sleep(20);
    }
  }
  // what was accepted while the clock was ahead is counted when that time has come
  system.set('clockOffsetMs', Math.max(...jumpsMs));
  const verdict = await settle(server, stage);
  assertExact(verdict);
  assert.equal(verdict.stored, times * jumpsMs.length * 5);
  assert.equal(verdict.ledger.duplicates, copies);
  report(t, {
    number: 8,
    hazard: 'the clock jumps; events are late by 30 days and 5 years',
    made: 'time of day of server and engine moved by hours, days, a year, back and forward (LD_PRELOAD); a kill -9 while it is wrong',
    rounds: times,
    faults: jumps,
    ...verdict,
    note: `${copies} retries across jumps told as duplicates`,
  });
});

test('a second server on the same directory refuses in one line, and the first goes on', async (t) => {
  const stage = scene(t);
  const first = await stage.server();
  first.start();
  await first.ready();
  const event = { eventId: 'one', type: 'click', timestamp: Date.now() };
  assert.equal((await collectNoted(first.base, stage.ledgerPath, [event])).status, 202);
  const times = rounds(3);
  for (let round = 0; round < times; round++) {
    const second = await stage.server();
    second.start();
    assert.equal(await second.ended(), 1);
    assert.match(second.output, /^millrace: \S+ is in use by [^\n]*MILLRACE_DATA[^\n]*\n$/);
    const more = { ...event, eventId: `more-${round}` };
    assert.equal((await collectNoted(first.base, stage.ledgerPath, [more])).status, 202);
  }
  const verdict = await settle(first, stage);
  assertExact(verdict);
  report(t, {
    number: 8,
    hazard: 'two servers on one directory',
    made: 'a second start while the first runs',
    rounds: times,
    faults: times,
    ...verdict,
    note: 'the second ends with 1 and one line',
  });
});
