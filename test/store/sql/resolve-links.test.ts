/** Links from id to id, followed at once for all of them, against the evaluator that follows each by itself. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { identityOf } from '../../../src/store/memory/evaluate-identity.ts';
import { resolveLinks } from '../../../src/store/sql/resolve-links.ts';
import { eventRow } from '../../../src/testing/rows.ts';

test('chains, trees and circles of links lead to the person that the evaluator says', () => {
  const target = fc.integer({ min: 1, max: 12 });
  fc.assert(
    fc.property(fc.array(fc.tuple(target, target), { maxLength: 20 }), (pairs) => {
      const firsts = new Map(pairs.toReversed().filter(([from, to]) => from !== to));
      const rows = [...firsts].map(([from, to], offset) =>
        eventRow({
          type: 'alias',
          previousId: String(from),
          userId: String(to),
          personKey: BigInt(to),
          offset,
        }),
      );
      const keys = BigUint64Array.from(firsts.keys(), BigInt);
      const persons = resolveLinks(keys, BigUint64Array.from(firsts.values(), BigInt));
      const identity = identityOf(rows, BigInt);
      assert.deepEqual([...persons], [...keys].map(identity));
    }),
    { numRuns: 2_000 },
  );
});

test('a chain of many links costs no more than its length', () => {
  const length = 200_000;
  const keys = BigUint64Array.from({ length }, (_, i) => BigInt(i + 1));
  const persons = resolveLinks(
    keys,
    BigUint64Array.from({ length }, (_, i) => BigInt(i + 2)),
  );
  assert.ok(persons.every((person) => person === BigInt(length + 1)));
});
