/** How many units an experiment needs, and how long that takes. Two-sided tests at the end, each variant against the control. */
import { normalCritical } from './normal.ts';

export interface Sensitivity {
  /** 0.95 when absent. */
  readonly confidence?: number;
  /** The chance to see the effect when it is there: 0.8 when absent. */
  readonly power?: number;
}

/**
 * Units of each variant to see the control's `rate` (0…1, not the ends) become `rate` · (1 + `lift`) (also between 0 and 1, another one).
 * Pooled variance under "no difference", each rate's own otherwise, no continuity correction.
 * Source: Fleiss, Levin, Paik, Statistical Methods for Rates and Proportions (3rd ed., 2003), 4.14.
 */
export function unitsForRate(rate: number, lift: number, sensitivity: Sensitivity = {}): number {
  const other = rate * (1 + lift);
  const mean = (rate + other) / 2;
  const { alpha, beta } = deviates(sensitivity);
  const root =
    alpha * Math.sqrt(2 * mean * (1 - mean)) + beta * Math.sqrt(rate * (1 - rate) + other * (1 - other));
  return Math.ceil((root / (rate * lift)) ** 2);
}

/**
 * Units of each variant to see means differ by `difference` (not 0) with this standard deviation in both; the normal approximation.
 * Source: R. Kohavi, D. Tang, Y. Xu, Trustworthy Online Controlled Experiments (2020), chapter 17.
 */
export function unitsForMean(
  difference: number,
  standardDeviation: number,
  sensitivity: Sensitivity = {},
): number {
  const { alpha, beta } = deviates(sensitivity);
  return Math.ceil(2 * (((alpha + beta) * standardDeviation) / difference) ** 2);
}

/** Whole days until so many units of all variants have come. */
export const daysFor = (units: number, unitsPerDay: number): number => Math.ceil(units / unitsPerDay);

/** The deviate of the (two-sided) level, and that of the power: negative below a power of one half. */
function deviates({ confidence = 0.95, power = 0.8 }: Sensitivity): { alpha: number; beta: number } {
  const tail = Math.min(power, 1 - power);
  const beta = tail === 0.5 ? 0 : normalCritical(2 * tail);
  return { alpha: normalCritical(1 - confidence), beta: power < 0.5 ? -beta : beta };
}
