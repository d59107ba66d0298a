/**
 * The disk is really full: a tmpfs of a few megabytes under the log, under the store, or under everything. Refused with 503
 * and Retry-After, nothing corrupted, and on again when there is room, without a restart.
 */
import assert from 'node:assert/strict';
import { closeSync, existsSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { rounds, type ServerUnderTest, sleep } from './harness.ts';
import { report } from './report.ts';
import { assertExact, collect, collectNoted, get, type Queue, type Scene, scene, settle } from './scene.ts';
import { mountSmallDisk, unmount } from './small-disk.ts';

const roundsUsual = 2;
const mib = 1024 * 1024;
const waitMsMax = 60_000;
/** Printed when the engine is started anew because of a part that is short. */
const notWhole = 'parts of tables were not written whole';

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

/** Takes all room but `leave` bytes; with 0 the very next byte fails. Returns the way to give it back. */
function stuff(directory: string, leave = 0): () => void {
  const path = join(directory, `stuffing-${leave}`);
  const file = openSync(path, 'w');
  const chunk = Buffer.alloc(mib);
  try {
    for (let room = freeBytes(directory); room > leave; room = freeBytes(directory))
      if (writeSync(file, chunk, 0, Math.min(chunk.byteLength, room - leave)) === 0) break;
  } catch (error) {
    assert.equal((error as NodeJS.ErrnoException).code, 'ENOSPC');
  } finally {
    closeSync(file);
  }
  return () => rmSync(path);
}

function freeBytes(directory: string): number {
  const { bavail, bsize } = statfsSync(directory);
  return bavail * bsize;
}

/** In two steps: the engine begins nothing with less than 64 MiB, so the last of it goes while inserts and merges are under way. */
async function stuffSuddenly(directory: string): Promise<() => void> {
  const most = stuff(directory, 80 * mib);
  await sleep(100 + Math.random() * 300);
  const rest = stuff(directory);
  return () => {
    rest();
    most();
  };
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
      const [engine] = server.children();
      await server.stop('SIGKILL');
      // the engine stands still, so it cannot find that its parent is gone: the next start ends it
      server.start();
      await until('the engine that was left is ended', server, async () => !existsSync(`/proc/${engine}`));
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
  const times = rounds(roundsUsual);
  // what many rounds store needs room by itself
  const store = disk(t, stage, 'store', (256 + times) * mib);
  if (store === undefined) return;
  const server = await stage.server({ MILLRACE_STORE: `embedded:${store}/engine` });
  const short = server.watch(notWhole);
  server.start();
  await server.ready();
  const client = stage.client(server, 'store', 1, 20);
  for (let round = 0; round < times; round++) {
    await sleep(300);
    const free = await stuffSuddenly(store);
    await until('the writer says that it cannot go on', server, async () => {
      const { body } = await get(server.base, '/health/ready');
      return /recovering from a failed insert|waits for the store|the engine/.test(body);
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
    made: 'a tmpfs, stuffed to the last byte while inserts and merges are under way',
    rounds: times,
    faults: times,
    ...verdict,
    note: `collecting goes on; the store catches up; ${short()} times the engine had not noticed that it wrote nothing, and was started anew`,
  });
});

test('one full disk under everything: refused before the store is in need, keys still checked', async (t) => {
  const stage = scene(t);
  const times = rounds(roundsUsual);
  const data = disk(t, stage, 'data', (256 + times) * mib);
  if (data === undefined) return;
  const server = await stage.server({
    MILLRACE_LOG_FREE_BYTES_MIN: '80MiB',
    MILLRACE_WRITER_UPKEEP_INTERVAL_MS: '200',
  });
  server.start();
  await server.ready();
  const client = stage.client(server, 'data', 1, 20);
  for (let round = 0; round < times; round++) {
    await sleep(300);
    const free = await stuffSuddenly(data);
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
