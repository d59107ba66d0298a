/** The Bayesian numbers against quadrature by mpmath; false discoveries and sizes against statsmodels; looking often. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { Random } from '../../scripts/demo/random.ts';
import { sequentialRates } from '../../src/experiment/analyze-rates.ts';
import { benjaminiHochberg } from '../../src/experiment/benjamini-hochberg.ts';
import { chances, chancesVariantsMax } from '../../src/experiment/chances.ts';
import { twoProportionTest } from '../../src/experiment/rates.ts';
import { daysFor, unitsForMean, unitsForRate } from '../../src/experiment/sample-size.ts';
import { sequentialComparison } from '../../src/experiment/sequential.ts';
import { near, values } from './values.ts';

describe('chances', () => {
  for (const { rates, best, loss } of values.chances) {
    it(`of ${rates.map(([n, x]) => `${x}/${n}`).join(', ')} are those of mpmath`, () => {
      const found = chances(rates.map(([exposed, converted]) => ({ exposed, converted })));
      for (const [k, chance] of found.entries()) {
        near(chance.best, best[k]!, 1e-9, 1e-12);
        near(chance.loss, loss[k]!, 1e-9, 1e-14);
      }
    });
  }

  it('of 1e12 units are finite and right', () => {
    const half = { exposed: 1e12, converted: 5e11 };
    const [same, other] = chances([half, half]);
    near(same!.best, 0.5, 1e-9);
    // E max(0, B − A) of two normals: deviation of the difference / √(2π)
    near(other!.loss, Math.sqrt(2 * 0.25e-12) / Math.sqrt(2 * Math.PI), 1e-6);
    for (const converted of [0, 3, 1e12]) {
      const [a, b] = chances([
        { exposed: 1e12, converted },
        { exposed: 1e12, converted },
      ]);
      near(a!.best, 0.5, 1e-3);
      near(b!.best, 0.5, 1e-3);
    }
  });

  it('add up to one, favor more conversions, and do not depend on the order', () => {
    const rate = fc
      .tuple(fc.integer({ min: 0, max: 100_000 }), fc.double({ min: 0, max: 1, noNaN: true }))
      .map(([exposed, share]) => ({ exposed, converted: Math.round(exposed * share) }));
    fc.assert(
      fc.property(fc.array(rate, { minLength: 2, maxLength: 6 }), (rates) => {
        const found = chances(rates);
        near(
          found.reduce((sum, { best }) => sum + best, 0),
          1,
          1e-9,
        );
        assert.ok(found.every(({ best, loss }) => best >= 0 && best <= 1 && loss >= 0 && loss <= 1));
        const back = chances([...rates].reverse()).reverse();
        for (const [k, { best }] of found.entries()) near(back[k]!.best, best, 1e-7, 1e-9);
      }),
      { numRuns: 30 },
    );
    const [a, b] = chances([
      { exposed: 1000, converted: 100 },
      { exposed: 1000, converted: 101 },
    ]);
    assert.ok(b!.best > a!.best && b!.loss < a!.loss);
  });

  it('are not told for more variants than can be told apart', () => {
    const many = Array.from({ length: chancesVariantsMax + 1 }, () => ({ exposed: 5, converted: 1 }));
    assert.deepEqual(chances(many), []);
  });
});

describe('false discoveries', () => {
  it('are adjusted as statsmodels does', () => {
    for (const { p, adjusted } of values.discoveries) {
      for (const [i, each] of benjaminiHochberg(p).entries()) near(each, adjusted[i]!, 1e-12);
    }
  });

  it('leave out what was not tested', () => {
    assert.deepEqual(benjaminiHochberg([null, 0.01, null, 0.02]), [null, 0.02, null, 0.02]);
    assert.deepEqual(benjaminiHochberg([null]), [null]);
    assert.deepEqual(benjaminiHochberg([]), []);
  });

  it('never adjust below the p-value, nor above one, nor out of order', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 40 }), (p) => {
        const adjusted = benjaminiHochberg(p);
        for (const [i, each] of adjusted.entries()) {
          assert.ok(each! >= p[i]! && each! <= 1);
          assert.ok(p.every((other, j) => other < p[i]! || adjusted[j]! >= each!));
        }
      }),
    );
  });
});

describe('sample sizes', () => {
  it('are those of statsmodels, rounded up', () => {
    for (const { rate, lift, confidence, power, units } of values.sizes.rates) {
      assert.equal(unitsForRate(rate, lift, { confidence, power }), Math.ceil(units - 1e-6));
    }
    for (const { difference, standardDeviation, power, units } of values.sizes.means) {
      assert.equal(unitsForMean(difference, standardDeviation, { power }), Math.ceil(units - 1e-6));
    }
  });

  it('grow with what is asked', () => {
    assert.equal(unitsForRate(0.1, 0.05), 57_763);
    assert.ok(unitsForRate(0.1, 0.05, { power: 0.9 }) > 57_763);
    assert.ok(unitsForRate(0.1, 0.04) > 57_763);
    assert.equal(daysFor(2 * 57_763, 10_000), 12);
  });
});

describe('looking often', () => {
  it('at two variants that are the same finds a difference in less than 5 % of experiments, where a plain test would in many', () => {
    const random = new Random(11);
    const [experiments, looks, between] = [400, 50, 80];
    let [plain, sequential] = [0, 0];
    for (let i = 0; i < experiments; i++) {
      const [a, b] = [
        { exposed: 0, converted: 0 },
        { exposed: 0, converted: 0 },
      ];
      let [plainShows, sequentialShows] = [false, false];
      for (let look = 0; look < looks; look++) {
        for (let unit = 0; unit < between; unit++) {
          const arm = random.chance(0.5) ? a : b;
          arm.exposed++;
          if (random.chance(0.2)) arm.converted++;
        }
        plainShows ||= twoProportionTest(a, b)! < 0.05;
        sequentialShows ||= (sequentialRates(a, b, 0.05)?.pValue ?? 1) < 0.05;
      }
      if (plainShows) plain++;
      if (sequentialShows) sequential++;
    }
    assert.ok(sequential / experiments < 0.05, `${sequential} of ${experiments}`);
    assert.ok(plain / experiments > 0.2, `${plain} of ${experiments}`);
  });

  it('costs width: the interval holds the fixed one, and leaves zero out exactly when its p-value is low', () => {
    const difference = fc.double({ min: -1, max: 1, noNaN: true });
    const error = fc.double({ min: 1e-6, max: 0.5, noNaN: true });
    fc.assert(
      fc.property(difference, error, fc.integer({ min: 2, max: 10 ** 12 }), (value, deviation, units) => {
        const { interval, pValue } = sequentialComparison(value, deviation ** 2, units, 0.05);
        assert.ok(interval.low <= value - 1.96 * deviation && interval.high >= value + 1.96 * deviation);
        assert.ok(pValue >= 0 && pValue <= 1);
        if (Math.abs(pValue - 0.05) > 1e-9)
          assert.equal(pValue < 0.05, interval.low > 0 || interval.high < 0);
      }),
    );
  });
});
