/** A project that was removed stays removed: the progress that covers its rows is durable before they go. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { openEngine } from '../embedded/engine-helpers.ts';
import { storeOn } from './store-helpers.ts';

test('after a crash the events of a removed project are not taken for missing ones', async (t) => {
  const { engine } = await openEngine(t);
  const open = () => storeOn(engine, new ClickHouseClient(() => engine.target()));
  const store = await open();
  t.after(() => store.close());
  // the second progress comes too soon after the first to be written by itself
  for (const offset of [0, 1]) {
    const row = eventRow({ project: 'gone', offset, timestamp: Date.UTC(2025, 5, 15) });
    const progress = { next: offset + 1, stored: offset + 1, duplicates: 0, quarantined: 0 };
    await store.insert({ partition: 0, rows: [row], quarantined: [], progress });
  }
  await store.deleteProject('gone');
  // what a new process finds: nothing is closed before it looks
  const after = await open();
  t.after(() => after.close());
  assert.equal((await after.progress(0)).next, 2);
  assert.deepEqual(await after.reconcile(0, 0, 2), []);
});
