/** The density of a rate after counts, with a flat prior: Beta(converted + 1, left + 1). Exact for counts of 1 and of 1e12 alike. */
import type { Rate } from './rates.ts';

/** Stirling's series is exact to the last digit from here on. */
const seriesFrom = 16;

/**
 * At p (0…1). Source: C. Loader, "Fast and accurate computation of binomial probabilities" (2000): deviances in place of differences of
 * large logarithms.
 */
export function betaDensity({ exposed: n, converted: x }: Rate, p: number): number {
  const left = n - x;
  if (n === 0) return 1;
  if ((p <= 0 && x > 0) || (p >= 1 && left > 0)) return 0;
  if (x === 0) return (n + 1) * Math.exp(n * Math.log1p(-p));
  if (left === 0) return (n + 1) * Math.exp(n * Math.log(p));
  const log =
    stirlingError(n) -
    stirlingError(x) -
    stirlingError(left) -
    deviance(x, n * p) -
    deviance(left, n * (1 - p));
  return (n + 1) * Math.exp(log) * Math.sqrt(n / x / left / (2 * Math.PI));
}

/** x ln(x / m) + m − x, without cancellation where x is near m. */
function deviance(x: number, m: number): number {
  if (Math.abs(x - m) >= 0.1 * (x + m)) return x * Math.log(x / m) + m - x;
  const v = (x - m) / (x + m);
  let sum = (x - m) * v;
  let term = 2 * x * v;
  for (let j = 1; ; j++) {
    term *= v * v;
    const next = sum + term / (2 * j + 1);
    if (next === sum) return sum;
    sum = next;
  }
}

/** ln n! − Stirling's formula, for n ≥ 1. */
function stirlingError(n: number): number {
  if (n < seriesFrom) return stirlingError(n + 1) + (n + 0.5) * Math.log1p(1 / n) - 1;
  const s = 1 / (n * n);
  return (1 / 12 - s * (1 / 360 - s * (1 / 1260 - s * (1 / 1680 - s / 1188)))) / n;
}
