/**
 * CUPED: what units did before their exposure explains a part of what they do after it; taken out, the same users show smaller
 * differences. Source: A. Deng, Y. Xu, R. Kohavi, T. Walker, "Improving the sensitivity of online controlled experiments by utilizing
 * pre-experiment data", WSDM 2013.
 */
import type { Moments } from './moments.ts';

export interface Cuped {
  /** The slope of after on before, pooled within the variants, so that an effect of the experiment does not bend it. */
  readonly theta: number;
  /** 1 − (adjusted / plain variance), within variants; 0…1. */
  readonly varianceReduction: number;
  /** In the order given: means and variances of after − theta · (before − its mean over all). */
  readonly adjusted: readonly Moments[];
}

/** Null when a variant has no sums of before, or nothing before varies. Each variant has at least one unit. */
export function cuped(variants: readonly Moments[]): Cuped | null {
  const all = variants.map((each) => ({ ...each, before: each.before ?? null }));
  if (all.some(({ before }) => before === null)) return null;
  const sumOver = (value: (each: Moments) => number) =>
    variants.reduce((sum, each) => sum + value(each) * (each.count - 1), 0);
  const spreadBefore = sumOver(({ before }) => before!.variance);
  if (!(spreadBefore > 0)) return null;
  const theta = sumOver(({ before }) => before!.covariance) / spreadBefore;
  const units = variants.reduce((sum, { count }) => sum + count, 0);
  const meanBefore = variants.reduce((sum, { count, before }) => sum + before!.mean * (count / units), 0);
  const adjusted = variants.map(({ count, mean, variance, before }) => ({
    count,
    mean: mean - theta * (before!.mean - meanBefore),
    variance: Math.max(0, variance - 2 * theta * before!.covariance + theta ** 2 * before!.variance),
  }));
  const plain = sumOver(({ variance }) => variance);
  const left = adjusted.reduce((sum, { count, variance }) => sum + variance * (count - 1), 0);
  return { theta, varianceReduction: plain > 0 ? Math.max(0, 1 - left / plain) : 0, adjusted };
}
