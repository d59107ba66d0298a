/** Events of each sequence are put in order, however they came. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { orderSequences } from '../../../src/store/clickhouse/sequence-order.ts';

const event = fc.record({
  // far apart, equal, before 1970
  time: fc.constantFrom(-5, 0, 1, 1, 2, 1_750_000_000_000),
  // above 2^32 too: what decides between equal times has two words
  place: fc.oneof(fc.bigInt(0n, 20n), fc.bigInt(2n ** 48n, 2n ** 48n + 3n), fc.bigInt(0n, 2n ** 63n)),
  tag: fc.nat(255),
});

test('events are in the order of time and place within each sequence, and what belongs to one stays with it', () => {
  const lists = fc.array(fc.array(event, { maxLength: 80, size: 'max' }), { maxLength: 4 });
  fc.assert(
    fc.property(lists, (all) => {
      let end = 0;
      const flat = all.flat();
      const times = Float64Array.from(flat, ({ time }) => time);
      const places = new Uint32Array(BigUint64Array.from(flat, ({ place }) => place).buffer);
      const tags = Uint32Array.from(flat, ({ tag }) => tag);
      const shown = Uint8Array.from(flat, ({ tag }) => tag);
      orderSequences({
        ends: Uint32Array.from(all, (one) => (end += one.length)),
        times,
        places,
        others: [tags, shown],
      });
      const wanted = all.flatMap((one) =>
        one.toSorted((a, b) => a.time - b.time || (a.place < b.place ? -1 : a.place > b.place ? 1 : 0)),
      );
      assert.deepEqual(
        [...times],
        wanted.map(({ time }) => time),
      );
      assert.deepEqual(
        [...new BigUint64Array(places.buffer)],
        wanted.map(({ place }) => place),
      );
      // equal events may change places
      const isSame = (a: number, i: number): boolean =>
        flat.some(
          ({ tag, time, place }) => tag === a && time === wanted[i]!.time && place === wanted[i]!.place,
        );
      assert.ok([...tags].every(isSame));
      assert.deepEqual([...shown], [...tags]);
    }),
    { numRuns: 500 },
  );
});
