/** Rows that take much more room in the store than they took in the log: they are cut into blocks that the engine takes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import type { JsonObject } from '../../../src/event/event.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { BlockPack, blockBytesMax } from '../../../src/store/clickhouse/row-pack.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { openEngine } from '../embedded/engine-helpers.ts';
import { storeOn } from './store-helpers.ts';

const timestamp = Date.UTC(2025, 5, 15);

/** 15 KB as an event, within every limit of properties; 3 MB of paths. */
function deepProperties(n: number): JsonObject {
  let object: JsonObject = Object.fromEntries(Array.from({ length: 250 }, (_, i) => [`k${i}`, n]));
  for (let level = 0; level < 14; level++)
    object = { ['😀'.repeat(199) + String.fromCharCode(97 + level)]: object };
  return object;
}

const wideRows = (many: number, first = 0) =>
  Array.from({ length: many }, (_, i) =>
    eventRow({ project: 'p', offset: first + i, timestamp, properties: deepProperties(i) }),
  );

function blocksOf(rows: readonly EventRow[], bytesMax: number): readonly Uint8Array[] {
  const pack = BlockPack.within(bytesMax);
  for (const row of rows) pack.add(row);
  return pack.seal().blocks;
}

test('rows are cut into blocks within the bound, all of them in their order', () => {
  const rows = Array.from({ length: 5000 }, (_, offset) =>
    eventRow({ project: 'p', offset, timestamp, properties: { n: 'x'.repeat(100) } }),
  );
  const bytesMax = 200_000;
  const blocks = blocksOf(rows, bytesMax);
  assert.ok(blocks.length > 3);
  assert.ok(blocks.every((block) => block.byteLength <= bytesMax));
  // columns and rows are the first two numbers of a block, in base 128
  const counts = blocks.map((block) => (block[1]! % 128) | ((block[1]! < 128 ? 0 : block[2]!) << 7));
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    rows.length,
  );
  assert.equal(blocksOf(rows, Number.POSITIVE_INFINITY).length, 1);
  assert.equal(blocksOf(wideRows(2), bytesMax).length, 2, 'a row that is too large goes by itself');
});

test('properties that grow to many times their size make more blocks, not larger ones', () => {
  const rows = wideRows(30);
  assert.ok(Buffer.byteLength(JSON.stringify(rows[0]!.properties)) < 32_768);
  const blocks = blocksOf(rows, blockBytesMax);
  assert.equal(blocks.length, 2);
  assert.ok(blocks.every((block) => block.byteLength > blockBytesMax / 4));
});

test('a block that is over the bound of the engine counts as refused, so that fewer rows are tried', async (t) => {
  const { engine } = await openEngine(t, { environment: { MILLRACE_ENGINE_INSERT_BYTES: '1MiB' } });
  const store = await storeOn(engine, new ClickHouseClient(() => engine.target()));
  t.after(() => store.close());
  const insert = store.insert({ partition: 0, rows: wideRows(1), quarantined: [] });
  await assert.rejects(insert, (error) => isFailure(error, 'store_refused'));
  assert.deepEqual(await store.reconcile(0, 0, 10), []);
});
