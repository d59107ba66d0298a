/**
 * Sample-ratio mismatch: do the variants have the shares of units that were meant? When not, units went missing or were counted twice
 * on one side, and no comparison can be trusted. Source: A. Fabijan et al., "Diagnosing sample ratio mismatch in online controlled
 * experiments", KDD 2019.
 */
import { chiSquareTail } from './chi-square.ts';
import type { RatioCheck, VariantNumbers } from './experiment.ts';

/** A split that was right warns in one experiment of a hundred. */
export const ratioLevel = 0.01;

export interface Share {
  readonly key: string;
  readonly exposed: number;
  /** Of any sum; a share of 0 or less is not checked. */
  readonly weight: number;
}

/** Units of a variant as the check counts them; null when they are not known. */
export const assignedOf = ({ exposed, assigned = exposed }: VariantNumbers): number | null => assigned;

/** Pearson's chi-square test of the counts against the weights; null with fewer than two weighted variants or without units. */
export function ratioCheck(shares: readonly Share[]): RatioCheck | null {
  const checked = shares.filter(({ weight }) => weight > 0);
  const units = sumOf(checked.map(({ exposed }) => exposed));
  const weights = sumOf(checked.map(({ weight }) => weight));
  if (checked.length < 2 || units === 0) return null;
  const expected = checked.map(({ weight }) => units * (weight / weights));
  const chiSquare = sumOf(checked.map(({ exposed }, i) => (exposed - expected[i]!) ** 2 / expected[i]!));
  const degreesOfFreedom = checked.length - 1;
  const pValue = chiSquareTail(chiSquare, degreesOfFreedom);
  return {
    expected: Object.fromEntries(checked.map(({ key }, i) => [key, expected[i]!])),
    chiSquare,
    degreesOfFreedom,
    pValue,
    off: pValue < ratioLevel,
  };
}

const sumOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0);
