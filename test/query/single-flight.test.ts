import assert from 'node:assert/strict';
import { test } from 'node:test';
import { failure, isFailure } from '../../src/errors.ts';
import { openStage, today, yesterday } from './support.ts';

const isCancelled = (error: unknown): boolean => isFailure(error, 'question_cancelled');
/** Lets everything that can go on do so. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** A stage whose runs wait until they are let go, or their asker leaves. */
function openHeldStage(settings = {}) {
  const stage = openStage(settings);
  const held = Promise.withResolvers<void>();
  let cancelled = 0;
  stage.store.beforeRun = (signal) =>
    new Promise((resolve, reject) => {
      held.promise.then(resolve);
      signal.addEventListener('abort', () => {
        cancelled += 1;
        reject(failure('question_cancelled', {}));
      });
    });
  return { ...stage, release: held.resolve, cancelled: () => cancelled };
}

test('a question that many ask at once runs once', async () => {
  const { ask, store, release, outcomes } = openHeldStage();
  const answers = Array.from({ length: 20 }, () => ask());
  await settle();
  release();
  await Promise.all(answers);
  assert.equal(store.runs, 1);
  assert.deepEqual(outcomes.sort(), ['miss', ...Array(19).fill('shared')]);
});

test('one asker who leaves does not end the question for the others', async () => {
  const { ask, release, cancelled } = openHeldStage();
  const leaver = new AbortController();
  const left = ask(today, leaver.signal);
  const stayed = ask(today, new AbortController().signal);
  await settle();
  leaver.abort();
  await assert.rejects(left, isCancelled);
  assert.equal(cancelled(), 0);
  release();
  assert.equal((await stayed).meta.stale, false);
});

test('the question is cancelled when all askers have left, and the next asker starts it again', async () => {
  const { ask, store, cancelled, release } = openHeldStage();
  const leavers = [new AbortController(), new AbortController()];
  const left = leavers.map((leaver) => ask(today, leaver.signal));
  await settle();
  for (const leaver of leavers) leaver.abort();
  for (const one of left) await assert.rejects(one, isCancelled);
  assert.equal(cancelled(), 1);
  const next = ask();
  await settle();
  release();
  await next;
  assert.equal(store.runs, 2);
});

test('an asker who is gone already is not answered', async () => {
  const { ask, store } = openStage();
  await assert.rejects(ask(today, AbortSignal.abort()), isCancelled);
  assert.equal(store.runs, 0);
});

test('a run that began before a late event is not shared with one who asks after it', async () => {
  const { count, add, store, release } = openHeldStage();
  const before = count(yesterday);
  await settle();
  await add({ timestamp: Date.UTC(2025, 5, 14, 12) });
  const after = count(yesterday);
  await settle();
  release();
  await before;
  assert.equal(await after, 1);
  assert.equal(store.runs, 2);
});

test('a run about today is shared for five seconds although events keep coming', async () => {
  const { ask, add, store, release, clock } = openHeldStage();
  const first = ask();
  await settle();
  await add({});
  clock.advance(5_000);
  const shared = ask();
  await settle();
  clock.advance(1);
  const own = ask();
  await settle();
  release();
  await Promise.all([first, shared, own]);
  assert.equal(store.runs, 2);
});

test('all who share a run that fails get its error', async () => {
  const { ask, store } = openStage();
  store.beforeRun = async () => {
    throw failure('over_rows', { setting: 'S', limitRows: 1 });
  };
  for (const one of await Promise.allSettled([ask(), ask()])) {
    assert.ok(one.status === 'rejected' && isFailure(one.reason, 'over_rows'));
  }
});

test('so many questions run at once, so many wait, and the next is refused', async () => {
  const { ask, query, store, release } = openHeldStage({ concurrencyMax: 2, waitingMax: 3 });
  const question = (n: number) => ({ ...today, filter: { field: 'properties.n', op: 'eq', value: n } });
  const taken = [1, 2, 3, 4, 5].map((n) => ask(question(n)));
  await settle();
  assert.deepEqual(query.usage(), { inside: 2, waiting: 3 });
  assert.equal(store.runs, 2);
  await assert.rejects(
    ask(question(6)),
    (error) => isFailure(error, 'questions_overloaded') && error.retryable,
  );
  release();
  await Promise.all(taken);
  assert.deepEqual(query.usage(), { inside: 0, waiting: 0 });
});

test('an asker who leaves while waiting gives the place in the queue back', async () => {
  const { ask, query, release } = openHeldStage({ concurrencyMax: 1, waitingMax: 1 });
  const first = ask(today);
  await settle();
  const leaver = new AbortController();
  const waiting = ask(yesterday, leaver.signal);
  await settle();
  leaver.abort();
  await assert.rejects(waiting, isCancelled);
  await settle();
  assert.deepEqual(query.usage(), { inside: 1, waiting: 0 });
  release();
  await first;
  assert.deepEqual(query.usage(), { inside: 0, waiting: 0 });
});
