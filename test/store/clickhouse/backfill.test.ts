/** Columns are filled from properties in rows of the embedded engine, whatever interrupts it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { systemClock } from '../../../src/clock.ts';
import { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { allSteps, assertFilled, eventsOf, insertUnfilled, project, task } from '../backfill-checks.ts';
import { killEngine, openStore, storeOn } from './store-helpers.ts';

test('what is absent is filled from properties, month by month, and the second time nothing is left', async (t) => {
  const { store } = await openStore(t);
  await insertUnfilled(store);
  const before = await store.version(project, Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 2));
  const counted = await allSteps(store, { ...task, dryRun: true });
  assert.equal(await store.version(project, Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 2)), before);
  const steps = await allSteps(store);
  assert.deepEqual(steps, counted, 'what it would do is what it does');
  assert.equal(steps.length, 2);
  assert.ok(eventsOf(steps) > 0);
  assert.deepEqual(steps[0]!.days?.[0].slice(0, 7), '2026-01');
  assert.notEqual(await store.version(project, Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 2)), before);
  await assertFilled(store);
  assert.equal(eventsOf(await allSteps(store)), 0);
});

test('an engine that is killed in the middle loses nothing, and the next run does the rest', async (t) => {
  const { store, engine, client } = await openStore(t);
  await insertUnfilled(store, 200);
  // the engine would be done at once
  await client.command('SYSTEM STOP MERGES events');
  const filling = allSteps(store).then(
    () => 'done',
    () => 'broken off',
  );
  const unfinished = 'SELECT toString(count()) FROM system.mutations WHERE NOT is_done';
  while ((await client.rows<[string]>(unfinished))[0]?.[0] === '0') await systemClock.sleep(20);
  await killEngine(engine);
  assert.equal(await filling, 'broken off');
  const again = await storeOn(engine, new ClickHouseClient(() => engine.target()));
  t.after(() => again.close());
  assert.deepEqual(await again.verifyRollups(), [], 'rollups are right before anybody goes on');
  await allSteps(again);
  await assertFilled(again);
});
