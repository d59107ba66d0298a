/**
 * The disk is really full: a tmpfs of a few megabytes under the log, under the store, or under everything. Refused with 503
 * and Retry-After, nothing corrupted, and on again when there is room, without a restart.
 */
import assert from 'node:assert/strict';
import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { rounds, type ServerUnderTest, sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collect, collectNoted, get, type Queue, type Scene, scene, settle } from './scene.ts';
import { mountSmallDisk, unmount } from './small-disk.ts';

const roundsUsual = 2;
const mib = 1024 * 1024;
const waitMsMax = 60_000;

function disk(t: TestContext, stage: Scene, name: string, bytes: number): string | undefined {
  const directory = join(stage.directory, name);
  if (!mountSmallDisk(t, directory, bytes)) return undefined;
  stage.finally(() => unmount(directory));
  return directory;
}

async function until(what: string, server: ServerUnderTest, holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + waitMsMax; !(await holds()); await sleep(50))
    assert.ok(
      Date.now() < deadline,
      `not within ${waitMsMax} ms: ${what}; the server printed:\n${server.output}`,
    );
}

let probes = 0;
const large = () => {
  const eventId = `probe-${probes++}`;
  return { eventId, type: 'probe', timestamp: Date.now(), properties: { filling: 'x'.repeat(30_000) } };
};

/** Takes all room that is left, so that the very next byte fails. */
function stuff(directory: string): () => void {
  const path = join(directory, 'stuffing');
  assert.throws(() => writeFileSync(path, Buffer.alloc(512 * mib)), { code: 'ENOSPC' });
  return () => rmSync(path);
}

function stopEngine(server: ServerUnderTest, signal: 'SIGSTOP' | 'SIGCONT'): void {
  for (const pid of server.children()) process.kill(pid, signal);
}

async function refused({ base }: ServerUnderTest, { ledgerPath }: Scene): Promise<boolean> {
  const { status, headers } = await collectNoted(base, ledgerPath, [large()]);
  if (status === 202) return false;
  assert.equal(status, 503);
  assert.match(String(headers['retry-after']), /^\d+$/);
  return true;
}

const accepted = async (server: ServerUnderTest, stage: Scene) => !(await refused(server, stage));

test('a full disk of the log is 503 until there is room; nothing acknowledged is lost', async (t) => {
  const stage = scene(t);
  const log = disk(t, stage, 'log', 6 * mib);
  if (log === undefined) return;
  const server = await stage.server({
    MILLRACE_LOG: `disk:${log}`,
    MILLRACE_LOG_FREE_BYTES_MIN: '0',
    MILLRACE_LOG_SEGMENT_BYTES: '256KiB',
    MILLRACE_WRITER_UPKEEP_INTERVAL_MS: '200',
    MILLRACE_WRITER_SNAPSHOT_INTERVAL_MS: '200',
  });
  server.start();
  await server.ready();
  const client = stage.client(server, 'log');
  const times = rounds(roundsUsual);
  let refusals = 0;
  for (let round = 0; round < times; round++) {
    stopEngine(server, 'SIGSTOP');
    await until('the log is full', server, () => refused(server, stage));
    for (let i = 0; i < 10; i++) if (await refused(server, stage)) refusals++;
    if (round % 2 === 1) {
      // what a full disk leaves behind must also be a good start
      const engines = server.children();
      await server.stop('SIGKILL');
      // only when it runs again can the engine find that its parent is gone
      for (const pid of engines) process.kill(pid, 'SIGCONT');
      server.start();
      await server.listening();
    } else stopEngine(server, 'SIGCONT');
    await until('events are taken again', server, () => accepted(server, stage));
  }
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 3,
    hazard: 'the disk of the log is full',
    made: 'a tmpfs of 6 MiB, the engine stopped so that it fills; every other time also kill -9',
    rounds: times,
    faults: refusals,
    ...verdict,
    note: 'each 503 with Retry-After; on again when the store has caught up',
  });
});

test('a full disk of the store stops no collecting, and the store catches up when there is room', async (t) => {
  const stage = scene(t);
  const store = disk(t, stage, 'store', 256 * mib);
  if (store === undefined) return;
  const server = await stage.server({ MILLRACE_STORE: `embedded:${store}/engine` });
  server.start();
  await server.ready();
  const client = stage.client(server, 'store', 2);
  const times = rounds(roundsUsual);
  for (let round = 0; round < times; round++) {
    await sleep(300);
    const free = stuff(store);
    await until('the writer says that it cannot go on', server, async () => {
      const { body } = await get(server.base, '/health/ready');
      return /recovering from a failed insert|waits for the store/.test(body);
    });
    assert.equal(await refused(server, stage), false, 'collecting must go on while the store has no room');
    await sleep(500);
    free();
    await until('the queue is short again', server, async () => {
      const queue = await server.ask<Queue>('/api/v1/queue').catch(() => undefined);
      return queue !== undefined && queue.lagMs < 2_000;
    });
  }
  await client.stop();
  const verdict = await settle(server, stage, `${store}/engine`);
  assertExact(verdict);
  report(t, {
    number: 3,
    hazard: 'the disk of the store is full',
    made: 'a tmpfs of 256 MiB, stuffed to the last byte under load',
    rounds: times,
    faults: times,
    ...verdict,
    note: 'collecting goes on; the store catches up',
  });
});

test('one full disk under everything: refused before the store is in need, keys still checked', async (t) => {
  const stage = scene(t);
  const data = disk(t, stage, 'data', 256 * mib);
  if (data === undefined) return;
  const server = await stage.server({
    MILLRACE_LOG_FREE_BYTES_MIN: '80MiB',
    MILLRACE_WRITER_UPKEEP_INTERVAL_MS: '200',
  });
  server.start();
  await server.ready();
  const client = stage.client(server, 'data', 2);
  const times = rounds(roundsUsual);
  for (let round = 0; round < times; round++) {
    await sleep(300);
    const free = stuff(data);
    await until('events are refused', server, () => refused(server, stage));
    assert.equal((await collect(server.base, large(), { key: 'a-key-that-nobody-has' })).status, 401);
    if (round % 2 === 1) {
      await server.stop('SIGKILL');
      server.start();
      await sleep(1_000);
    }
    free();
    if (!server.running) {
      // without a single byte the catalog cannot be opened: the start says so, and works when there is room
      assert.match(server.output, /^millrace: .*catalog.*full$/m);
      server.start();
    }
    await server.listening();
    await until('events are taken again', server, () => accepted(server, stage));
  }
  await client.stop();
  const verdict = await settle(server, stage);
  assertExact(verdict);
  report(t, {
    number: 3,
    hazard: 'one disk for everything is full',
    made: 'a tmpfs of 256 MiB, stuffed to the last byte under load; every other time also kill -9',
    rounds: times,
    faults: times,
    ...verdict,
    note: 'keys are checked, 503 with Retry-After, on again when there is room',
  });
});
