/** Times of all centuries: few partitions, a batch of many months, and rollups that are repaired all the same. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { eventRow } from '../../../src/testing/rows.ts';
import { openStore } from './store-helpers.ts';

const times = Array.from({ length: 45 }, (_, index) => Date.UTC(1900 + index * 3, index % 12, 28, 23, 50));

describe('partitions', () => {
  test('all months before 2010 are one, so that old times cost no more than new ones', async (t) => {
    const { store, client } = await openStore(t);
    const rows = times.map((timestamp, offset) =>
      eventRow({ offset, timestamp, userId: 'u', personKey: 1n }),
    );
    const progress = { next: rows.length, stored: rows.length, duplicates: 0, quarantined: 0 };
    await store.insert({ partition: 0, rows, quarantined: [], progress });

    for (const table of ['events', 'rollup_counts', 'rollup_users']) {
      const ids = await client.rows<[string]>(`SELECT DISTINCT _partition_id FROM ${table} ORDER BY 1`);
      const since2010 = times.filter((time) => time >= Date.UTC(2010)).length;
      assert.equal(ids.length, 1 + since2010, table);
      assert.deepEqual(ids[0], ['200912']);
    }
    assert.deepEqual(await store.verifyRollups(), []);

    await client.command("ALTER TABLE rollup_counts DROP PARTITION ID '200912'");
    const days = times.map((time) => new Date(time).toISOString().slice(0, 10));
    assert.notDeepEqual(await store.verifyRollups(), []);
    await store.rebuildRollups(days.slice(0, 10));
    const left = await store.verifyRollups();
    assert.deepEqual(
      [...new Set(left.map(({ day }) => day))],
      days.slice(10).filter((day) => day < '2010'),
    );
    await store.rebuildRollups();
    assert.deepEqual(await store.verifyRollups(), []);

    await store.deleteProject('p');
    const counts = await client.rows<[string]>('SELECT count() FROM rollup_counts');
    assert.deepEqual(counts, [['0']]);
  });
});
