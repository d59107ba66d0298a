/** What an experiment needs, as it is asked for in text by the command line and the route. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { planSize } from '../../src/experiment/plan-size.ts';
import { unitsForRate } from '../../src/experiment/sample-size.ts';

describe('the size of an experiment', () => {
  it('is told in users and days', () => {
    const size = planSize({ rate: '0.1', lift: '0.05', perDay: '10000' });
    assert.deepEqual([size.unitsPerVariant, size.units, size.days], [57_763, 115_526, 12]);
    assert.equal(
      size.text,
      'to see a rate of 10 % change by +5.0 %, about 58,000 users of each of the 2 variants are needed, 120,000 in all: 12 days (confidence 95 %, power 80 %)',
    );
    assert.equal(planSize({ rate: '0.1', lift: '0.05', variants: '3' }).units, 3 * 57_763);
    assert.equal(planSize({ mean: '10', deviation: '30', lift: '0.1' }).unitsPerVariant, 14_128);
  });

  it('tells the lift that some days allow, which takes no more than these days', () => {
    const rate = fc.double({ min: 0.001, max: 0.6, noNaN: true });
    fc.assert(
      fc.property(
        rate,
        fc.integer({ min: 5000, max: 10 ** 6 }),
        fc.integer({ min: 7, max: 90 }),
        (of, perDay, days) => {
          const size = planSize({ rate: String(of), perDay: String(perDay), days: String(days) });
          assert.ok(size.days! <= days);
          const smaller = size.lift * 0.99;
          assert.ok(unitsForRate(of, smaller) * 2 > perDay * days * 0.999);
        },
      ),
    );
  });

  for (const [given, message] of [
    [{}, 'give either rate, or mean and deviation'],
    [{ rate: '0.1', mean: '2' }, 'give either rate, or mean and deviation'],
    [{ mean: '2', lift: '0.1' }, 'mean and deviation go together'],
    [{ rate: '0.1' }, 'give lift, or days and perDay'],
    [{ rate: '0.1', days: '9' }, 'give lift, or days and perDay'],
    [
      { rate: '0.1', lift: '0.1', days: '9', perDay: '9' },
      'give either lift or days: one follows from the other',
    ],
    [{ rate: '10', lift: '0.1' }, 'rate must be between 0 and 1, but is "10"'],
    [{ rate: '', lift: '0.1' }, 'rate must be between 0 and 1, but is ""'],
    [{ rate: '0.1', lift: '5%' }, 'lift must be at least 0.000001, or at most -0.000001, but is "5%"'],
    [{ rate: '0.6', lift: '0.9' }, 'lift 0.9 makes the rate 0.6 into 1.14, which is not between 0 and 1'],
    [{ rate: '0.1', lift: '0.1', variants: '1' }, 'variants must be a whole number from 2 to 50, but is "1"'],
    [{ rate: '0.1', lift: '0.1', power: '1' }, 'power must be between 0 and 1, but is "1"'],
    [{ rate: '0.9', days: '1', perDay: '3' }, 'in so few days no lift can be seen: take more days'],
    [{ rate: '1e-12', lift: '1e-6' }, 'so many users do not exist: take a larger lift'],
  ] as const) {
    it(`refuses ${JSON.stringify(given)}: ${message}`, () => {
      assert.throws(() => planSize(given), { code: 'request_invalid', message });
    });
  }
});
