/**
 * The engine hangs for good: it is there, holds its directory's lock, and answers nothing. The server finds that out within about
 * a minute, kills it, starts another one, and everything is counted; meanwhile events are taken and the queue is shown.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collectNoted, get, type Queue, scene, settle } from './scene.ts';

/** The pulse that the supervisor waits for, and as much again. */
const replacedMsMax = 150_000;

test('an engine that hangs is replaced, and everything is counted', async (t) => {
  const stage = scene(t);
  const server = await stage.server();
  server.start();
  await server.ready();
  const client = stage.client(server, 'hung', 2, 20);
  await sleep(1_000);
  const hung = server.children();
  for (const pid of hung) process.kill(pid, 'SIGSTOP');
  const startedAt = Date.now();
  let lagMax = 0;
  let seen = 0;
  while (server.children().some((pid) => hung.includes(pid))) {
    assert.ok(Date.now() - startedAt < replacedMsMax, `not replaced; the server printed:\n${server.output}`);
    const event = { eventId: `meanwhile-${seen}`, type: 'click', timestamp: Date.now() } as {
      eventId: string;
    };
    assert.equal((await collectNoted(server.base, stage.ledgerPath, [event])).status, 202);
    lagMax = Math.max(lagMax, (await server.ask<Queue>('/api/v1/queue')).lagMs);
    assert.equal((await get(server.base, '/metrics')).status, 200);
    seen++;
    await sleep(500);
  }
  const replacedMs = Date.now() - startedAt;
  await server.ready();
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 4,
    hazard: 'the engine hangs',
    made: 'SIGSTOP of its process, for good, under load',
    rounds: 1,
    faults: 1,
    ...verdict,
    note: `replaced after ${Math.round(replacedMs / 1000)} s; meanwhile events were taken and a lag of up to ${Math.round(lagMax / 1000)} s was shown`,
  });
});
