/** Means per unit: their intervals, and the comparison of two whose variances differ (Welch). */
import type { Interval } from './experiment.ts';
import type { Moments } from './moments.ts';
import { studentCritical, studentTwoTails } from './student-t.ts';

/** The logarithm of a mean that is nearer to zero than this, in its standard errors, has no useful normal approximation. */
const errorsFromZeroMin = 3;

export interface WelchTest {
  readonly difference: number;
  readonly interval: Interval;
  readonly t: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
}

/** Student's interval of one mean at `level` (0.05 for 95 %); null for fewer than two units. */
export function meanInterval({ count, mean, variance }: Moments, level: number): Interval | null {
  if (count < 2) return null;
  const half = Math.sqrt(variance / count) * studentCritical(level, count - 1);
  return { low: mean - half, high: mean + half };
}

/**
 * The test of "both means are the same", two-sided, and the interval of variant − control. Null for fewer than two units on a side, or
 * when no amount differs from another. Source: B. L. Welch, "The generalization of Student's problem when several different population
 * variances are involved", Biometrika 34 (1947).
 */
export function welchTest(control: Moments, variant: Moments, level: number): WelchTest | null {
  if (control.count < 2 || variant.count < 2) return null;
  const [a, b] = [control.variance / control.count, variant.variance / variant.count];
  const error = Math.sqrt(a + b);
  if (error === 0) return null;
  const shareA = a / (a + b);
  const degreesOfFreedom = 1 / (shareA ** 2 / (control.count - 1) + (1 - shareA) ** 2 / (variant.count - 1));
  const difference = variant.mean - control.mean;
  const t = difference / error;
  const half = error * studentCritical(level, degreesOfFreedom);
  return {
    difference,
    interval: { low: difference - half, high: difference + half },
    t,
    degreesOfFreedom,
    pValue: studentTwoTails(Math.abs(t), degreesOfFreedom),
  };
}

/** Of variant / control − 1; null unless the control's mean is above zero. */
export function meanLift(control: Moments, variant: Moments): number | null {
  return control.mean > 0 ? variant.mean / control.mean - 1 : null;
}

/**
 * The interval of the lift by the delta method on the logarithm of the ratio, with Welch's degrees of freedom; null unless both means
 * are clearly above zero. Source: G. Casella, R. L. Berger, Statistical Inference (2nd ed., 2002), 5.5.4.
 */
export function meanLiftInterval(
  control: Moments,
  variant: Moments,
  test: WelchTest,
  level: number,
): Interval | null {
  const [a, b] = [relativeError(control), relativeError(variant)];
  if (!(a <= 1 / errorsFromZeroMin && b <= 1 / errorsFromZeroMin)) return null;
  const log = Math.log(variant.mean / control.mean);
  const half = Math.hypot(a, b) * studentCritical(level, test.degreesOfFreedom);
  return { low: Math.expm1(log - half), high: Math.expm1(log + half) };
}

/** The standard error as a share of the mean; infinite for a mean of zero or less. */
const relativeError = ({ count, mean, variance }: Moments): number =>
  mean > 0 ? Math.sqrt(variance / count) / mean : Number.POSITIVE_INFINITY;
