/** Tails and critical values against mpmath and SciPy, from the middle to where a tail is 1e-300. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { chiSquareTail } from '../../src/experiment/chi-square.ts';
import { normalCritical, normalTail, normalTwoTails } from '../../src/experiment/normal.ts';
import { gammaRatio, studentCritical, studentTwoTails } from '../../src/experiment/student-t.ts';
import { near, values } from './values.ts';

describe('distributions', () => {
  it('give the normal tails and critical values', () => {
    for (const [z, p] of values.normal.tails) near(normalTwoTails(z), p, 1e-12);
    for (const [p, z] of values.normal.critical) near(normalCritical(p), z, 1e-12);
    near(normalTail(-1.5) + normalTail(1.5), 1, 1e-15);
  });

  it('give the chi-square tail', () => {
    for (const [x, degrees, p] of values.chiSquare) near(chiSquareTail(x, degrees), p, 1e-12);
  });

  it("give Student's tails and critical values, for half a degree of freedom and for 1e12", () => {
    for (const [t, degrees, p] of values.student.tails) near(studentTwoTails(t, degrees), p, 1e-12);
    for (const [p, degrees, t] of values.student.critical) near(studentCritical(p, degrees), t, 1e-10);
  });

  it('have no step where one method takes over from another', () => {
    for (const t of [0.3, 1.9, 4, 9]) {
      near(studentTwoTails(t, 9_999.999_999_999), studentTwoTails(t, 10_000), 1e-11);
    }
    near(normalTwoTails(1.5 * Math.SQRT2 - 1e-15), normalTwoTails(1.5 * Math.SQRT2 + 1e-15), 1e-12);
    near(gammaRatio(19.999_999_999), gammaRatio(20.000_000_001), 1e-9);
    near(gammaRatio(0.5), 1 / Math.sqrt(Math.PI), 1e-14);
  });

  it('fall from 1 to 0 and invert', () => {
    const t = fc.double({ min: 0, max: 50, noNaN: true });
    const degrees = fc.double({ min: 0.5, max: 1e9, noNaN: true });
    fc.assert(
      fc.property(t, t, degrees, (a, b, each) => {
        const [low, high] = [Math.min(a, b), Math.max(a, b)];
        const [p, q] = [studentTwoTails(low, each), studentTwoTails(high, each)];
        assert.ok(p <= 1 && q >= 0 && q <= p * (1 + 1e-11));
        assert.ok(chiSquareTail(low, 3) >= chiSquareTail(high, 3));
      }),
    );
    fc.assert(
      fc.property(fc.double({ min: 1e-9, max: 0.999, noNaN: true }), degrees, (p, each) =>
        near(studentTwoTails(studentCritical(p, each), each), p, 1e-11),
      ),
    );
  });
});
