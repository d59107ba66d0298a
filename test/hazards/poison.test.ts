/**
 * Rows that the real engine refuses, alone and in the midst of a batch of 50,000: found by halving, put aside with the reason,
 * their neighbors stored; and when the cause is mended, replayed. The engine is made to refuse by a constraint on its
 * table, which stands for all that an engine may dislike about a row.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type ServerUnderTest, sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collect, collectNoted, get, type Queue, type Scene, scene, settle } from './scene.ts';
import { withStore } from './stored.ts';

const batch = 50_000;
const requestEvents = 10_000;
const poisoned = [0, 17_123, 17_124, batch - 1];
const replayMsMax = 20_000;
const constraint = 'no_poison';

const alter = (data: string, change: string) =>
  withStore(data, ({ command }) => command(`ALTER TABLE events ${change}`));

const eventAt = (n: number) => ({
  eventId: `${poisoned.includes(n) ? 'poison' : 'sound'}-${n}`,
  type: 'click',
  timestamp: Date.now(),
  source: 'server',
});

async function prepared(stage: Scene): Promise<void> {
  const server = await stage.server();
  server.start();
  await server.ready();
  await server.stop();
  await alter(stage.data, `ADD CONSTRAINT ${constraint} CHECK event_id NOT LIKE 'poison%'`);
}

test('rows that the engine refuses are put aside one by one; their neighbors are stored; replay brings them back', async (t) => {
  const stage = scene(t);
  await prepared(stage);
  const server = await stage.server();
  server.start();
  await server.ready();

  const alone = { ...eventAt(0), eventId: 'poison-alone' };
  assert.equal((await collectNoted(server.base, stage.ledgerPath, [alone])).status, 202);
  await server.drained();
  assert.equal((await server.ask<Queue>('/api/v1/queue')).ledger?.quarantined, 1);

  // while the engine stands still they gather to one batch
  const engines = server.children();
  for (const pid of engines) process.kill(pid, 'SIGSTOP');
  for (let first = 0; first < batch; first += requestEvents) {
    const events = Array.from({ length: requestEvents }, (_, i) => eventAt(first + i));
    assert.equal((await collectNoted(server.base, stage.ledgerPath, events)).status, 202);
  }
  for (const pid of engines) process.kill(pid, 'SIGCONT');
  await server.drained();
  const { ledger } = await server.ask<Queue>('/api/v1/queue');
  assert.deepEqual(
    { stored: ledger?.stored, quarantined: ledger?.quarantined },
    { stored: batch - poisoned.length, quarantined: poisoned.length + 1 },
  );
  const aside = await server.ask<{ data: { eventId: string; reason: string; detail: string }[] }>(
    '/api/v1/dead-letters?limit=1000',
  );
  assert.deepEqual(
    aside.data.map(({ eventId }) => eventId).sort(),
    ['poison-alone', ...poisoned.map((n) => `poison-${n}`)].sort(),
  );
  for (const { reason, detail } of aside.data) {
    assert.equal(reason, 'refused');
    assert.match(detail, new RegExp(constraint));
  }
  // what came after them was not held up, and a copy of one in quarantine is a duplicate
  assert.equal((await collect(server.base, [eventAt(poisoned[1]!)])).status, 202);
  await server.drained();
  assert.equal((await server.ask<Queue>('/api/v1/queue')).ledger?.duplicates, 1);

  assert.equal(await server.stop(), 0);
  await alter(stage.data, `DROP CONSTRAINT ${constraint}`);
  server.start();
  await server.ready();
  const data = await replayed(server);
  assert.equal(data.replayed, poisoned.length + 1, JSON.stringify(data));
  assert.equal(JSON.parse((await get(server.base, '/api/v1/dead-letters')).body).total, 0);
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 5,
    hazard: 'rows that the engine refuses',
    made: `a constraint on its table; ${poisoned.length} of a batch of ${batch}, and one alone`,
    rounds: 1,
    faults: poisoned.length + 1,
    ...verdict,
    note: 'put aside with the reason, neighbors stored, all replayed once the constraint was gone',
  });
});

/** Right after a start, what that has to end comes first. */
async function replayed(server: ServerUnderTest): Promise<Record<string, number>> {
  const all = { all: true };
  for (const deadline = Date.now() + replayMsMax; ; await sleep(100)) {
    try {
      const path = '/api/v1/dead-letters/replay';
      return (await server.ask<{ data: Record<string, number> }>(path, all)).data;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
