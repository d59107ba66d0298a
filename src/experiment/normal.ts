/** The normal distribution: tails that stay exact far out (1e-300), and critical values. */
import { whereFallsTo } from './solve.ts';

/** From here on the continued fraction is quicker than the series, and 1 − erf would lose digits. */
const fractionFrom = 1.5;
/** Enough for the last bit at `fractionFrom`; fewer are needed farther out. */
const fractionDepth = 120;

/** Both tails together: P(|Z| > z), z ≥ 0. */
export const normalTwoTails = (z: number): number => erfc(z / Math.SQRT2);

/** P(Z > z). */
export const normalTail = (z: number): number =>
  z >= 0 ? normalTwoTails(z) / 2 : 1 - normalTwoTails(-z) / 2;

/** The z with P(|Z| > z) = level: 1.96 for 0.05. 0 < level < 1. */
export const normalCritical = (level: number): number => whereFallsTo(level, normalTwoTails);

/** Abramowitz & Stegun, Handbook of Mathematical Functions, 7.1.6 (series) and 7.1.14 (continued fraction). x ≥ 0. */
export function erfc(x: number): number {
  if (x === Number.POSITIVE_INFINITY) return 0;
  return x < fractionFrom ? 1 - erfSeries(x) : erfcFraction(x);
}

function erfSeries(x: number): number {
  let term = x;
  let sum = x;
  for (let n = 1; term > sum * 1e-17; n++) {
    term *= (2 * x * x) / (2 * n + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

function erfcFraction(x: number): number {
  let value = x;
  for (let k = fractionDepth; k >= 1; k--) value = x + k / 2 / value;
  return Math.exp(-x * x) / (Math.sqrt(Math.PI) * value);
}
