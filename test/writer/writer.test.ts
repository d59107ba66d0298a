import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure } from '../../src/errors.ts';
import type { EventRow } from '../../src/event/event-row.ts';
import type { Log } from '../../src/log/log.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import type { Signals } from '../../src/telemetry/signals.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { isBalanced } from '../../src/writer/ledger.ts';
import { batchMonthsMax } from '../../src/writer/window.ts';
import { type FaultPlan, FaultyStore, noFaults } from './faulty-store.ts';
import {
  append,
  autoClock,
  config,
  event,
  project,
  receivedAt,
  settled,
  until,
  writerOf,
} from './support.ts';

async function storedIds(store: FaultyStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const part of store.memory.recent(0, 0)) ids.push(...part.map(({ eventId }) => eventId));
  return ids.sort();
}

test('takes what is in the log into the store, in order, and says so', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const telemetry = new Telemetry();
  const batches: Signals['writer.batch'][] = [];
  telemetry.subscribe('writer.batch', (batch) => batches.push(batch));
  await append(log, [event('a'), event('b')], { receivedAt: clock.now() });
  const writer = await writerOf(t, { log, store: store.session().store, clock, telemetry });
  await settled(writer);
  await append(log, [event('c')], { receivedAt: clock.now() });
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a', 'b', 'c']);
  const { ledger, lagMs, waiting } = writer.status();
  assert.deepEqual(ledger, { accepted: 3, stored: 3, duplicates: 0, quarantined: 0, lost: 0, inFlight: 0 });
  assert.deepEqual([lagMs, waiting], [0, 0]);
  assert.deepEqual(
    batches.map(({ rows }) => rows),
    [2, 1],
  );
  assert.ok(
    batches.every(({ lagMinMs, lagMaxMs }) => lagMinMs >= 0 && lagMaxMs >= lagMinMs && lagMaxMs < 250),
  );
});

test('stores the first of several copies, within one window and across windows, and counts the others', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const writer = await writerOf(t, { log, store: store.session().store, clock });
  await append(log, [event('a', { type: 'first' }), event('a', { type: 'second' })]);
  await settled(writer);
  await append(log, [event('a', { type: 'third' }), event('b')]);
  await append(log, [event('a')], { project: 'other' });
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a', 'a', 'b']);
  assert.deepEqual(await store.memory.reconcile(0, 0, 9), [
    [0, 1],
    [3, 5],
  ]);
  assert.equal(writer.status().ledger?.duplicates, 2);
});

test('an id whose event was deleted with its project is new again', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const writer = await writerOf(t, { log, store: store.session().store, clock });
  await append(log, [event('a')]);
  await settled(writer);
  await store.memory.deleteProject(project);
  await append(log, [event('a'), event('a')]);
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a']);
  assert.equal(writer.status().ledger?.duplicates, 1);
});

test('a batch holds a bounded number of calendar months, the newest first, in offset order', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const newest = Date.UTC(2026, 1, 1);
  const months = Array.from({ length: 2 * batchMonthsMax + 1 }, (_, index) => Date.UTC(1960, index, 1));
  await append(log, [
    ...months.map((timestamp, index) => event(`e${index}`, { timestamp })),
    event('last of a month', { timestamp: newest - 1 }),
    event('new', { timestamp: newest }),
    event('same month', { timestamp: months[0]! + 1 }),
  ]);
  const { store: session } = store.session();
  const batches: (readonly EventRow[])[] = [];
  const insert = session.insert.bind(session);
  session.insert = async (batch) => {
    batches.push(batch.rows);
    await insert(batch);
  };
  const writer = await writerOf(t, { log, store: session, clock });
  await settled(writer);
  assert.deepEqual(
    batches.map((rows) => rows.length),
    [3, batchMonthsMax, batchMonthsMax + 1],
  );
  assert.deepEqual(
    batches.map((rows) => rows.at(-1)?.eventId),
    ['new', 'e99', 'same month'],
  );
  for (const rows of batches) {
    const offsets = rows.map(({ offset }) => offset);
    assert.deepEqual(
      offsets,
      offsets.toSorted((a, b) => a - b),
    );
  }
});

