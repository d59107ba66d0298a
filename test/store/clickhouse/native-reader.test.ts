/** Blocks of the engine's own Native format, cut into chunks anywhere. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ClickHouseError } from '../../../src/store/clickhouse/clickhouse-error.ts';
import { type NativeColumn, nativeBlocks } from '../../../src/store/clickhouse/native-reader.ts';
import { startEngine } from '../embedded/engine-helpers.ts';

const sql = `SELECT toUInt64(number) * 36000000000000000 AS a, arrayMap(i -> toFloat64(i) / 2, range(number % 4)) AS b,
  arrayMap(i -> toUInt32(i * 7), range(number % 3)) AS c, toUInt8(number % 200) AS d FROM numbers(500)`;

test('numbers and arrays of numbers come out as they went in, however the bytes are cut', async (t) => {
  const { engine, client } = await startEngine(t);
  await engine.ready();
  const bytes = await whole(client.stream(sql, 'Native', { settings: { max_block_size: 100 } }));
  for (const size of [1, 7, 4_096, bytes.byteLength]) {
    let row = 0;
    for await (const [a, b, c, d] of nativeBlocks(cut(bytes, size))) {
      for (const [i, one] of (a!.values as BigUint64Array).entries()) {
        assert.equal(one, BigInt(row) * 36_000_000_000_000_000n);
        assert.deepEqual(
          itemsOf(b!, i),
          Array.from({ length: row % 4 }, (_, k) => k / 2),
        );
        assert.deepEqual(
          itemsOf(c!, i),
          Array.from({ length: row % 3 }, (_, k) => k * 7),
        );
        assert.equal(d!.values[i], row % 200);
        row++;
      }
    }
    assert.equal(row, 500);
  }
});

test('an answer that ends in the middle is no answer', async (t) => {
  const { engine, client } = await startEngine(t);
  await engine.ready();
  const bytes = await whole(client.stream('SELECT toUInt64(1) AS a', 'Native'));
  for (let length = 1; length < bytes.byteLength; length++)
    await assert.rejects(whole(nativeBlocks(cut(bytes.subarray(0, length), 5)) as never), ClickHouseError);
  const text = await whole(client.stream("SELECT 'x' AS a", 'Native'));
  await assert.rejects(
    whole(nativeBlocks(cut(text, 5)) as never),
    ClickHouseError,
    'a type that nobody asks for',
  );
});

function itemsOf({ ends, values }: NativeColumn, row: number): readonly number[] {
  return [...(values as Float64Array)].slice(row === 0 ? 0 : ends![row - 1], ends![row]);
}

async function* cut(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += size) yield bytes.subarray(at, at + size);
}

async function whole(chunks: AsyncIterable<Uint8Array>): Promise<Uint8Array> {
  const all: Uint8Array[] = [];
  for await (const chunk of chunks) all.push(chunk);
  return Buffer.concat(all);
}
