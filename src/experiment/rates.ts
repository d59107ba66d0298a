/** Rates of conversion: their intervals, and the comparison of two. Counts are whole numbers with 0 ≤ converted ≤ exposed. */
import type { Absence, Interval } from './experiment.ts';
import { normalTwoTails } from './normal.ts';

export interface Rate {
  readonly exposed: number;
  readonly converted: number;
}

export const rateOf = ({ exposed, converted }: Rate): number => converted / exposed;

/**
 * Wilson's score interval; `z` is the normal critical value (1.96 for 95 %). Exposed ≥ 1.
 * Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", JASA 22 (1927).
 */
export function wilsonInterval(rate: Rate, z: number): Interval {
  const { exposed: n, converted } = rate;
  const p = rateOf(rate);
  const square = (z * z) / n;
  const center = (p + square / 2) / (1 + square);
  const half = (Math.sqrt((p * (1 - p)) / n + square / (4 * n)) * z) / (1 + square);
  return {
    low: converted === 0 ? 0 : Math.max(0, Math.min(p, center - half)),
    high: converted === n ? 1 : Math.min(1, Math.max(p, center + half)),
  };
}

/**
 * The interval of variant − control: Newcombe's hybrid score interval (his method 10), which stays within −1…1 and is right for small
 * counts too. Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions", Stat. Med. 17 (1998).
 */
export function differenceInterval(control: Rate, variant: Rate, z: number): Interval {
  const [a, b] = [wilsonInterval(control, z), wilsonInterval(variant, z)];
  const [pa, pb] = [rateOf(control), rateOf(variant)];
  return {
    low: Math.max(-1, pb - pa - Math.hypot(pb - b.low, a.high - pa)),
    high: Math.min(1, pb - pa + Math.hypot(b.high - pb, pa - a.low)),
  };
}

/** A lift needs a conversion on both sides; its interval also a unit that did not convert. */
export function liftAbsence(control: Rate, variant: Rate): Absence | null {
  if (control.converted === 0 || variant.converted === 0) return 'none_converted';
  return control.converted === control.exposed && variant.converted === variant.exposed
    ? 'all_converted'
    : null;
}

/**
 * The interval of variant / control − 1, by the normal approximation to the logarithm of the ratio; null as `liftAbsence` says.
 * Source: D. Katz et al., "Obtaining confidence intervals for the risk ratio in cohort studies", Biometrics 34 (1978).
 */
export function liftInterval(control: Rate, variant: Rate, z: number): Interval | null {
  if (liftAbsence(control, variant) !== null) return null;
  const log = Math.log(rateOf(variant) / rateOf(control));
  const half = z * Math.sqrt(logVariance(control) + logVariance(variant));
  return { low: Math.expm1(log - half), high: Math.expm1(log + half) };
}

const logVariance = ({ exposed, converted }: Rate): number => (exposed - converted) / converted / exposed;

/**
 * The p-value of "both rates are the same", two-sided, by the z-test with the pooled rate; null when nobody or everybody converted.
 * Source: J. L. Fleiss, B. Levin, M. C. Paik, Statistical Methods for Rates and Proportions (3rd ed., 2003), 3.1.
 */
export function twoProportionTest(control: Rate, variant: Rate): number | null {
  const converted = control.converted + variant.converted;
  const exposed = control.exposed + variant.exposed;
  const left = exposed - converted;
  if (converted === 0 || left === 0) return null;
  const variance = (converted / exposed) * (left / exposed) * (1 / control.exposed + 1 / variant.exposed);
  return normalTwoTails(Math.abs(rateOf(variant) - rateOf(control)) / Math.sqrt(variance));
}
