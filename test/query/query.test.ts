import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { failure, isFailure } from '../../src/errors.ts';
import { cutFuture } from '../../src/query/passes/cut-future.ts';
import type { BreakdownData, NumbersData, SummaryData, TrendData } from '../../src/query/wire.ts';
import type { Signals } from '../../src/telemetry/signals.ts';
import { plansAbout, questionOf, worlds } from '../../src/testing/generators.ts';
import { insertRows } from '../../src/testing/rows.ts';
import { now, openStage, today, yesterday } from './support.ts';

test('a question that is no plan is refused before the store is asked', async () => {
  const { ask, store } = openStage();
  await assert.rejects(ask({ kind: 'summary' }), (error) => isFailure(error, 'plan_invalid'));
  assert.equal(store.runs, 0);
});

test('the project is that of the asker', async () => {
  const { query, add } = openStage();
  await add({ project: 'q' }, { project: 'p' });
  const { data } = await query.ask(today, { project: 'q' });
  assert.equal((data as SummaryData).total.events, 1);
  const other = query.ask({ ...today, project: 'p' }, { project: 'q' });
  await assert.rejects(other, (error) => isFailure(error, 'plan_invalid'));
});

test('every run has the budget of the settings', async () => {
  const { ask, store } = openStage({ timeMs: 1, memoryBytes: 2, rowsMax: 3 });
  await ask();
  assert.deepEqual(store.lastBudget, { timeMs: 1, memoryBytes: 2, rowsMax: 3 });
});

test('a question over its budget is refused with the limit', async () => {
  const { ask, add } = openStage({ rowsMax: 1 });
  await add({}, {});
  await assert.rejects(ask(), (error) => isFailure(error, 'over_rows') && error.details.limitRows === 1);
});

test('a question of a second or longer is told with its plan, what it read, and how it ended', async () => {
  const { ask, store, clock, telemetry, add } = openStage();
  await add({});
  const told: Signals['query.slow'][] = [];
  telemetry.subscribe('query.slow', (signal) => told.push(signal));
  store.beforeRun = async () => clock.advance(999);
  await ask(today);
  assert.equal(told.length, 0);
  store.beforeRun = async () => clock.advance(1_000);
  await ask(yesterday);
  store.beforeRun = async () => {
    clock.advance(1_500);
    throw failure('store_unavailable', { detail: 'it went away' });
  };
  await assert.rejects(ask({ ...today, metrics: ['users'] }));
  assert.deepEqual(
    told.map(({ plan: _, ...rest }) => rest),
    [
      { project: 'p', kind: 'summary', durationMs: 1_000, outcome: 'answered', source: 'rows', rowsRead: 1 },
      { project: 'p', kind: 'summary', durationMs: 1_500, outcome: 'store_unavailable' },
    ],
  );
  assert.deepEqual(told[0]?.plan, yesterday);
});

test('a bucket is complete when the range holds all of it and it is over', async () => {
  const { ask, add, clock } = openStage();
  await add({});
  const plan = { kind: 'trend', interval: 'hour', from: '2025-06-15T09:30Z', to: '2025-06-15T14:00Z' };
  const complete = async () => ((await ask(plan)).data as TrendData).buckets.map((bucket) => bucket.complete);
  assert.deepEqual(await complete(), [false, true, true, false, false]);
  clock.advance(3_600_000 - 1);
  assert.deepEqual(await complete(), [false, true, true, false, false]);
  clock.advance(1);
  assert.deepEqual(
    await complete(),
    [false, true, true, true, false],
    'also when the answer comes from the cache',
  );
});

test('the future is in the answer as zeros and not in what the store is asked', async () => {
  const { ask, store } = openStage();
  const { data } = await ask({ kind: 'trend', interval: 'day', from: '2025-06-14', to: '2025-06-30' });
  assert.equal((data as TrendData).buckets.length, 16);
  assert.deepEqual((data as TrendData).total.events, Array(16).fill(0));
  assert.equal(store.lastQuestion?.plan.to, Date.UTC(2025, 5, 17));
  assert.deepEqual(
    store.lastQuestion?.edges,
    [14, 15, 16, 17].map((day) => Date.UTC(2025, 5, day)),
  );
});

test('cutting the future loses no event that can exist', () => {
  const plans = worlds(1).chain((world) => plansAbout(world));
  const shift = fc.integer({ min: -10 * 86_400_000, max: 10 * 86_400_000 });
  fc.assert(
    fc.property(plans, shift, (plan, ms) => {
      const question = questionOf(plan);
      const at = plan.from + ms;
      const cut = cutFuture(question, at);
      assert.equal(cut.edges[0], plan.from);
      assert.equal(cut.edges.at(-1), cut.plan.to);
      assert.deepEqual(cut.edges.slice(0, -1), question.edges.slice(0, cut.edges.length - 1));
      if (cut.plan.to < plan.to) assert.ok(cut.plan.to > at + 86_400_000);
      assert.ok(cut.plan.from < cut.plan.to);
    }),
  );
});

test('the buckets of a trend and the groups of an answer add up to the summary', async () => {
  const cases = worlds(30).chain((world) => fc.tuple(fc.constant(world), plansAbout(world)));
  await fc.assert(
    fc.asyncProperty(cases, async ([world, plan]) => {
      const { query, store } = openStage();
      await insertRows(store, 0, world.rows);
      const { by, ...rest } = plan;
      const ask = async (input: object) => (await query.ask(input, { project: 'p' })).data as NumbersData;
      const whole = (await ask({
        ...rest,
        kind: 'summary',
        interval: undefined,
        limit: undefined,
      })) as SummaryData;
      const data = (await ask(plan)) as SummaryData | TrendData | BreakdownData;
      const add = (events: number | readonly number[]): number =>
        typeof events === 'number' ? events : events.reduce((sum, one) => sum + one, 0);
      assert.equal(add(data.total.events), whole.total.events);
      const groups = data.groups?.map((group) => add(group.events));
      assert.equal(
        groups?.reduce((sum, one) => sum + one, 0),
        by === undefined ? undefined : whole.total.events,
      );
    }),
    { numRuns: 50 },
  );
});

test('what ran is told, with its kind, source and cost', async () => {
  const { ask, store } = openStage();
  const { meta } = await ask();
  assert.deepEqual([meta.source, meta.approximate, meta.error], ['rows', false, 0]);
  assert.equal(meta.asOf, new Date(now).toISOString());
  assert.equal(store.runs, 1);
});
