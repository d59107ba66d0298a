/** What questions may cost, by key, and what the one that is too much is told. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, isFailure, type MillraceError } from '../../src/errors.ts';
import type { Asker } from '../../src/query/asker.ts';
import { defaultQuerySettings } from '../../src/query/query-settings.ts';
import { openStage, today } from './support.ts';

const greedy: Asker = { id: 'key_g', limits: { rowsMax: 2, timeMs: 1_000 } };
const plain: Asker = { id: 'key_p' };

async function refusal(work: Promise<unknown>): Promise<MillraceError> {
  try {
    await work;
  } catch (error) {
    assert.ok(isFailure(error), String(error));
    return error;
  }
  throw new Error('it was answered');
}

test('a key with limits of its own spends those, and one without what the settings say', async () => {
  const { query, store, add, clock } = openStage({ memoryBytes: 5_000_000 });
  await query.ask(today, { project: 'p', asker: plain });
  const { timeMs, rowsMax } = defaultQuerySettings;
  assert.deepEqual(store.lastBudget, { timeMs, rowsMax, memoryBytes: 5_000_000 });
  await add({});
  clock.advance(1);
  await query.ask(today, { project: 'p', asker: greedy });
  assert.deepEqual(store.lastBudget, { timeMs: 1_000, rowsMax: 2, memoryBytes: 5_000_000 });
});

test('a refusal names the limit, its value, where this asker has it from, and what would help', async () => {
  const { query, add } = openStage({ rowsMax: 1 });
  await add({}, {}, {});
  const plan = { ...today, exact: true, by: 'type' };
  const own = await refusal(query.ask(plan, { project: 'p', asker: greedy }));
  assert.equal(own.code, 'over_rows');
  assert.deepEqual([own.details.limitRows, own.details.setting], [2, 'limits.rowsMax of the key key_g']);
  assert.match(
    own.message,
    /more than 2 rows \(limits\.rowsMax of the key key_g\); ask for a shorter range, people without "exact", fewer groups,/,
  );
  assert.match(own.message, /or a sample \("sample": 0\.1\)$/);
  const common = await refusal(query.ask(plan, { project: 'p', asker: plain }));
  assert.match(common.message, /more than 1 rows \(MILLRACE_QUESTION_ROWS_MAX\)/);
  const funnel = { ...today, kind: 'funnel', sample: 0.1, steps: Array(2).fill({ filter: typed }) };
  const people = await refusal(query.ask(funnel, { project: 'p', asker: plain }));
  assert.match(people.message, /a shorter range or steps that fewer events match$/);
});

const typed = { field: 'type', op: 'exists' };

test('who may spend more does not share the run of one who may spend less', async () => {
  const { query, store, clock, add } = openStage({ rowsMax: 1_000 });
  await add({}, {}, {});
  const held = Promise.withResolvers<void>();
  store.beforeRun = () => held.promise;
  const asked = [greedy, plain, { id: 'key_q' }].map((asker) => query.ask(today, { project: 'p', asker }));
  clock.advance(1);
  await new Promise(setImmediate);
  held.resolve();
  const [first, ...others] = await Promise.allSettled(asked);
  assert.ok(first?.status === 'rejected' && isFailure(first.reason, 'over_rows'));
  assert.ok(others.every(({ status }) => status === 'fulfilled'));
  assert.equal(store.runs, 2);
});

test('a key that asks too much at once is refused with where its bound is set, while another key is answered', async () => {
  const { query, store } = openStage();
  const held = Promise.withResolvers<void>();
  store.beforeRun = () => held.promise;
  const asker: Asker = { id: 'key_g', limits: { concurrencyMax: 2, waitingMax: 1 } };
  const ask = (n: number, as: Asker) =>
    query.ask(
      { ...today, filter: { field: 'properties.n', op: 'eq', value: n } },
      { project: 'p', asker: as },
    );
  const taken = [1, 2, 3].map((n) => ask(n, asker));
  await new Promise(setImmediate);
  const { code, message } = await refusal(ask(4, asker));
  assert.equal(code, 'questions_too_many');
  assert.match(
    message,
    /1 beside 2 at work \(limits\.waitingMax of the key key_g\); ask again once one is answered/,
  );
  const other = ask(5, plain);
  await new Promise(setImmediate);
  assert.deepEqual(query.usage(), { inside: 3, waiting: 1 });
  held.resolve();
  await Promise.all([...taken, other]);
});

test('a question of forty parts takes the places of its key and no more, and is never refused by itself', async () => {
  const { query, store, ask } = openStage();
  let most = 0;
  store.beforeRun = async () => {
    most = Math.max(most, query.usage().inside);
    await new Promise(setImmediate);
  };
  const series = Array.from({ length: 20 }, (_, n) => ({
    filter: { field: 'properties.n', op: 'eq', value: n },
  }));
  const { meta } = await ask({ ...today, series, compare: 'previous', explain: true });
  assert.equal(store.runs, 40);
  assert.equal(most, 3);
  assert.equal(meta.explain?.cache, 'miss');
  assert.deepEqual(meta.explain?.tables, ['events']);
});

test('all parts of a question together take no longer than one question may', async () => {
  const { store, clock, ask } = openStage({ timeMs: 1_000, keyConcurrencyMax: 1 });
  store.beforeRun = async () => clock.advance(400);
  const series = Array.from({ length: 20 }, (_, n) => ({
    filter: { field: 'properties.n', op: 'eq', value: n },
  }));
  const { code } = await refusal(ask({ ...today, series }));
  assert.equal(code, 'over_time');
  assert.ok(store.runs < 6, `${store.runs}`);
});

test('every kind explains itself when it is asked to, and says nothing of it otherwise', async () => {
  const { ask, add } = openStage();
  await add({ type: 'a', userId: 'ada' }, { type: 'b', userId: 'ada' });
  const { kind: _, ...range } = today;
  const plans: readonly object[] = [
    { kind: 'summary' },
    { kind: 'trend', interval: 'day' },
    { kind: 'breakdown', by: 'type' },
    { kind: 'events' },
    { kind: 'funnel', steps: [{ filter: typed }, { filter: typed }] },
    { kind: 'retention', period: 'day' },
    { kind: 'paths' },
    { kind: 'sessions' },
    { kind: 'users' },
    { kind: 'user', person: 'ada' },
    { kind: 'live' },
  ];
  for (const plan of plans) {
    const { meta } = await ask({ ...range, ...plan, explain: true });
    assert.ok(meta.explain !== undefined, JSON.stringify(plan));
    assert.ok(meta.explain.passes.length > 0);
    assert.deepEqual(Object.keys(meta.explain), ['passes', 'tables', 'rowsRead', 'computedInMs', 'cache']);
    assert.equal((await ask({ ...range, ...plan })).meta.explain, undefined);
  }
});

test('failures that are no refusals are told as they are', async () => {
  const { ask, store } = openStage();
  store.beforeRun = async () => {
    throw failure('store_unavailable', { detail: 'gone' });
  };
  assert.equal((await refusal(ask())).code, 'store_unavailable');
});
