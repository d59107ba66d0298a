/** Windows that are made in a thread beside the server's loop: the same events, each once, whatever becomes of the thread. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TestContext, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { systemClock } from '../../src/clock.ts';
import { openMemoryLog } from '../../src/log/memory/memory-log.ts';
import type { Batch } from '../../src/store/store.ts';
import { isBalanced } from '../../src/writer/ledger.ts';
import type { Writer } from '../../src/writer/writer.ts';
import { FaultyStore } from './faulty-store.ts';
import { packer } from './packer.ts';
import { append, config, event, temporaryDirectory, writerOf } from './support.ts';

const patienceMs = 30_000;

async function open(t: TestContext, given: { onInsert?: (batch: Batch) => Promise<void> } = {}) {
  const log = openMemoryLog();
  const store = new FaultyStore(systemClock);
  const { store: session } = store.session({ packer });
  const insert = session.insert.bind(session);
  session.insert = async (batch) => {
    await given.onInsert?.(batch);
    await insert(batch);
  };
  const quick = { ...config, flushIntervalMs: 1, backoffMinMs: 1, backoffMaxMs: 20 };
  const writer = await writerOf(t, { log, store: session, clock: systemClock, config: quick });
  return { log, store, writer };
}

/** In real time, because the thread has its own. */
async function settled(writer: Writer): Promise<void> {
  const until = performance.now() + patienceMs;
  while (writer.status().ledger?.inFlight !== 0) {
    assert.ok(performance.now() < until, `in vain: ${JSON.stringify(writer.status())}`);
    await sleep(5);
  }
}

async function storedIds({ memory }: FaultyStore): Promise<string[]> {
  const ids: string[] = [];
  for await (const part of memory.recent(0, 0)) ids.push(...part.map(({ eventId }) => eventId));
  return ids.sort();
}

test('stores what the log has, packed, and knows copies within a window, across windows and from the store', async (t) => {
  const forms: boolean[] = [];
  const { log, store, writer } = await open(t, {
    onInsert: async ({ packed, rows }) => void forms.push(packed !== undefined && rows.length === 0),
  });
  await append(log, [event('a', { type: 'first' }), event('a', { type: 'second' }), event('b')]);
  await settled(writer);
  await append(log, [event('b'), event('c')]);
  await append(log, [event('a')], { project: 'other' });
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a', 'a', 'b', 'c']);
  assert.deepEqual(await store.memory.reconcile(0, 0, 9), [
    [0, 1],
    [2, 3],
    [4, 6],
  ]);
  assert.equal(writer.status().ledger?.duplicates, 2);
  assert.ok(forms.every((isPacked) => isPacked));
});

test('a window ends when its rows take much more memory packed than they take in the log', async (t) => {
  const counts: number[] = [];
  const gate = Promise.withResolvers<void>();
  const { log, store, writer } = await open(t, {
    onInsert: async ({ packed }) => {
      counts.push(packed!.count);
      await gate.promise;
    },
  });
  await append(log, [event('first')]);
  // of a megabyte each, so that a reading takes few of them
  const title = 'x'.repeat(1024 * 1024);
  const properties = { packedBytes: 10 * config.batchBytesMax };
  for (let n = 0; n < 12; n++) await append(log, [event(`large-${n}`, { title, properties })]);
  gate.resolve();
  await settled(writer);
  assert.equal((await storedIds(store)).length, 13);
  assert.ok(Math.max(...counts) <= 6, `windows of ${counts} events`);
});

test('when a row cannot be packed, the store is given all of its window as they are, and decides', async (t) => {
  const { log, store, writer } = await open(t);
  await append(log, [event('a'), event('unpackable'), event('b')]);
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a', 'b', 'unpackable']);
});

test('a record that cannot be decoded goes to quarantine and reading goes on behind it', async (t) => {
  const { log, store, writer } = await open(t);
  await append(log, [event('a')]);
  await log.append(0, 2, Uint8Array.of(1, 123));
  await append(log, [event('b')]);
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a', 'b']);
  const { items } = await store.memory.quarantined({ limit: 9 });
  assert.deepEqual(
    items.map(({ offset, reason }) => [offset, reason]),
    [
      [1, 'undecodable'],
      [2, 'undecodable'],
    ],
  );
});

test('when the thread ends in the middle of a window, another makes it again', async (t) => {
  const { log, store, writer } = await open(t);
  const endThread = join(temporaryDirectory(t), 'end');
  writeFileSync(endThread, '');
  await append(log, [event('a'), event('b', { properties: { endThread } }), event('c'), event('a')]);
  await settled(writer);
  assert.deepEqual(await storedIds(store), ['a', 'b', 'c']);
  assert.ok(isBalanced(writer.status().ledger!));
});

test('a copy of an event that is being stored is known when the thread that knew it has ended', async (t) => {
  const directory = temporaryDirectory(t);
  const endThread = join(directory, 'end');
  const held = Promise.withResolvers<void>();
  const began = Promise.withResolvers<void>();
  const { log, store, writer } = await open(t, {
    onInsert: async () => {
      began.resolve();
      await held.promise;
    },
  });
  writeFileSync(endThread, '');
  await append(log, [event('a', { properties: { endThread, afterMs: 50 } })]);
  await began.promise;
  // the thread has nothing to do when it ends; a new one would take the copy for new
  await sleep(300);
  const many = Array.from({ length: 6_000 }, (_, index) => event(`e${index}`));
  await append(log, [...many, event('a')]);
  await sleep(300);
  held.resolve();
  await settled(writer);
  assert.equal((await storedIds(store)).filter((id) => id === 'a').length, 1);
  const { stored, duplicates } = writer.status().ledger!;
  assert.deepEqual([stored, duplicates], [6_001, 1]);
});

test('rows that have landed before an error are not given again, the others are made once more from the log', async (t) => {
  const log = openMemoryLog();
  const store = new FaultyStore(systemClock, {
    inserts: ['part', 'after', 'before', 'late'],
    reconcileFailures: [1],
    isRefused: (eventId) => eventId === 'bad',
    progressLag: 0,
  });
  const { store: session } = store.session({ packer });
  const quick = { ...config, flushIntervalMs: 1, backoffMinMs: 1, backoffMaxMs: 20 };
  const writer = await writerOf(t, { log, store: session, clock: systemClock, config: quick });
  for (let round = 0; round < 6; round++) {
    const ids = ['x', 'y', 'z', 'bad', 'w'].map((name) => (name === 'bad' ? name : `${name}${round}`));
    await append(
      log,
      [...ids, 'x0'].map((id) => event(id)),
    );
    await settled(writer);
  }
  const expected = Array.from({ length: 6 }, (_, round) => ['x', 'y', 'z', 'w'].map((name) => name + round));
  assert.deepEqual(await storedIds(store), [...expected.flat(), 'bad'].sort());
  const { items } = await store.memory.quarantined({ limit: 9 });
  assert.deepEqual(
    items.map(({ eventId, reason }) => [eventId, reason]),
    [['bad', 'refused']],
  );
});
