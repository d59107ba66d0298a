/**
 * The engine is killed in the middle of inserts, again and again. A writer as small as can be goes on by the contract:
 * reconcile after every error, insert what is missing. At the end each row is there once, and the rollups say the same.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import type { Store } from '../../../src/store/store.ts';
import { batchesOf, eventRow } from '../../../src/testing/rows.ts';
import { killEngine, openStore, storeOn } from './store-helpers.ts';

const kills = 5;
const windowRows = 2_000;

test('an engine that is killed during inserts loses no row and doubles none', async (t) => {
  const { store: first, engine, client } = await openStore(t);
  let store = first;
  let inserted = 0;
  let failures = 0;
  const written = { 0: 0, 1: 0 };
  for (let kill = 0; kill < kills; kill++) {
    const stop = new AbortController();
    const writers = ([0, 1] as const).map(async (partition) => {
      while (!stop.signal.aborted) {
        failures += await writeWindow(store, partition, written[partition]);
        written[partition] += windowRows;
        inserted += windowRows;
      }
    });
    await new Promise((resolve) => setTimeout(resolve, 50 + 137 * kill));
    await killEngine(engine);
    stop.abort();
    await Promise.all(writers);
    // every other time the server's process is new as well: all that was in memory is gone
    if (kill % 2 === 1) {
      await store.close();
      store = await storeOn(engine, new ClickHouseClient(() => engine.target()));
      const latest = store;
      t.after(() => latest.close());
    }
  }
  assert.ok(failures > 0, 'no kill hit an insert: the test says nothing');
  const [counts] = await client.rows<[string, string]>(
    'SELECT count(), uniqExact(_partition, _offset) FROM events',
  );
  assert.deepEqual(counts?.map(Number), [inserted, inserted]);
  assert.deepEqual(await store.verifyRollups(), []);
  assert.deepEqual(await store.reconcile(0, 0, written[0]), [[0, written[0]]]);
});

/** Resolves once the whole window is stored; gives how many attempts failed. */
async function writeWindow(store: Store, partition: number, from: number): Promise<number> {
  const rows = Array.from({ length: windowRows }, (_, i) => rowAt(partition, from + i));
  const next = from + windowRows;
  let missing: readonly EventRow[] = rows;
  for (let failures = 0; ; ) {
    try {
      const progress = { next, stored: next, duplicates: 0, quarantined: 0 };
      for (const batch of batchesOf(partition, missing, progress)) await store.insert(batch);
      return failures;
    } catch (error) {
      assert.ok(isFailure(error) && error.code !== 'store_refused', String(error));
      failures++;
      const stored = await reconciled(store, partition, from, next);
      missing = rows.filter(({ offset }) => !stored.some(([first, end]) => offset >= first && offset < end));
    }
  }
}

async function reconciled(store: Store, partition: number, from: number, to: number) {
  for (;;) {
    try {
      return await store.reconcile(partition, from, to);
    } catch (error) {
      assert.ok(isFailure(error) && error.retryable, String(error));
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}

/** Most of today, some of another month: so a window is two inserts. */
function rowAt(partition: number, offset: number): EventRow {
  const day = offset % 10 === 0 ? Date.UTC(2025, 4, 20 + (offset % 7)) : Date.UTC(2025, 5, 15);
  return eventRow({
    partition,
    offset,
    project: `p${offset % 3}`,
    timestamp: day + ((offset * 7919) % 86_400) * 1000,
    personKey: BigInt(1 + (offset % 700)),
    amount: offset % 4 === 0 ? 10_000n : null,
    properties: { n: offset },
  });
}
