/** A Redis that comes back empty, or without its last writes: no offset is used twice, nothing new is skipped, and it is said. */
import assert from 'node:assert/strict';
import { cpSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { isFailure } from '../../../src/errors.ts';
import type { Lease, Log } from '../../../src/log/log.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { readAll } from '../../../src/testing/log-suite.ts';
import { config, type House, openHouse } from './harness.ts';

const all = { eventsMax: Number.MAX_SAFE_INTEGER, bytesMax: Number.MAX_SAFE_INTEGER };
const forever = new AbortController().signal;

async function append(log: Log, from: number, to: number): Promise<void> {
  for (let number = from; number < to; number++) await log.append(0, 1, Buffer.from(`event ${number}`));
}

async function texts(log: Log, from: number): Promise<string[]> {
  return (await readAll(log, 0, from, all)).map(({ bytes }) => Buffer.from(bytes).toString());
}

function listening(): { telemetry: Telemetry; notes: { level: string; message: string }[] } {
  const telemetry = new Telemetry();
  const notes: { level: string; message: string }[] = [];
  telemetry.subscribe('note', ({ level, message }) => notes.push({ level, message }));
  return { telemetry, notes };
}

/** What the server has now comes back, whatever it takes from here on: as from an older backup, or a replica that lagged. */
async function backup(t: TestContext, house: House): Promise<() => Promise<void>> {
  const directory = await house.directory();
  const copy = join(tmpdir(), `${directory.split('/').at(-1)}-copy`);
  t.after(() => rmSync(copy, { recursive: true, force: true }));
  await house.server.stop();
  cpSync(join(directory, 'appendonlydir'), copy, { recursive: true });
  await house.server.start();
  return async () => {
    await house.server.kill();
    rmSync(join(directory, 'appendonlydir'), { recursive: true });
    cpSync(copy, join(directory, 'appendonlydir'), { recursive: true });
    await house.server.start();
  };
}

/** A lease of the epoch that counts now; one that is asked for while the server comes back may be lost at once. */
async function begun(log: Log, taken: number): Promise<Lease> {
  for (;;) {
    const lease = await log.lease(0, forever);
    try {
      await lease.begin(taken);
      return lease;
    } catch (error) {
      await lease.release();
      if (!isFailure(error, 'log_read_failed')) throw error;
    }
  }
}

const reconnected = async (log: Log) => {
  // refused until the connection is made again
  for (;;) {
    try {
      return await log.append(0, 1, Buffer.from('again'));
    } catch (error) {
      assert.ok(isFailure(error, 'log_write_failed'));
    }
  }
};

test('a server that lost nothing goes on where it was', async (t) => {
  const house = await openHouse(t);
  const { telemetry, notes } = listening();
  const log = await house.open({}, telemetry);
  await (await begun(log, 0)).release();
  await append(log, 0, 10);
  const lease = await begun(log, 4);
  await house.server.kill();
  await house.server.start();
  assert.equal(await reconnected(log), 10);
  // whose epoch is over has lost the lease
  assert.ok(lease.lost.aborted);
  await lease.release();
  await begun(log, 4);
  assert.equal((await texts(log, 0)).length, 11);
  assert.doesNotMatch(notes.map(({ message }) => message).join(), /lost|empty|without/);
});

test('after FLUSHALL new events come behind what the store has', async (t) => {
  const house = await openHouse(t);
  const { telemetry, notes } = listening();
  const log = await house.open({}, telemetry);
  await (await begun(log, 0)).release();
  await append(log, 0, 100);
  const lease = await begun(log, 60);
  await house.redis().flushall();
  // nobody knows yet how far the store is; the event is kept all the same
  await append(log, 100, 103);
  assert.ok(lease.lost.aborted);
  await lease.release();
  await begun(log, 70);
  // this process had seen 100 acknowledged
  assert.deepEqual(log.ends(0), { first: 100, next: 103 });
  assert.deepEqual(await texts(log, 100), ['event 100', 'event 101', 'event 102']);
  await assert.rejects(
    log.read(0, 70, all),
    (error) => isFailure(error, 'log_trimmed') && error.details.first === 100,
  );
  assert.match(notes.map(({ message }) => message).join(), /30 acknowledged events of partition 0 are lost/);
  assert.equal(await log.append(0, 1, Buffer.from('more')), 103);
});

test('an empty server that nobody remembers goes on where the store is, and that is said', async (t) => {
  const house = await openHouse(t);
  const first = await house.open();
  await append(first, 0, 100);
  await first.close();
  await house.redis().flushall();
  const { telemetry, notes } = listening();
  const log = await house.open({}, telemetry);
  assert.deepEqual(log.ends(0), { first: 0, next: 0 });
  await append(log, 100, 105);
  await begun(log, 100);
  assert.deepEqual(log.ends(0), { first: 100, next: 105 });
  assert.equal((await texts(log, 100)).length, 5);
  assert.match(
    notes.map(({ message }) => message).join(),
    /was empty, and the store has its events up to offset 100/,
  );
});

test('what a server forgot and the store has is not given out again', async (t) => {
  const house = await openHouse(t);
  const first = await house.open();
  await append(first, 0, 50);
  await (await begun(first, 0)).release();
  await first.close();
  const restore = await backup(t, house);
  const second = await house.open();
  await append(second, 50, 80);
  await (await begun(second, 0)).release();
  await second.close();
  await restore();

  const { telemetry, notes } = listening();
  const log = await house.open({}, telemetry);
  assert.equal(log.ends(0).next, 50);
  await append(log, 80, 120);
  // the store has 70: twenty of them Redis has forgotten
  await begun(log, 70);
  assert.deepEqual(log.ends(0), { first: 0, next: 110 });
  assert.equal((await texts(log, 70)).length, 40);
  assert.equal((await texts(log, 70))[0], 'event 80');
  const hole = log.read(0, 50, all);
  await assert.rejects(hole, (error) => isFailure(error, 'log_corrupt') && error.details.nextOffset === 70);
  assert.match(notes.map(({ message }) => message).join(), /came back without its last writes/);
});

test('what a living process saw acknowledged counts as lost, never as stored', async (t) => {
  const house = await openHouse(t);
  const { telemetry, notes } = listening();
  const log = await house.open({}, telemetry);
  await append(log, 0, 50);
  await (await begun(log, 0)).release();
  const restore = await backup(t, house);
  await reconnected(log);
  await append(log, 51, 80);
  await (await begun(log, 10)).release();
  await restore();
  await reconnected(log);
  await begun(log, 60);
  const { next } = log.ends(0);
  assert.equal(next, 81);
  assert.deepEqual(await texts(log, 80), ['again']);
  assert.match(notes.map(({ message }) => message).join(), /20 acknowledged events of partition 0 are lost/);
});

test('a log that is not the one that filled the store is refused', async (t) => {
  const house = await openHouse(t);
  const log = await house.open();
  await append(log, 0, 10);
  const lease = await begun(log, 0);
  await lease.release();
  const again = await log.lease(0, forever);
  await assert.rejects(
    again.begin(11),
    (error) => isFailure(error, 'log_behind') && error.details.next === 10,
  );
});

test('a reader with a lease is given nothing of an epoch that has no base yet', async (t) => {
  const house = await openHouse(t);
  const reader = await house.open();
  const collector = await house.open();
  await (await begun(reader, 0)).release();
  await append(collector, 0, 50);
  const lease = await begun(reader, 50);
  await house.redis().flushall();
  await append(collector, 50, 120);
  // the new epoch has more events than the reader has taken of the old one
  while (reader.ends(0).next !== 70) await delay(5);
  assert.ok(lease.lost.aborted);
  assert.deepEqual(await reader.read(0, 50, all), []);
  await lease.release();
  await begun(reader, 50);
  assert.equal((await texts(reader, 50))[0], 'event 50');
});

test('the number of partitions stays what the log was made with', async (t) => {
  const house = await openHouse(t);
  await (await house.open()).close();
  await assert.rejects(
    house.open({ partitions: 3 }),
    (error) =>
      isFailure(error, 'setting_invalid') && /MILLRACE_LOG_PARTITIONS must stay 2/.test(error.message),
  );
  await (await house.open({ partitions: 3, keyPrefix: 'another' })).close();
  assert.equal(config.partitions, 2);
});
