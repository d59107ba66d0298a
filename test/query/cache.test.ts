import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, isFailure } from '../../src/errors.ts';
import { answerAgeMaxMs, answerKeptMs } from '../../src/query/query-settings.ts';
import { eventRow, insertRows } from '../../src/testing/rows.ts';
import { now, openStage, today, yesterday } from './support.ts';

test('the same question is not asked of the store twice while nothing changes', async () => {
  const { ask, add, store, clock, outcomes } = openStage();
  await add({});
  const first = await ask();
  clock.advance(3_600_000);
  const second = await ask({ ...today, bots: 'exclude', timeZone: 'UTC' });
  assert.deepEqual([first.meta.cached, second.meta.cached], [false, true]);
  assert.deepEqual(second.data, first.data);
  assert.equal(store.runs, 1);
  assert.deepEqual(outcomes, ['miss', 'hit']);
});

test('an answer that is still right holds as of now', async () => {
  const { ask, clock } = openStage();
  await ask();
  clock.advance(60_000);
  const { meta } = await ask();
  assert.equal(meta.asOf, new Date(now + 60_000).toISOString());
});

test('questions that differ in anything are asked each by itself', async () => {
  const { ask, store } = openStage();
  const variants = [
    today,
    yesterday,
    { ...today, bots: 'only' },
    { ...today, exact: true },
    { ...today, by: 'type' },
  ];
  for (const variant of variants) await ask(variant);
  await ask({ ...today, filter: { field: 'properties.n', op: 'eq', value: 1 } });
  await ask({ ...today, filter: { field: 'properties.n', op: 'eq', value: '1' } });
  assert.equal(store.runs, variants.length + 2);
});

test('a cheap answer about today is made anew as soon as an event has come', async () => {
  const { count, add, clock } = openStage();
  assert.equal(await count(), 0);
  await add({});
  clock.advance(1);
  assert.equal(await count(), 1);
});

test('an answer about today that cost four seconds is given for five, and says when it was made', async () => {
  const { ask, count, add, store, clock } = openStage();
  store.beforeRun = async () => clock.advance(4_000);
  await ask();
  await add({});
  clock.advance(answerAgeMaxMs - 4_000);
  const young = await ask();
  assert.equal(young.meta.cached, true);
  assert.equal(young.meta.asOf, new Date(now).toISOString());
  clock.advance(1);
  assert.equal(await count(), 1);
});

test('an answer about today that cost 50 ms is given for 100 ms', async () => {
  const { count, add, store, clock } = openStage();
  store.beforeRun = async () => clock.advance(50);
  await count();
  await add({});
  clock.advance(50);
  assert.equal(await count(), 0);
  clock.advance(1);
  assert.equal(await count(), 1);
});

test('an answer about days that are over is never given once a late event has come', async () => {
  const { count, add, store, clock } = openStage();
  store.beforeRun = async () => clock.advance(1_000);
  assert.equal(await count(yesterday), 0);
  await add({ timestamp: now - 24 * 3_600_000 });
  assert.equal(await count(yesterday), 1);
});

test('events of today leave answers about days that are over alone', async () => {
  const { count, add, store } = openStage();
  await count(yesterday);
  await add({});
  await count(yesterday);
  assert.equal(store.runs, 1);
});

test('while the store is down the last good answer is given, marked stale', async () => {
  const { ask, add, store, clock, outcomes } = openStage();
  await add({});
  const good = await ask();
  for (const status of ['down', 'starting'] as const) {
    store.status = status;
    clock.advance(60_000);
    const { data, meta } = await ask();
    assert.deepEqual(data, good.data);
    assert.deepEqual([meta.stale, meta.cached, meta.asOf], [true, true, new Date(now).toISOString()]);
  }
  assert.deepEqual(outcomes, ['miss', 'stale', 'stale']);
  store.status = 'ready';
  assert.equal((await ask()).meta.stale, false);
});

