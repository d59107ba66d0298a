import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Epochs } from '../../../src/log/stream/epochs.ts';
import {
  decodeParts,
  encodeRecord,
  parseEntry,
  parseId,
  partBytesMax,
  recordId,
} from '../../../src/log/stream/stream-record.ts';

const payload = fc.oneof(
  fc.uint8Array({ maxLength: 200 }),
  fc
    .integer({ min: partBytesMax - 2, max: 2 * partBytesMax + 2 })
    .map((length) => new Uint8Array(length).fill(length)),
);

function entriesOf(record: ReturnType<typeof encodeRecord>) {
  return record.parts.map((part, index) => {
    const header = index === 0 ? `${record.header} 1234` : '';
    return parseEntry([`17-${4 * 1024 + index}`, ['h', header, 'd', part]])!;
  });
}

for (const encoding of ['raw', 'base64'] as const) {
  test(`a record comes out of its ${encoding} parts as it went in`, () => {
    fc.assert(
      fc.property(payload, fc.integer({ min: 1, max: 10_000 }), (bytes, count) => {
        const entries = entriesOf(encodeRecord(count, bytes, encoding));
        assert.equal(entries.length, Math.max(1, Math.ceil(bytes.byteLength / partBytesMax)));
        const decoded = decodeParts(
          entries[0]!.header!,
          entries.map(({ data }) => data),
        );
        // never deepEqual on so many bytes: printing their difference takes minutes and gigabytes
        assert.ok(decoded !== undefined && Buffer.compare(decoded, bytes) === 0);
        assert.equal(entries[0]!.header!.count, count);
      }),
      { numRuns: 40 },
    );
  });
}

test('a record with a wrong bit, count or part is none', () => {
  const bytes = Buffer.alloc(partBytesMax + 10, 'x').fill('y', 0, 100);
  const entries = entriesOf(encodeRecord(3, bytes, 'raw'));
  const header = entries[0]!.header!;
  const data = entries.map((entry) => Buffer.from(entry.data as Uint8Array));
  const isWhole = (...args: Parameters<typeof decodeParts>) => decodeParts(...args) !== undefined;
  assert.ok(isWhole(header, data));
  assert.ok(!isWhole({ ...header, count: 4 }, data));
  assert.ok(!isWhole(header, data.toReversed()));
  assert.ok(!isWhole(header, data.slice(1)));
  data[1]![3]! ^= 1;
  assert.ok(!isWhole(header, data));
});

test('an id has the epoch, the index and the part', () => {
  assert.deepEqual(parseId(recordId(1_790_000_000_000, 8_000_000_000)), {
    epoch: 1_790_000_000_000,
    index: 8_000_000_000,
    part: 0,
  });
  assert.deepEqual(parseId('5-2049'), { epoch: 5, index: 2, part: 1 });
  for (const text of ['', '5', 'a-1', '5-', '-1', '5-18446744073709551615'])
    assert.equal(parseId(text), undefined);
});

test('an offset stands in one place, and a place has one offset, over all epochs', () => {
  const epochs = new Epochs({ past: ' 10::5 20:8:3', epoch: '30', base: '', next: '4' });
  assert.deepEqual(epochs.all, [
    { number: 10, base: 0, length: 5 },
    { number: 20, base: 8, length: 3 },
    { number: 30, base: 11, length: 4 },
  ]);
  assert.equal(epochs.isSettled, false);
  assert.equal(epochs.next, 15);
  for (const offset of [0, 4, 8, 10, 11, 14]) assert.equal(epochs.offsetOf(epochs.placeOf(offset)), offset);
  // between two epochs, something was lost: the next one begins behind it
  for (const offset of [5, 6, 7]) assert.deepEqual(epochs.placeOf(offset), { epoch: 20, index: 0 });
  assert.deepEqual(epochs.placeOf(15), { epoch: 30, index: 4 });
  assert.equal(epochs.offsetOf({ epoch: 25, index: 0 }), undefined);
});
