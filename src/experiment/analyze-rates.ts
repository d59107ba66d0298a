/** A goal's rates: each variant's own, and each against the control's. */
import { chances } from './chances.ts';
import type { Absence, Comparison, RateResult, SequentialComparison } from './experiment.ts';
import { normalCritical } from './normal.ts';
import {
  differenceInterval,
  liftAbsence,
  liftInterval,
  type Rate,
  rateOf,
  twoProportionTest,
  wilsonInterval,
} from './rates.ts';
import { sequentialComparison } from './sequential.ts';

/** Expected units that convert, and that do not, below which the normal approximation is no guide (Cochran's rule). */
export const expectedMin = 5;

export interface NamedRate extends Rate {
  readonly variant: string;
}

/** p-values are adjusted later, when all comparisons are known. `control`: undefined when it has no units. */
export function analyzeRates(
  rates: readonly NamedRate[],
  control: NamedRate | undefined,
  level: number,
  exact: boolean,
): RateResult[] {
  const z = normalCritical(level);
  const chance = exact ? chances(rates) : [];
  return rates.map((rate, k) => ({
    ...rate,
    rate: rate.exposed === 0 ? null : rateOf(rate),
    interval: rate.exposed === 0 || !exact ? null : wilsonInterval(rate, z),
    chanceToBeBest: chance[k]?.best ?? null,
    expectedLoss: chance[k]?.loss ?? null,
    comparison: control === undefined || control === rate ? null : compareRates(control, rate, level, exact),
  }));
}

function compareRates(control: NamedRate, rate: NamedRate, level: number, exact: boolean): Comparison | null {
  if (rate.exposed === 0) return null;
  const difference = rateOf(rate) - rateOf(control);
  const lift = control.converted === 0 ? null : rateOf(rate) / rateOf(control) - 1;
  if (!exact) return { ...nothing, difference, lift, absent: 'approximate_counts' };
  const z = normalCritical(level);
  return {
    difference,
    differenceInterval: differenceInterval(control, rate, z),
    lift,
    liftInterval: liftInterval(control, rate, z),
    pValue: twoProportionTest(control, rate),
    adjustedPValue: null,
    sequential: sequentialRates(control, rate, level),
    absent: absenceOf(control, rate),
  };
}

const nothing = {
  differenceInterval: null,
  liftInterval: null,
  pValue: null,
  adjustedPValue: null,
  sequential: null,
} as const;

function absenceOf(control: Rate, rate: Rate): Absence | null {
  return liftAbsence(control, rate) ?? (enough(control, rate) ? null : 'too_few_units');
}

/** Were both rates the same: at least `expectedMin` that convert, and that do not, on either side. */
export function enough(control: Rate, rate: Rate): boolean {
  const pooled = (control.converted + rate.converted) / (control.exposed + rate.exposed);
  const fewest = Math.min(control.exposed, rate.exposed);
  return fewest * Math.min(pooled, 1 - pooled) >= expectedMin;
}

/** The comparison for who looks often; null as long as there are too few. */
export function sequentialRates(control: Rate, rate: Rate, level: number): SequentialComparison | null {
  if (!enough(control, rate)) return null;
  const variance = rateVariance(control) + rateVariance(rate);
  const units = control.exposed + rate.exposed;
  return sequentialComparison(rateOf(rate) - rateOf(control), variance, units, level);
}

/** Of an estimated rate; half a unit more on both sides, so that a rate of 0 or 1 is not taken for certain. */
function rateVariance({ exposed, converted }: Rate): number {
  const rate = (converted + 0.5) / (exposed + 1);
  return (rate * (1 - rate)) / exposed;
}
