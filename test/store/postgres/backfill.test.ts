/** Columns are filled from properties in rows of PostgreSQL, whatever interrupts it. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { withClient } from '../../../scripts/services/postgres.ts';
import { allSteps, assertFilled, eventsOf, insertUnfilled, project, task } from '../backfill-checks.ts';
import { openStore } from './open-store.ts';

const firstOfFebruary = [Date.UTC(2026, 1, 1), Date.UTC(2026, 1, 2)] as const;

test('what is absent is filled from properties, and the second time nothing is left', async (t) => {
  const { store, close } = await openStore();
  t.after(close);
  await insertUnfilled(store);
  const before = await store.version(project, ...firstOfFebruary);
  const counted = await allSteps(store, { ...task, dryRun: true });
  assert.equal(await store.version(project, ...firstOfFebruary), before);
  const steps = await allSteps(store);
  assert.deepEqual(steps, counted, 'what it would do is what it does');
  assert.ok(eventsOf(steps) > 0);
  assert.notEqual(await store.version(project, ...firstOfFebruary), before);
  await assertFilled(store);
  assert.equal(eventsOf(await allSteps(store)), 0);
});

test('a run whose connections break loses nothing, and the next run does the rest', async (t) => {
  const { store, url, close } = await openStore();
  t.after(close);
  await insertUnfilled(store, 4_000);
  const filling = allSteps(store).then(
    () => 'done',
    () => 'broken off',
  );
  await new Promise((resolve) => setTimeout(resolve, 60));
  await withClient(url, (client) =>
    client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    ),
  );
  t.diagnostic(`the first run was ${await filling}`);
  assert.deepEqual(await store.verifyRollups(), []);
  await allSteps(store);
  await assertFilled(store);
});
