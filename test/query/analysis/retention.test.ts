/** The triangle of retention folded from bits against the same said plainly over lists of periods. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { RetentionFold } from '../../../src/query/analysis/retention.ts';

interface Person {
  readonly start: number;
  readonly returns: ReadonlySet<number>;
}

const word = 64n;
const bitsOf = ({ returns }: Person): bigint =>
  [...returns].reduce((bits, period) => bits | (1n << BigInt(period)), 0n);

test('the triangle counts who returned in or after each period, on generated people', () => {
  const cases = fc.integer({ min: 1, max: 91 }).chain((periods) =>
    fc.tuple(
      fc.constant(periods),
      fc.constantFrom('on' as const, 'onOrAfter' as const),
      fc.array(
        fc.record({
          start: fc.integer({ min: 0, max: periods - 1 }),
          returns: fc
            .array(fc.integer({ min: 0, max: periods - 1 }), { maxLength: 6 })
            .map((some): ReadonlySet<number> => new Set(some)),
        }),
        { maxLength: 8 },
      ),
    ),
  );
  fc.assert(
    fc.property(cases, ([periods, mode, people]) => {
      const fold = new RetentionFold(mode, periods);
      fold.add({
        starts: Uint8Array.from(people, ({ start }) => start),
        low: BigUint64Array.from(people, (person) => BigInt.asUintN(64, bitsOf(person))),
        high: BigUint64Array.from(people, (person) => bitsOf(person) >> word),
      });
      const wanted = Array.from({ length: periods }, (_, start) => {
        const own = people.filter((person) => person.start === start);
        return Array.from({ length: periods - start }, (__, later) => {
          const isBack = ({ returns }: Person): boolean =>
            mode === 'on'
              ? returns.has(start + later)
              : [...returns].some((period) => period > start && period >= start + later);
          return later === 0 ? own.length : own.filter(isBack).length;
        });
      });
      assert.deepEqual(fold.counts, wanted);
    }),
    { numRuns: 3_000 },
  );
});
