import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { LogFile } from '../../../src/log/disk/file-system.ts';
import { encodeRecord, headerBytes } from '../../../src/log/disk/record-codec.ts';
import { SegmentReader } from '../../../src/log/disk/segment-reader.ts';

/** A segment in memory, made of records given as [offset, count, bytes of payload]. */
function segmentOf(records: readonly (readonly [number, number, number])[]): Buffer {
  const parts = records.map(([offset, count, size]) => {
    const target = Buffer.alloc(headerBytes + size);
    encodeRecord(target, 0, { salt: 7, offset, count, payload: Buffer.alloc(size, 0x61) });
    return target;
  });
  return Buffer.concat(parts);
}

function fileOf(bytes: Buffer): LogFile {
  const refuse = () => Promise.reject(new Error('a reader only reads'));
  return {
    read: async (buffer, position) => bytes.copy(buffer, 0, position, position + buffer.byteLength),
    write: refuse,
    sync: refuse,
    truncate: refuse,
    close: refuse,
  };
}

/** What a walk from the start finds: the offset of each record, or the place of damage and what follows it. */
async function walk(bytes: Buffer, end = bytes.length): Promise<string[]> {
  const reader = new SegmentReader(fileOf(bytes), { position: 0, end, offset: 0, aroundUnreadable: false });
  const found: string[] = [];
  for (;;) {
    const step = reader.buffered() ?? (await reader.next());
    if (step.kind === 'end') return found;
    if (step.kind === 'record') found.push(`${step.offset}`);
    else found.push(`damage at ${step.position}, then ${step.nextOffset}: ${step.detail}`);
  }
}

test('records follow each other without a hole in their offsets', async () => {
  const whole = segmentOf([
    [0, 2, 10],
    [2, 1, 0],
    [3, 5, 20],
  ]);
  assert.deepEqual(await walk(whole), ['0', '2', '3']);
  const hole = segmentOf([
    [0, 2, 10],
    [3, 1, 10],
  ]);
  assert.deepEqual(await walk(hole), ['0', 'damage at 38, then 3: offset 2 was due, the record has 3', '3']);
});

test('a record of an offset that was read already is never given again', async () => {
  const again = segmentOf([
    [0, 2, 10],
    [0, 2, 10],
    [2, 1, 10],
  ]);
  assert.deepEqual(await walk(again), ['0', 'damage at 38, then 2: offset 2 was due, the record has 0', '2']);
});

test('the record behind damage is found wherever a chunk of reading ends', async () => {
  const chunkBytes = 1024 * 1024;
  for (let over = -headerBytes - 2; over <= 2; over++) {
    const size = chunkBytes - headerBytes + over;
    const bytes = segmentOf([
      [0, 1, size],
      [1, 1, 10],
    ]);
    bytes[0]! ^= 1;
    assert.deepEqual(await walk(bytes), ['damage at 0, then 1: no record begins here', '1'], `${over}`);
  }
});

test('a length that cannot be is no reason to read past the end', async () => {
  const bytes = segmentOf([[0, 1, 10]]);
  bytes.writeUInt32LE(60 * 1024 * 1024, 12);
  assert.deepEqual(await walk(bytes), [
    'damage at 0, then undefined: a record of 62914560 bytes ends past the file',
  ]);
  bytes.writeUInt32LE(0xffffffff, 12);
  assert.deepEqual(await walk(bytes), ['damage at 0, then undefined: no record begins here']);
});

test('a file that is shorter than it should be is damage', async () => {
  const bytes = segmentOf([[0, 1, 10]]);
  assert.deepEqual(await walk(bytes, 1000), ['0', 'damage at 38, then undefined: no record begins here']);
  assert.deepEqual(await walk(Buffer.alloc(0), 10), [
    'damage at 0, then undefined: 10 bytes are too few for a record',
  ]);
  assert.deepEqual(await walk(Buffer.alloc(0)), []);
});
