/**
 * Kills that the plain ones leave out: several partitions over one store, both processes at once, an engine that stands still
 * for a long time, and retries with another body on both sides of a kill, of which the first acknowledged one must stay.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rounds, type ServerUnderTest, sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collectNoted, scene, settle } from './scene.ts';
import { withStore } from './stored.ts';

const partitions = { MILLRACE_LOG_PARTITIONS: '3' };
const roundMsMin = 200;
const roundMsMax = 1_000;
const stillMs = 20_000;
const stillShare = 1 / 20;
const eventsARound = 30;

const someTime = () => sleep(roundMsMin + Math.random() * (roundMsMax - roundMsMin));

/** The server, half of the times just after its engine; else the engine ends itself when its parent has gone. */
async function killBoth(server: ServerUnderTest): Promise<void> {
  const engines = server.children();
  const engineFirst = Math.random() < 0.5;
  if (engineFirst) for (const pid of engines) process.kill(pid, 'SIGKILL');
  await server.stop('SIGKILL');
  server.start();
}

test('kill -9 of server and engine at once, with three partitions, loses and doubles nothing', async (t) => {
  const stage = scene(t);
  const server = await stage.server(partitions);
  server.start();
  await server.ready();
  const client = stage.client(server, 'both');
  for (let round = 0; round < rounds(6); round++) {
    await someTime();
    if (round % 3 === 2) for (const pid of server.children()) process.kill(pid, 'SIGKILL');
    else await killBoth(server);
    if (round % 2 === 0) await server.ready();
  }
  await server.ready();
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 1,
    hazard: 'server and engine are killed together, three partitions',
    made: 'kill -9 of both at random moments under load, half of the times the engine first; every third time the engine alone',
    rounds: rounds(6),
    faults: rounds(6),
    ...verdict,
    note: 'rollups equal rows; the ledger balances',
  });
});

test('an engine that stands still for 20 seconds costs nothing but time', async (t) => {
  const stage = scene(t);
  const server = await stage.server(partitions);
  server.start();
  await server.ready();
  const client = stage.client(server, 'still', 4, 20);
  for (let round = 0; round < rounds(1, stillShare); round++) {
    await someTime();
    const engines = server.children();
    for (const pid of engines) process.kill(pid, 'SIGSTOP');
    await sleep(stillMs);
    for (const pid of engines) process.kill(pid, 'SIGCONT');
    await someTime();
  }
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 4,
    hazard: 'the engine stands still for 20 seconds',
    made: 'SIGSTOP and SIGCONT of its process under load, three partitions',
    rounds: rounds(1, stillShare),
    faults: rounds(1, stillShare),
    ...verdict,
    note: 'counted late, all of it',
  });
});

test('a retry with another body on the other side of a kill changes nothing', async (t) => {
  const stage = scene(t);
  const server = await stage.server(partitions);
  server.start();
  await server.ready();
  const acknowledged: string[] = [];
  for (let round = 0; round < rounds(4); round++) {
    const ids = Array.from({ length: eventsARound }, (_, i) => `retry-${round}-${i}`);
    assert.equal((await collectNoted(server.base, stage.ledgerPath, bodies(ids, 'first'))).status, 202);
    acknowledged.push(...ids);
    // at every stage of the first one's way into the store
    await sleep(Math.random() * 250);
    await killBoth(server);
    await untilTaken(server, stage.ledgerPath, bodies(ids, 'second'));
    if (round % 2 === 0) await server.ready();
    await untilTaken(server, stage.ledgerPath, bodies(acknowledged, 'second'));
  }
  await server.ready();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  assert.equal(verdict.stored, acknowledged.length);
  assert.equal(verdict.ledger.duplicates, (verdict.ledger.accepted ?? 0) - acknowledged.length);
  const types = await withStore(stage.data, ({ rows }) =>
    rows<[string, string]>('SELECT type, count() FROM events GROUP BY type'),
  );
  assert.deepEqual(types, [['first', String(acknowledged.length)]]);
  report(t, {
    number: 7,
    hazard: 'retries with another body across a kill',
    made: 'kill -9 of server and engine at any stage of the first body’s way, then the same ids with another type and month',
    rounds: rounds(4),
    faults: rounds(4),
    ...verdict,
    note: 'the first body stays; each other one is told as a duplicate',
  });
});

/** The second body has another month too, so that it would be another batch. */
const bodies = (ids: readonly string[], type: 'first' | 'second') =>
  ids.map((eventId) => ({
    eventId,
    type,
    timestamp: type === 'first' ? '2026-10-31T23:59:59Z' : '2026-09-01T00:00:00Z',
    source: 'server',
  }));

async function untilTaken(
  server: ServerUnderTest,
  ledgerPath: string,
  events: readonly { readonly eventId: string }[],
): Promise<void> {
  while ((await collectNoted(server.base, ledgerPath, events)).status !== 202) await sleep(50);
}
