/** Student's t distribution, for any positive degrees of freedom (Welch's are fractions): tails and critical values. */
import { normalTwoTails } from './normal.ts';
import { whereFallsTo } from './solve.ts';

/** From here on the expansion is exact to the last digits, and the continued fraction gets long. */
const expansionFrom = 10_000;
const fractionTermsMax = 5_000;
/** The asymptotic series of the ratio of gammas is exact to 1e-16 from here on. */
const seriesFrom = 20;

/** Both tails together: P(|T| > t), t ≥ 0. */
export function studentTwoTails(t: number, degrees: number): number {
  if (t === 0) return 1;
  if (degrees >= expansionFrom) return normalTwoTails(normalized(t, degrees));
  const [a, b] = [degrees / 2, 0.5];
  // x^a (1 − x)^b / B(a, b) with x = degrees / (degrees + t²), none of it by differences
  const square = (t / degrees) * t;
  const front =
    Math.exp(-(a + b) * Math.log1p(square)) * Math.sqrt(square) * (gammaRatio(a) / Math.sqrt(Math.PI));
  const [x, rest] = [1 / (1 + square), square / (1 + square)];
  return x < (a + 1) / (a + b + 2)
    ? (front / a) * betaFraction(a, b, x)
    : 1 - (front / b) * betaFraction(b, a, rest);
}

/** The t with P(|T| > t) = level. 0 < level < 1. */
export const studentCritical = (level: number, degrees: number): number =>
  whereFallsTo(level, (t) => studentTwoTails(t, degrees));

/** The normal deviate with the same tail. Source: G. W. Hill, "Algorithm 395: Student's t-distribution", CACM 13 (1970). */
function normalized(t: number, degrees: number): number {
  const a = degrees - 0.5;
  const b = 48 * a * a;
  const y = a * Math.log1p((t / degrees) * t);
  const correction = (((-0.4 * y - 3.3) * y - 24) * y - 85.5) / (0.8 * y * y + 100 + b);
  return ((correction + y + 3) / b + 1) * Math.sqrt(y);
}

/** Γ(a + ½) / Γ(a). Source: Abramowitz & Stegun 6.1.40, the series' difference; small a by Γ(a + 1) = a Γ(a). */
export function gammaRatio(a: number): number {
  if (a < seriesFrom) return (gammaRatio(a + 1) * a) / (a + 0.5);
  const s = 1 / (a * a);
  const series =
    (-1 / 8 + s * (1 / 192 + s * (-1 / 640 + s * (17 / 14_336 + s * (-31 / 18_432 + s * (691 / 180_224)))))) /
    a;
  return Math.sqrt(a) * Math.exp(series);
}

/**
 * The continued fraction of the incomplete beta function, by Lentz's method. Quick for x < (a + 1) / (a + b + 2).
 * Source: NIST Digital Library of Mathematical Functions, 8.17.22.
 */
function betaFraction(a: number, b: number, x: number): number {
  let numerator = 1;
  let denominator = 1 / (1 - ((a + b) * x) / (a + 1));
  let value = denominator;
  for (let m = 1; m < fractionTermsMax; m++) {
    const even = (m * (b - m) * x) / ((a + 2 * m - 1) * (a + 2 * m));
    denominator = 1 / (1 + even * denominator);
    numerator = 1 + even / numerator;
    value *= denominator * numerator;
    const odd = (-(a + m) * (a + b + m) * x) / ((a + 2 * m) * (a + 2 * m + 1));
    denominator = 1 / (1 + odd * denominator);
    numerator = 1 + odd / numerator;
    const step = denominator * numerator;
    value *= step;
    if (Math.abs(step - 1) < 1e-16) break;
  }
  return value;
}