test('a store that fails in the middle of a question gives the last good answer too', async () => {
  for (const code of ['store_unavailable', 'store_unclear'] as const) {
    const { ask, add, store, clock } = openStage();
    await ask();
    await add({});
    clock.advance(60_000);
    store.beforeRun = async () => {
      throw failure(code, { detail: 'the engine died' });
    };
    assert.equal((await ask()).meta.stale, true);
    store.beforeVersion = store.beforeRun as () => Promise<void>;
    assert.equal((await ask()).meta.stale, true);
  }
});

test('a stale answer is kept for a day', async () => {
  const { ask, store, clock } = openStage();
  await ask();
  store.status = 'down';
  clock.advance(answerKeptMs - 1);
  assert.equal((await ask()).meta.stale, true);
  clock.advance(1);
  await assert.rejects(ask(), (error) => isFailure(error, 'store_unavailable'));
});

test('without a good answer the error of the store is the answer', async () => {
  const { ask, store } = openStage();
  store.status = 'down';
  await assert.rejects(ask(), (error) => isFailure(error, 'store_unavailable') && error.retryable);
});

test('other errors give no stale answer, and no error is kept', async () => {
  const { ask, add, store, clock } = openStage();
  await ask();
  await add({});
  clock.advance(60_000);
  store.beforeRun = async () => {
    throw failure('over_time', { setting: 'S', limitMs: 1 });
  };
  await assert.rejects(ask(), (error) => isFailure(error, 'over_time'));
  store.beforeRun = async () => {};
  assert.equal((await ask()).meta.stale, false);
});

test('what the cache holds and is no answer is ignored', async () => {
  for (const garbage of ['', '{"half', 'null', '1', '{}', '{"version":"1"}']) {
    const { ask, cache, store } = openStage();
    await ask();
    cache.get = async () => garbage;
    assert.equal((await ask()).meta.cached, false);
    assert.equal(store.runs, 2);
  }
});

test('a slow run that was overtaken by a newer one does not take its place', async () => {
  const { ask, count, add, store } = openStage();
  const slow = Promise.withResolvers<void>();
  store.beforeRun = () => slow.promise;
  const overtaken = ask(yesterday);
  while (store.runs === 0) await new Promise(setImmediate);
  store.beforeRun = async () => {};
  await add({ timestamp: now - 24 * 3_600_000 });
  assert.equal(await count(yesterday), 1);
  slow.resolve();
  await overtaken;
  const last = await ask(yesterday);
  assert.equal(last.meta.cached, true);
  assert.equal(store.runs, 2);
});

test('an answer whose rows are older than the version that was told is kept for its own version', async () => {
  const { ask, count, add, store } = openStage();
  await add({ timestamp: Date.parse('2025-06-14T10:00:00Z') });
  // a replica that has not seen the event that the version tells of
  store.version = async () => 'new';
  const run = store.run.bind(store);
  store.run = async (...asked) => ({ ...(await run(...asked)), version: 'old' });
  assert.equal(await count(yesterday), 1);
  await add({ timestamp: Date.parse('2025-06-14T11:00:00Z') });
  store.run = async (...asked) => ({ ...(await run(...asked)), version: 'new' });
  assert.equal(await count(yesterday), 2);
  assert.equal((await ask(yesterday)).meta.cached, true);
});

test('an answer about a cohort is made anew when its own range changes', async () => {
  const { query, store } = openStage();
  const day = 86_400_000;
  const from = Date.UTC(2025, 5, 13);
  const row = (offset: number, timestamp: number, type: string) =>
    eventRow({ offset, timestamp, type, personKey: 7n, userId: 'ada' });
  await insertRows(store, 0, [row(0, from, 'pageview')]);
  const buyers = { cohort: { filter: { field: 'type', op: 'eq', value: 'purchase' }, atLeast: 1, days: 30 } };
  const plan = { kind: 'summary', from: '2025-06-13', to: '2025-06-14', filter: buyers };
  const total = async () => {
    const { data } = await query.ask(plan, { project: 'p' });
    return data.kind === 'summary' ? data.total.events : undefined;
  };
  assert.equal(await total(), 0);
  await insertRows(store, 0, [row(1, from - 10 * day, 'purchase')]);
  assert.equal(await total(), 1);
});