test('a refused row goes to quarantine with its reason and its neighbors are stored, in logarithmic steps', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const plan: FaultPlan = { ...noFaults, isRefused: (id) => id === 'bad' };
  const store = new FaultyStore(clock, plan);
  const events = Array.from({ length: 1000 }, (_, index) => event(index === 700 ? 'bad' : `e${index}`));
  await append(log, events);
  const writer = await writerOf(t, { log, store: store.session().store, clock });
  await settled(writer);
  const { items, total } = await store.memory.quarantined({ limit: 10 });
  assert.equal(total, 1);
  assert.equal(items[0]?.reason, 'refused');
  assert.equal(items[0]?.offset, 700);
  assert.deepEqual(JSON.parse(items[0]?.body ?? ''), event('bad'));
  const { ledger } = writer.status();
  assert.deepEqual([ledger?.stored, ledger?.quarantined], [999, 1]);
  assert.ok(store.inserts <= 2 * Math.log2(1000) + 4, `took ${store.inserts} inserts`);
});

test('a record that cannot be decoded goes to quarantine, an item an event, and reading goes on', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  await append(log, [event('a')]);
  await log.append(0, 3, Uint8Array.of(9, 1, 2, 3));
  await append(log, [event('b')]);
  const writer = await writerOf(t, { log, store: store.session().store, clock });
  await settled(writer);
  const { items } = await store.memory.quarantined({ limit: 10 });
  assert.deepEqual(
    items.map(({ offset, reason, body }) => [offset, reason, body]),
    [
      [1, 'undecodable', 'CQECAw=='],
      [2, 'undecodable', ''],
      [3, 'undecodable', ''],
    ],
  );
  assert.equal(writer.status().ledger?.stored, 2);
  assert.equal(writer.status().ledger?.quarantined, 3);
});

test('a record that holds other events than the log counted is not taken apart', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const inner = openMemoryLog();
  await append(inner, [event('a'), event('b')]);
  const [record] = await inner.read(0, 0, { eventsMax: 1, bytesMax: 1 });
  await log.append(0, 3, record!.bytes);
  const writer = await writerOf(t, { log, store: store.session().store, clock });
  await settled(writer);
  assert.equal(writer.status().ledger?.quarantined, 3);
});

/** Offsets of [from, to) cannot be read. */
function damaged(log: Log, from: number, to: number): Log {
  return {
    supports: log.supports,
    partitions: log.partitions,
    failed: log.failed,
    append: log.append.bind(log),
    ends: log.ends.bind(log),
    wait: log.wait.bind(log),
    lease: log.lease.bind(log),
    trim: log.trim.bind(log),
    usage: log.usage.bind(log),
    state: log.state.bind(log),
    close: log.close.bind(log),
    async read(partition, at, limits) {
      if (at >= from && at < to)
        throw failure('log_corrupt', { path: 'segment', byte: 0, detail: 'a test', nextOffset: to });
      const records = await log.read(partition, at, limits);
      return records.filter(({ offset }) => at >= to || offset < from);
    },
  };
}

test('steps over what is damaged in the log, counts it as lost and says so', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const telemetry = new Telemetry();
  const errors: string[] = [];
  telemetry.subscribe('note', ({ level, message }) => level === 'error' && errors.push(message));
  for (const id of ['a', 'b', 'c', 'd']) await append(log, [event(`${id}1`), event(`${id}2`)]);
  const session = store.session().store;
  const writer = await writerOf(t, { log: damaged(log, 2, 6), store: session, clock, telemetry });
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a1', 'a2', 'd1', 'd2']);
  const { ledger } = writer.status();
  assert.deepEqual(ledger, { accepted: 8, stored: 4, duplicates: 0, quarantined: 0, lost: 4, inFlight: 0 });
  assert.ok(isBalanced(ledger!));
  assert.match(errors.join(), /offsets 2 to 5 cannot be read/);
});

test('what landed before the damage came is not lost', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock, { ...noFaults, inserts: ['hang-landed'], progressLag: 9 });
  await append(log, [event('a'), event('b')]);
  const first = store.session();
  const before = await writerOf(t, { log, store: first.store, clock });
  await until('it inserts', () => before.status().partitions[0]!.mode === 'inserting');
  first.kill();
  store.crash();
  const writer = await writerOf(t, { log: damaged(log, 0, 2), store: store.session().store, clock });
  await settled(writer);
  const { ledger } = writer.status();
  assert.deepEqual([ledger?.stored, ledger?.lost], [2, 0]);
});

test('what was trimmed before it was stored is lost, not waited for', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  await append(log, [event('a'), event('b')]);
  await append(log, [event('c')]);
  await log.trim(0, 2);
  const writer = await writerOf(t, { log, store: store.session().store, clock });
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['c']);
  assert.equal(writer.status().ledger?.lost, 2);
});

