/**
 * The engine is slow, hangs, or is gone for long (its directory is taken away, so that no start can work). Collecting goes on
 * within its disk budget and is 503 at the bound; the lag is shown, readiness says why, keys are checked, questions that
 * were answered before are answered as stale; and when the engine is back everything is counted. AWAY_MS sets how long.
 */
import assert from 'node:assert/strict';
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { readKey, rounds, type ServerUnderTest, sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collect, collectNoted, get, type Queue, scene, settle } from './scene.ts';

const roundsUsual = 6;
const awayMs = Number(process.env.AWAY_MS ?? 3_000);
const waitMsMax = 60_000;
const summary = '/api/v1/analytics/summary?from=2026-10-01&to=2026-11-01';

const signalEngine = (server: ServerUnderTest, signal: 'SIGSTOP' | 'SIGCONT' | 'SIGKILL') => {
  for (const pid of server.children()) process.kill(pid, signal);
};

async function until(what: string, server: ServerUnderTest, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + waitMsMax; !(await holds()); await sleep(20))
    assert.ok(
      Date.now() < deadline,
      `not within ${waitMsMax} ms: ${what}; the server printed:\n${server.output}`,
    );
}

test('an engine that stops and goes on at random moments only delays the counting', async (t) => {
  const stage = scene(t);
  const server = await stage.server();
  server.start();
  await server.ready();
  const client = stage.client(server, 'slow', 4);
  const times = rounds(roundsUsual);
  let lagMax = 0;
  for (let round = 0; round < times; round++) {
    await sleep(100 + Math.random() * 300);
    signalEngine(server, 'SIGSTOP');
    await sleep(200 + Math.random() * 600);
    const reply = await collect(server.base, { type: '' });
    assert.equal(reply.status, 400, 'collecting must answer while the engine stands still');
    // answered while the engine stands still, although the store is asked for its part of it
    lagMax = Math.max(lagMax, (await server.ask<Queue>('/api/v1/queue')).lagMs);
    signalEngine(server, 'SIGCONT');
  }
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  assert.ok(lagMax >= 200, `the lag was never shown: ${lagMax} ms`);
  report(t, {
    number: 4,
    hazard: 'the engine is slow',
    made: 'SIGSTOP and SIGCONT of its process at random moments, under load',
    rounds: times,
    faults: times,
    ...verdict,
    note: `the lag grew to ${lagMax} ms, was shown, and went`,
  });
});

test('an engine that is gone for long costs nothing but time, up to the bound of the log', async (t) => {
  const stage = scene(t);
  const server = await stage.server({
    MILLRACE_LOG_BYTES_MAX: '8MiB',
    MILLRACE_LOG_SEGMENT_BYTES: '512KiB',
    MILLRACE_WRITER_UPKEEP_INTERVAL_MS: '200',
    MILLRACE_WRITER_SNAPSHOT_INTERVAL_MS: '500',
  });
  server.start();
  await server.ready();
  const client = stage.client(server, 'gone', 2);
  await sleep(500);
  const fresh = await server.ask<{ data: { totalEvents: number }; meta: { stale: boolean } }>(summary);
  assert.equal(fresh.meta.stale, false);

  const store = join(stage.data, 'store');
  signalEngine(server, 'SIGSTOP');
  const engines = server.children();
  renameSync(store, `${store}.away`);
  writeFileSync(store, 'no directory');
  for (const pid of engines) process.kill(pid, 'SIGKILL');
  await until('readiness says that the store is down', server, async () => {
    const { status, body } = await get(server.base, '/health/ready');
    const { collecting, parts } = JSON.parse(body) as {
      collecting: boolean;
      parts: Record<string, { status: string; reason?: string }>;
    };
    return status === 503 && collecting && parts.store?.status === 'down' && parts.store.reason !== undefined;
  });
  const stale = JSON.parse((await get(server.base, summary, readKey)).body) as typeof fresh;
  assert.equal(stale.meta.stale, true);
  assert.equal(stale.data.totalEvents, fresh.data.totalEvents);
  assert.equal((await get(server.base, `${summary}&exact=true`, readKey)).status, 503);
  const probe = { eventId: 'while-away', type: 'probe', timestamp: Date.now() };
  assert.equal((await collectNoted(server.base, stage.ledgerPath, [probe])).status, 202);
  assert.equal((await collect(server.base, probe, { key: 'a-key-that-nobody-has' })).status, 401);
  await sleep(awayMs);
  const queue = await server.ask<Queue>('/api/v1/queue');
  assert.ok(queue.lagMs >= awayMs, `the lag is ${queue.lagMs} ms`);
  assert.ok(queue.queueLength > 0);

  let full = 0;
  const filling = 'x'.repeat(30_000);
  for (let i = 0; full < 20; i++) {
    const event = { eventId: `fill-${i}`, type: 'probe', timestamp: Date.now(), properties: { filling } };
    const { status, headers } = await collectNoted(server.base, stage.ledgerPath, [event]);
    if (status === 202) continue;
    assert.equal(status, 503);
    assert.match(String(headers['retry-after']), /^\d+$/);
    full++;
  }
  const usage = await server.ask<{ log: { bytes: number; bytesMax: number } }>('/api/v1/queue');
  assert.ok(usage.log.bytes <= usage.log.bytesMax, JSON.stringify(usage.log));
  // keys are checked, and the old answer is given, also now
  assert.equal((await collect(server.base, probe, { key: 'a-key-that-nobody-has' })).status, 401);

  rmSync(store);
  renameSync(`${store}.away`, store);
  await until('events are taken again', server, async () => {
    const { status } = await collectNoted(server.base, stage.ledgerPath, [{ ...probe, eventId: 'again' }]);
    return status === 202;
  });
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 4,
    hazard: 'the engine is gone',
    made: `killed, its directory taken away for ${awayMs} ms and until the log was at its bound of 8 MiB`,
    rounds: 1,
    faults: full,
    ...verdict,
    note: 'readiness said why, keys were checked, the kept answer was given as stale; 503 with Retry-After at the bound',
  });
});
