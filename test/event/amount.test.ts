/** Money is exact: what a sender wrote, as far as four places keep it. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseAmount } from '../../src/event/amount.ts';

describe('an amount', () => {
  it('is rounded to four places by its decimal text when it is a number', () => {
    const cases: [number, string][] = [
      [0, '0'],
      [-0, '0'],
      [1, '1'],
      [-12.5, '-12.5'],
      [0.1 + 0.2, '0.3'],
      [1.005, '1.005'],
      [19.99 * 3, '59.97'],
      [0.00005, '0.0001'],
      [-0.00005, '-0.0001'],
      [0.00004999, '0'],
      [-0.00001, '0'],
      [1e-7, '0'],
      [5e-324, '0'],
      [0.99995, '1'],
      [1.23455, '1.2346'],
      [99_999_999_999_999, '99999999999999'],
      [-9_999_999_999.9999, '-9999999999.9999'],
    ];
    for (const [value, expected] of cases) assert.equal(parseAmount(value), expected, String(value));
  });

  it('must fit when it is a string, and loses needless zeros', () => {
    const cases: [string, string][] = [
      ['12.50', '12.5'],
      ['+12', '12'],
      ['-0.0', '0'],
      ['.5', '0.5'],
      ['007.1000000', '7.1'],
      ['99999999999999.9999', '99999999999999.9999'],
      ['-99999999999999.9999', '-99999999999999.9999'],
    ];
    for (const [value, expected] of cases) assert.equal(parseAmount(value), expected, value);
    for (const value of [
      '',
      '.',
      '-',
      '5.',
      '1.00001',
      '1 000',
      '1,5',
      '0x10',
      '1e2',
      'Infinity',
      '--1',
      '١',
    ]) {
      assert.equal((parseAmount(value) as { reason: string }).reason, 'amount_malformed', value);
    }
    assert.equal((parseAmount('100000000000000') as { reason: string }).reason, 'amount_out_of_range');
  });

  it('is in one spelling, which reads as itself', () => {
    const numbers = fc.double({ min: -99_999_999_999_999, max: 99_999_999_999_999, noNaN: true });
    fc.assert(
      fc.property(numbers, (value) => {
        const text = parseAmount(value);
        assert.equal(typeof text, 'string');
        assert.match(text as string, /^(0|-?(0|[1-9]\d{0,13})(\.\d{0,3}[1-9])?)$/);
        assert.equal(parseAmount(text), text);
        assert.ok(Math.abs(Number(text) - value) <= 0.00005 + Math.abs(value) * Number.EPSILON);
      }),
    );
  });

  it('agrees with ten-thousandths counted exactly', () => {
    fc.assert(
      fc.property(fc.bigInt(-(10n ** 18n) + 1n, 10n ** 18n - 1n), (units) => {
        const digits = String(units < 0n ? -units : units).padStart(5, '0');
        const sent = `${units < 0n ? '-' : ''}${digits.slice(0, -4)}.${digits.slice(-4)}`;
        const text = parseAmount(sent) as string;
        const [whole = '', places = ''] = text.split('.');
        assert.equal(BigInt(whole + places.padEnd(4, '0')), units);
      }),
    );
  });
});
