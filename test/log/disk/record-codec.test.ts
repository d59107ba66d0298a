import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import {
  crcMatches,
  decodeHeader,
  encodeHeader,
  encodeRecord,
  headerBytes,
} from '../../../src/log/disk/record-codec.ts';

/** CRC32C bit by bit, as the polynomial 0x1EDC6F41 (reflected) defines it. */
function slowCrc32c(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}

test('a record of version 1 has these bytes', () => {
  assert.equal(slowCrc32c(Buffer.from('123456789')), 0xe3069283);
  const target = Buffer.alloc(40);
  const end = encodeRecord(target, 1, {
    salt: 0x01020304,
    count: 2,
    offset: 2 ** 40 + 7,
    payload: Buffer.from('{"a":1}'),
  });
  assert.equal(end, 1 + headerBytes + 7);
  const checked = `${'04030201'}${'07000000'}${'02000000'}${'0700000000010000'}${'7b2261223a317d'}`;
  assert.equal(target.toString('hex'), `00${'ff4d5201'}${'9133f1bc'}${checked}00000000`);
  assert.equal(target.readUInt32LE(5), slowCrc32c(Buffer.from(checked, 'hex')));
});

test('what is encoded is decoded, anywhere in a buffer', () => {
  const numbers = fc.record({
    at: fc.nat(100),
    salt: fc.nat(0xffffffff),
    count: fc.nat(0xffffffff),
    offset: fc.maxSafeNat(),
    payload: fc.uint8Array({ maxLength: 200 }),
  });
  fc.assert(
    fc.property(numbers, ({ at, ...record }) => {
      const target = Buffer.alloc(at + headerBytes + record.payload.length);
      assert.equal(encodeRecord(target, at, record), target.length);
      const header = Buffer.alloc(at + headerBytes);
      const pieces = [record.payload.subarray(0, 7), record.payload.subarray(7)];
      assert.equal(encodeHeader(header, at, { ...record, payload: pieces }), header.length);
      assert.deepEqual(header, target.subarray(0, header.length));
      const { payload, ...fields } = record;
      assert.deepEqual(decodeHeader(target, at), { ...fields, length: payload.length });
      assert.ok(crcMatches(target, at, payload.length));
      assert.deepEqual(new Uint8Array(target.subarray(at + headerBytes)), payload);
    }),
  );
});

test('no flipped bit goes unseen', () => {
  const payload = Buffer.from('a payload');
  const whole = Buffer.alloc(headerBytes + payload.length);
  encodeRecord(whole, 0, { salt: 1, count: 1, offset: 1, payload });
  for (let bit = 0; bit < whole.length * 8; bit++) {
    const flipped = Buffer.from(whole);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const header = decodeHeader(flipped, 0);
    const fits = header !== undefined && headerBytes + header.length <= flipped.length;
    assert.ok(!fits || !crcMatches(flipped, 0, header.length), `bit ${bit}`);
  }
});
