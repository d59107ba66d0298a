/** Events of each sequence are put in order, however they came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderSequences } from '../../../src/store/clickhouse/sequence-order.ts';

/** Integers of `width` words that mostly differ in few of them. */
const integers = (width: number): fc.Arbitrary<readonly number[]> =>
  fc.array(fc.constantFrom(0, 0, 0, 1, 2, 2 ** 31, 2 ** 32 - 1), { minLength: width, maxLength: width });

const integerOf = (words: readonly number[]): bigint =>
  words.reduceRight((value, word) => (value << 32n) | BigInt(word), 0n);

for (const width of [4, 8])
  test(`sequences of events of ${width} words are each put in the order of the integers`, () => {
    const lists = fc.array(fc.array(integers(width), { maxLength: 80, size: 'max' }), { maxLength: 4 });
    fc.assert(
      fc.property(lists, (all) => {
        let end = 0;
        const ends = Uint32Array.from(all, (one) => {
          end += one.length;
          return end;
        });
        const words = Uint32Array.from(all.flat(2));
        orderSequences(words, ends, width);
        const wanted = all.flatMap((one) => one.map(integerOf).sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
        const got = wanted.map((_, i) => integerOf([...words.subarray(i * width, (i + 1) * width)]));
        assert.deepEqual(got, wanted);
      }),
      { numRuns: 300 },
    );
  });
