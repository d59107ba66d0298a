import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amountBound, compareAmount } from '../../src/plan/decimal.ts';

test('a number means the decimal that JSON writes for it', () => {
  assert.deepEqual(amountBound('eq', 0.1), { op: 'eq', value: 1_000n });
  assert.deepEqual(amountBound('eq', -12.5), { op: 'eq', value: -125_000n });
  assert.deepEqual(amountBound('eq', 1e-4), { op: 'eq', value: 1n });
  assert.deepEqual(amountBound('eq', 1e13), { op: 'eq', value: 10n ** 17n });
});

test('no amount equals a number with more than four places', () => {
  assert.equal(amountBound('eq', 0.00005), 'never');
  assert.equal(amountBound('eq', 1e-300), 'never');
});

test('an order with a number between two amounts takes the right side', () => {
  assert.deepEqual(amountBound('gt', 1.00005), { op: 'gt', value: 10_000n });
  assert.deepEqual(amountBound('gte', 1.00005), { op: 'gte', value: 10_001n });
  assert.deepEqual(amountBound('lt', 1.00005), { op: 'lt', value: 10_001n });
  assert.deepEqual(amountBound('lte', 1.00005), { op: 'lte', value: 10_000n });
  assert.deepEqual(amountBound('gt', -1.00005), { op: 'gt', value: -10_001n });
  assert.deepEqual(amountBound('lte', -1.00005), { op: 'lte', value: -10_001n });
});

test('numbers past every amount stay comparable in 64 bits', () => {
  const greatest = 10n ** 18n - 1n;
  assert.equal(compareAmount(greatest, 'lt', 1e300), true);
  assert.equal(compareAmount(greatest, 'gte', 1e300), false);
  assert.equal(compareAmount(-greatest, 'gt', -1e300), true);
  assert.equal(amountBound('eq', 1e300), 'never');
});

test('comparisons with whole ten-thousandths are those of integers', () => {
  const tenThousandths = fc.integer({ min: -1_000_000, max: 1_000_000 });
  fc.assert(
    fc.property(tenThousandths, tenThousandths, (a, b) => {
      const value = b / 10_000;
      assert.equal(compareAmount(BigInt(a), 'eq', value), a === b);
      assert.equal(compareAmount(BigInt(a), 'gt', value), a > b);
      assert.equal(compareAmount(BigInt(a), 'gte', value), a >= b);
      assert.equal(compareAmount(BigInt(a), 'lt', value), a < b);
      assert.equal(compareAmount(BigInt(a), 'lte', value), a <= b);
    }),
  );
});
