import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { amountText, averageText } from '../../src/query/money.ts';

test('amounts are decimal text without trailing zeros', () => {
  const cases: [bigint, string][] = [
    [0n, '0'],
    [125_000n, '12.5'],
    [-125_000n, '-12.5'],
    [1n, '0.0001'],
    [-1n, '-0.0001'],
    [10_000n, '1'],
    [1_000_000n, '100'],
    [999_999_999_999_999_999n, '99999999999999.9999'],
  ];
  for (const [amount, text] of cases) assert.equal(amountText(amount), text);
});

test('averages are rounded half away from zero to six places', () => {
  const cases: [bigint, number, string][] = [
    [10_000n, 3, '0.333333'],
    [20_000n, 3, '0.666667'],
    [-20_000n, 3, '-0.666667'],
    [1n, 200, '0.000001'],
    [-1n, 200, '-0.000001'],
    [1n, 201, '0'],
    [-1n, 201, '0'],
    [300_000n, 2, '15'],
    [999_999_999_999_999_999n * 3n, 3, '99999999999999.9999'],
  ];
  for (const [sum, count, text] of cases) assert.equal(averageText(sum, count), text);
});

test('the text of an amount reads back as the amount', () => {
  fc.assert(
    fc.property(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), (amount) => {
      const [whole, fraction = ''] = amountText(amount).split('.') as [string, string?];
      assert.equal(BigInt(whole + fraction.padEnd(4, '0')), amount);
      assert.doesNotMatch(fraction, /0$/);
    }),
  );
});