test('refuses to write when the log ends before the progress: it is another log', async (t) => {
  const clock = autoClock(t);
  const store = new FaultyStore(clock);
  const log = openMemoryLog();
  await append(log, [event('a'), event('b')]);
  const first = await writerOf(t, { log, store: store.session().store, clock });
  await settled(first);
  await first.close();
  const other = await writerOf(t, { log: openMemoryLog(), store: store.session().store, clock });
  await until('it has failed', () => other.status().partitions[0]!.mode === 'failed');
  assert.equal(other.status().partitions[0]!.lastError?.code, 'log_behind');
});

test('waits while the store is down, however long, and the lag shows it', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock, {
    ...noFaults,
    inserts: Array.from({ length: 50 }, () => 'before' as const),
  });
  const telemetry = new Telemetry();
  const delays: number[] = [];
  telemetry.subscribe('writer.retry', ({ delayMs }) => delays.push(delayMs));
  const writer = await writerOf(t, { log, store: store.session().store, clock, telemetry });
  await append(log, [event('a')], { receivedAt: clock.now() });
  await until('it has failed often', () => delays.length >= 20);
  assert.ok(writer.status().lagMs > 10_000);
  assert.equal(writer.status().waiting, 1);
  assert.equal(writer.status().partitions[0]!.lastError?.code, 'store_unavailable');
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a']);
  assert.equal(writer.status().partitions[0]!.lastError, undefined);
  assert.ok(Math.max(...delays) <= config.backoffMaxMs);
  assert.ok(delays[1]! > delays[0]!);
});

test('shows the lag of what comes while the store has not told its progress yet', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const { store } = new FaultyStore(clock).session();
  const progress = store.progress.bind(store);
  let isAway = true;
  store.progress = async (...asked) => {
    if (isAway) throw failure('store_unavailable', { detail: 'it does not start' });
    return await progress(...asked);
  };
  const telemetry = new Telemetry();
  let retries = 0;
  telemetry.subscribe('writer.retry', () => retries++);
  const writer = await writerOf(t, { log, store, clock, telemetry });
  await until('it has failed', () => retries >= 3);
  await append(log, [event('a')], { receivedAt: clock.now() });
  const before = retries;
  await until('it has failed often', () => retries >= before + 10);
  assert.ok(writer.status().lagMs > 5_000, `${writer.status().lagMs} ms`);
  isAway = false;
  await settled(writer);
});

test('another writer that was first makes it read the progress again', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const { store: session } = store.session();
  const insert = session.insert.bind(session);
  let fenced = 0;
  session.insert = async (batch) => {
    if (fenced++ > 0) return await insert(batch);
    // the other one took the same window
    await insert(batch);
    throw failure('store_fenced', { partition: 0 });
  };
  await append(log, [event('a'), event('b')]);
  const writer = await writerOf(t, { log, store: session, clock });
  await settled(writer);
  await append(log, [event('b'), event('c')]);
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a', 'b', 'c']);
  assert.deepEqual(writer.status().ledger?.stored, 3);
});

test('batches are small when it is quiet and grow when much is waiting, up to the bound', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const telemetry = new Telemetry();
  const rows: number[] = [];
  telemetry.subscribe('writer.batch', (batch) => rows.push(batch.rows));
  for (let record = 0; record < 30; record++) {
    await append(log, [event(`${record}-a`), event(`${record}-b`)]);
  }
  const small = { ...config, batchEventsMax: 20 };
  const writer = await writerOf(t, { log, store: store.session().store, clock, telemetry, config: small });
  await settled(writer);
  assert.deepEqual(rows, [20, 20, 20]);
  await append(log, [event('last')]);
  await settled(writer);
  assert.deepEqual(rows.slice(3), [1]);
});

test('what may have been tried before a start is reconciled in bounded stretches', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  // mostly copies, which cost little
  const events = Array.from({ length: 10_000 }, (_, index) => event(`e${index % 2000}`));
  for (let record = 0; record < 25; record++) {
    await append(
      log,
      events.map((each) => ({ ...each, eventId: `${record}${each.eventId}` })),
    );
  }
  const writer = await writerOf(t, { log, store: store.session().store, clock });
  await settled(writer);
  assert.deepEqual(store.reconciled, [
    [0, 200_000],
    [200_000, 250_000],
  ]);
  assert.equal(writer.status().ledger?.stored, 50_000);
});

test('the log is freed of what is durable in the store', async (t) => {
  const clock = autoClock(t);
  const log = openMemoryLog();
  const store = new FaultyStore(clock);
  const writer = await writerOf(t, { log, store: store.session().store, clock });
  await append(log, [event('a')], { receivedAt });
  await settled(writer);
  await until('it is trimmed', () => log.ends(0).first === 1);
});
