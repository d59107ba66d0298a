/**
 * A client that sends again whatever it has no answer to. The server dies exactly between the fsync and the answer, so that
 * the events are kept and nobody was told; the same requests come again, out of order, whole and in parts, after a
 * restart, and once more a long time later: each event counts once, and each copy is told as a duplicate.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultySystem } from './faulty-system.ts';
import { rounds } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collectNoted, type Queue, scene, settle } from './scene.ts';

const roundsUsual = 5;
const requests = 6;
const eventsInRequest = 5;

const requestOf = (round: number, request: number) =>
  Array.from({ length: eventsInRequest }, (_, i) => ({
    eventId: `${round}-${request}-${i}`,
    type: 'purchase',
    timestamp: Date.UTC(2026, 9, 31, 23, 59, 59, 998) + i,
    userId: `user-${i}`,
    amount: 1.25,
    currency: 'EUR',
  }));

function shuffled<T>(items: readonly T[]): T[] {
  return items
    .map((item) => ({ item, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ item }) => item);
}

test('a kill between the fsync and the answer, and retries in any order, count each event once', async (t) => {
  const stage = scene(t);
  const system = faultySystem(t, stage.directory);
  if (system === undefined) return;
  const server = await stage.server(system.environment);
  server.start();
  await server.ready();
  const times = rounds(roundsUsual);
  let unanswered = 0;
  let sent = 0;
  const send = async (events: readonly { readonly eventId: string }[]) => {
    const { status } = await collectNoted(server.base, stage.ledgerPath, events);
    if (status === 0) unanswered++;
    return status;
  };
  for (let round = 0; round < times; round++) {
    const all = Array.from({ length: requests }, (_, request) => requestOf(round, request));
    system.set('syncKills', 1);
    // all of them wait for the same few fsyncs; whichever returns first kills the server
    const statuses = await Promise.all(all.map(send));
    assert.ok(
      statuses.every((status) => status === 0 || status === 202),
      String(statuses),
    );
    assert.ok(statuses.includes(0), 'the server was to die before it answered');
    assert.equal(await server.ended(), 'SIGKILL');
    system.set('syncKills', 0);
    server.start();
    await server.listening();
    // again: in another order, and cut into other requests
    const again = shuffled(all.flat());
    for (let first = 0; first < again.length; first += 7) {
      assert.equal(await send(again.slice(first, first + 7)), 202);
    }
    sent += again.length;
    if (round % 2 === 0) {
      await server.drained();
      assert.equal(await send(shuffled(again)), 202);
      sent += again.length;
    }
  }
  await server.drained();
  const kept = (await server.ask<Queue>('/api/v1/queue')).ledger!;
  const verdict = await settle(server, stage);
  assertExact(verdict);
  assert.equal(verdict.stored, times * requests * eventsInRequest);
  assert.equal(kept.accepted! - kept.stored!, kept.duplicates);
  assert.ok(kept.duplicates! >= sent - verdict.stored, 'each copy must be told as a duplicate');
  report(t, {
    number: 7,
    hazard: 'no answer although the events are kept, then retries',
    made: 'kill -9 at the return of the fsync (LD_PRELOAD); sent again out of order, cut otherwise, and once more',
    rounds: times,
    faults: unanswered,
    ...verdict,
    note: `${kept.duplicates} copies told as duplicates`,
  });
});
