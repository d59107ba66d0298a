import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { IdHasher } from '../../src/writer/dedupe-hash.ts';

const mask = (1n << 64n) - 1n;
const rotate = (x: bigint, by: bigint) => ((x << by) | (x >> (64n - by))) & mask;
const word = (bytes: Uint8Array, at: number) => Buffer.from(bytes).readBigUInt64LE(at);

/** SipHash-c-d as the paper has it, slow and plain. */
function sipHash(c: number, d: number, key: Uint8Array, message: Uint8Array): bigint {
  let [v0, v1, v2, v3] = [
    word(key, 0) ^ 0x736f6d6570736575n,
    word(key, 8) ^ 0x646f72616e646f6dn,
    word(key, 0) ^ 0x6c7967656e657261n,
    word(key, 8) ^ 0x7465646279746573n,
  ];
  const round = () => {
    v0 = (v0 + v1) & mask;
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = (v2 + v3) & mask;
    v3 = rotate(v3, 16n) ^ v2;
    v0 = (v0 + v3) & mask;
    v3 = rotate(v3, 21n) ^ v0;
    v2 = (v2 + v1) & mask;
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const padded = Buffer.alloc(Math.floor(message.length / 8) * 8 + 8);
  padded.set(message);
  padded[padded.length - 1] = message.length & 0xff;
  for (let at = 0; at < padded.length; at += 8) {
    const m = word(padded, at);
    v3 ^= m;
    for (let i = 0; i < c; i++) round();
    v0 ^= m;
  }
  v2 ^= 0xffn;
  for (let i = 0; i < d; i++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}

test('the plain SipHash that ours is compared with gives the value of the paper', () => {
  const key = Uint8Array.from({ length: 16 }, (_, index) => index);
  const message = Uint8Array.from({ length: 15 }, (_, index) => index);
  assert.equal(sipHash(2, 4, key, message), 0xa129ca6149be45e5n);
});

test('an id is hashed as SipHash-1-3 of its UTF-16 code units, under any key', () => {
  const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
  fc.assert(
    fc.property(key, fc.string({ unit: 'binary', maxLength: 200 }), (given, id) => {
      const hasher = new IdHasher(given);
      hasher.hash(id);
      const found = (BigInt(hasher.high) << 32n) | BigInt(hasher.low);
      assert.equal(found, sipHash(1, 3, given, Buffer.from(id, 'utf16le')));
    }),
    { numRuns: 500 },
  );
});

test('a pair is hashed as both with NUL between them, whatever was hashed before', () => {
  const key = fc.uint8Array({ minLength: 16, maxLength: 16 });
  const text = fc.string({ unit: 'binary', maxLength: 40 });
  fc.assert(
    fc.property(
      key,
      fc.array(fc.tuple(fc.constantFrom('', 'a', 'abc', 'a project'), text)),
      (given, pairs) => {
        const hasher = new IdHasher(given);
        const plain = new IdHasher(given);
        for (const [project, eventId] of pairs) {
          hasher.hashPair(project, eventId);
          plain.hash(`${project}\0${eventId}`);
          assert.deepEqual([hasher.low, hasher.high], [plain.low, plain.high]);
        }
      },
    ),
    { numRuns: 500 },
  );
});
