/** Welch's test and CUPED against SciPy and an analysis of covariance by statsmodels; money of any size and sign. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { cuped } from '../../src/experiment/cuped.ts';
import { meanInterval, meanLift, meanLiftInterval, welchTest } from '../../src/experiment/means.ts';
import { type Moments, momentsOf } from '../../src/experiment/moments.ts';
import { near, values } from './values.ts';

const whole = ({ before, ...after }: (typeof values.means)[number]['groups'][number]): Moments =>
  momentsOf(after.count, {
    units: after.count,
    sum: BigInt(after.sum),
    sumOfSquares: BigInt(after.sumOfSquares),
    before: {
      sum: BigInt(before.sum),
      sumOfSquares: BigInt(before.sumOfSquares),
      sumOfProducts: BigInt(before.sumOfProducts),
    },
  });

/** Of amounts in ten-thousandths, one a unit. */
function of(amounts: readonly number[]): Moments {
  const all = amounts.map(BigInt);
  return momentsOf(all.length, {
    units: all.length,
    sum: all.reduce((sum, each) => sum + each, 0n),
    sumOfSquares: all.reduce((sum, each) => sum + each * each, 0n),
  });
}

describe('means', () => {
  for (const [i, expected] of values.means.entries()) {
    const groups = expected.groups.map(whole);
    const [control, variant] = [groups[0]!, groups[1]!];

    it(`of case ${i} are those of SciPy: moments, Welch's test, intervals`, () => {
      for (const [g, { mean, variance }] of groups.entries()) {
        near(mean, expected.means[g]!, 1e-12);
        near(variance, expected.variances[g]!, 1e-11);
      }
      const test = welchTest(control, variant, 0.05)!;
      near(test.t, expected.t, 1e-10);
      near(test.degreesOfFreedom, expected.degreesOfFreedom, 1e-10);
      near(test.pValue, expected.p, 1e-10);
      near(test.interval.low, expected.difference[0], 1e-9);
      near(test.interval.high, expected.difference[1], 1e-9);
      const own = meanInterval(variant, 0.05)!;
      near(own.low, expected.variant[0], 1e-9);
      near(own.high, expected.variant[1], 1e-9);
    });

    it(`of case ${i}, adjusted, are those of an analysis of covariance`, () => {
      const { theta, adjusted } = cuped(groups)!;
      near(theta, expected.cuped.theta, 1e-10);
      for (const [g, { variance }] of adjusted.entries()) near(variance, expected.cuped.variances[g]!, 1e-9);
      const test = welchTest(adjusted[0]!, adjusted[1]!, 0.05)!;
      near(test.difference, expected.cuped.difference, 1e-8);
      near(test.pValue, expected.cuped.p, 1e-8);
      near(test.interval.low, expected.cuped.interval[0], 1e-8);
      near(test.interval.high, expected.cuped.interval[1], 1e-8);
    });
  }

  it('are exact where doubles would cancel: amounts of a billion that differ by cents', () => {
    const { mean, variance } = of([10_000_000_000_100, 10_000_000_000_200, 10_000_000_000_300]);
    near(mean, 1_000_000_000.02, 1e-15);
    near(variance, 0.0001, 1e-12);
  });

  it('without two units or any variation are not tested', () => {
    assert.equal(welchTest(of([5]), of([1, 2]), 0.05), null);
    assert.equal(welchTest(of([5, 5]), of([1, 1, 1]), 0.05), null);
    assert.equal(meanInterval(of([5]), 0.05), null);
    assert.equal(cuped([of([1, 2]), of([1, 3])]), null, 'no sums of before');
  });

  it('at or below zero have no lift, those near it no interval of one', () => {
    const [loss, gain] = [of([-20_000, -10_000, -30_000]), of([20_000, 10_000, 30_000])];
    assert.equal(meanLift(loss, gain), null);
    assert.equal(meanLift(gain, loss), -2);
    assert.equal(meanLiftInterval(gain, loss, welchTest(gain, loss, 0.05)!, 0.05), null);
    const wide = of([-100_000, 300_000, 50_000]);
    assert.equal(meanLiftInterval(gain, wide, welchTest(gain, wide, 0.05)!, 0.05), null);
    const steady = of(Array.from({ length: 100 }, (_, i) => 10_000 + i));
    const lift = meanLiftInterval(steady, steady, welchTest(steady, steady, 0.05)!, 0.05)!;
    near(lift.low, -lift.high, 0.01);
  });

  it('compare the same the other way round, whatever the amounts', () => {
    const amounts = fc.array(fc.integer({ min: -(10 ** 15), max: 10 ** 15 }), {
      minLength: 2,
      maxLength: 30,
    });
    fc.assert(
      fc.property(amounts, amounts, (a, b) => {
        const there = welchTest(of(a), of(b), 0.05);
        const back = welchTest(of(b), of(a), 0.05);
        if (there === null) return assert.equal(back, null);
        near(back!.pValue, there.pValue, 1e-9);
        assert.ok(there.pValue >= 0 && there.pValue <= 1);
        assert.ok(there.interval.low <= there.difference && there.difference <= there.interval.high);
        near(back!.interval.low, -there.interval.high, 1e-9, 1e-6);
      }),
    );
  });
});
