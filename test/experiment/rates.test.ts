/** Rates, their comparison and the sample ratio against statsmodels and SciPy; what must hold for any counts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { normalCritical } from '../../src/experiment/normal.ts';
import {
  differenceInterval,
  liftInterval,
  type Rate,
  rateOf,
  twoProportionTest,
  wilsonInterval,
} from '../../src/experiment/rates.ts';
import { ratioCheck } from '../../src/experiment/sample-ratio.ts';
import { near, values } from './values.ts';

const z = normalCritical(0.05);
const unitsMax = 10 ** 12;
const rates: fc.Arbitrary<Rate> = fc
  .tuple(
    fc.oneof(fc.integer({ min: 1, max: 50 }), fc.integer({ min: 1, max: unitsMax })),
    fc.oneof(fc.constantFrom(0, 1), fc.double({ min: 0, max: 1, noNaN: true })),
  )
  .map(([exposed, share]) => ({ exposed, converted: Math.round(exposed * share) }));

describe('rates', () => {
  for (const { control, variant, p, wilson, difference, lift } of values.rates) {
    it(`of ${control.converted}/${control.exposed} and ${variant.converted}/${variant.exposed} are those of statsmodels`, () => {
      // statsmodels subtracts rates and 1e-12 from 1: it keeps fewer digits than we do
      near(twoProportionTest(control, variant), p, 1e-10, 1e-14);
      const interval = (actual: { low: number; high: number } | null, [low, high]: [number, number]) => {
        near(actual!.low, low, 1e-9, 1e-16);
        near(actual!.high, high, 1e-9, 1e-16);
      };
      interval(wilsonInterval(control, z), wilson[0]!);
      interval(wilsonInterval(variant, z), wilson[1]!);
      interval(differenceInterval(control, variant, z), difference);
      if (lift === null) assert.equal(liftInterval(control, variant, z), null);
      else interval(liftInterval(control, variant, z), lift);
    });
  }

  it('that nobody or everybody has are not tested', () => {
    assert.equal(twoProportionTest({ exposed: 9, converted: 0 }, { exposed: 4, converted: 0 }), null);
    assert.equal(twoProportionTest({ exposed: 9, converted: 9 }, { exposed: 4, converted: 4 }), null);
    assert.equal(liftInterval({ exposed: 9, converted: 9 }, { exposed: 4, converted: 4 }, z), null);
  });

  it('lie within their interval, which lies within 0 and 1', () => {
    fc.assert(
      fc.property(rates, (rate) => {
        const { low, high } = wilsonInterval(rate, z);
        assert.ok(0 <= low && low <= rateOf(rate) && rateOf(rate) <= high && high <= 1);
      }),
    );
  });

  it('compare the same the other way round', () => {
    fc.assert(
      fc.property(rates, rates, (a, b) => {
        const [there, back] = [differenceInterval(a, b, z), differenceInterval(b, a, z)];
        assert.deepEqual([there.low + 0, there.high + 0], [-back.high + 0, -back.low + 0]);
        const difference = rateOf(b) - rateOf(a);
        assert.ok(there.low <= difference && difference <= there.high);
        const p = twoProportionTest(a, b);
        assert.ok(p === null || (p >= 0 && p <= 1));
        if (p !== null) near(twoProportionTest(b, a), p, 1e-9, 1e-300);
        const lift = liftInterval(a, b, z);
        if (lift !== null) {
          const inverse = liftInterval(b, a, z)!;
          near((1 + lift.low) * (1 + inverse.high), 1, 1e-6);
          assert.ok(lift.low <= rateOf(b) / rateOf(a) - 1 + 1e-12 && Number.isFinite(lift.high));
        }
      }),
    );
  });

  it('farther apart are less likely to be the same', () => {
    const control = { exposed: 1000, converted: 100 };
    let last = 1;
    for (let converted = 101; converted < 400; converted++) {
      const p = twoProportionTest(control, { exposed: 1000, converted })!;
      assert.ok(p < last);
      last = p;
    }
  });
});

describe('the sample ratio', () => {
  it('is tested as SciPy does, for two variants and for ten', () => {
    for (const { counts, weights, chiSquare, p } of values.ratios) {
      const shares = counts.map((exposed, i) => ({ key: String(i), exposed, weight: weights[i]! }));
      const check = ratioCheck(shares)!;
      near(check.chiSquare, chiSquare, 1e-10, 1e-12);
      near(check.pValue, p, 1e-10);
      assert.equal(check.off, p < 0.01);
    }
  });

  it('of cookie-cats is off: p = 0.0086', () => {
    const check = ratioCheck([
      { key: 'gate_30', exposed: 44_700, weight: 1 },
      { key: 'gate_40', exposed: 45_489, weight: 1 },
    ])!;
    assert.equal(check.pValue.toFixed(4), '0.0086');
    assert.ok(check.off);
    assert.deepEqual(check.expected, { gate_30: 45_094.5, gate_40: 45_094.5 });
  });

  it('is not there for one variant, for nobody, and leaves out what has no weight', () => {
    const share = (exposed: number, weight = 1) => ({ key: `v${weight}`, exposed, weight });
    assert.equal(ratioCheck([share(9)]), null);
    assert.equal(ratioCheck([share(0), share(0)]), null);
    assert.equal(ratioCheck([share(9), share(3, 0)]), null);
  });
});
