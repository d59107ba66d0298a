/**
 * The Bayesian reading of rates: each is Beta-Binomial with a flat prior, and numerical integration (no random draws, so the same numbers
 * give the same answer) tells the chance that it is the highest of all, and what choosing it would cost on average.
 * Sources: A. Gelman et al., Bayesian Data Analysis (3rd ed., 2013), 2.4; C. Stucchio, "Bayesian A/B testing at VWO" (2015).
 */
import { betaDensity } from './beta-density.ts';
import { integrals, pointsBetween } from './chebyshev.ts';
import type { Rate } from './rates.ts';

/** Borders of the pieces around each mean, in standard deviations; the far ones are for lopsided densities (few conversions of many). */
const borders = [0, 0.5, 1, 1.5, 2, 3, 4, 5, 6.5, 8, 10, 13, 18, 26, 40];
/** Borders that are nearer to each other, in standard deviations, are one: many variants alike need no more pieces than two. */
const apartMin = 0.3;
/** More variants are not compared this way: the work grows with their square. */
export const chancesVariantsMax = 20;

export interface Chance {
  /** That this rate is the highest; they add up to 1. */
  readonly best: number;
  /** The mean of (highest rate − this one). */
  readonly loss: number;
}

/** In the order given; none at all for more than `chancesVariantsMax` variants. Variants without units have the flat prior. */
export function chances(rates: readonly Rate[]): Chance[] {
  if (rates.length > chancesVariantsMax) return [];
  const best = rates.map(() => 0);
  const loss = rates.map(() => 0);
  let reached = rates.map(() => 0);
  for (const { low, high, densities } of normalized(piecesOf(rates))) {
    const total = (values: readonly number[]) => integrals(values, low, high).at(-1)!;
    const below = densities.map((density, k) =>
      integrals(density, low, high).map((sum) => Math.min(1, Math.max(0, reached[k]! + sum))),
    );
    for (const k of rates.keys()) {
      const others = below[k]!.map((_, at) => productWithout(below, k, at));
      best[k]! += total(others.map((chance, at) => densities[k]![at]! * chance));
      // E(highest − this) = ∫ P(this ≤ p) − P(all ≤ p) dp
      loss[k]! += total(others.map((chance, at) => below[k]![at]! * (1 - chance)));
    }
    reached = below.map((values) => values.at(-1)!);
  }
  const sum = best.reduce((a, b) => a + b, 0);
  return rates.map((_, k) => ({ best: Math.max(0, best[k]! / sum), loss: Math.max(0, loss[k]!) }));
}

/** A stretch of rates, and each density at its points. */
interface Piece {
  readonly low: number;
  readonly high: number;
  readonly densities: readonly (readonly number[])[];
}

function piecesOf(rates: readonly Rate[]): Piece[] {
  const grid = gridOf(rates);
  return grid.slice(1).map((high, i) => {
    const low = grid[i]!;
    const points = pointsBetween(low, high);
    return { low, high, densities: rates.map((rate) => points.map((p) => betaDensity(rate, p))) };
  });
}

/** Densities that integrate to one exactly: what is missing would be taken for a loss over all that lies beyond. */
function normalized(pieces: readonly Piece[]): Piece[] {
  const mass = pieces[0]!.densities.map((_, k) =>
    pieces.reduce((sum, { low, high, densities }) => sum + integrals(densities[k]!, low, high).at(-1)!, 0),
  );
  return pieces.map(({ low, high, densities }) => ({
    low,
    high,
    densities: densities.map((values, k) => values.map((value) => value / mass[k]!)),
  }));
}

/** The chance that all the others are at most at this point. */
function productWithout(below: readonly (readonly number[])[], k: number, at: number): number {
  return below.reduce((product, values, j) => (j === k ? product : product * values[at]!), 1);
}

/** Borders of all densities, without those that lie next to another one by the measure of their own density. */
function gridOf(rates: readonly Rate[]): number[] {
  const wanted = rates.flatMap(({ exposed, converted }) => {
    const [a, b] = [converted + 1, exposed - converted + 1];
    const mean = a / (a + b);
    const deviation = Math.sqrt((mean * b) / (a + b) / (a + b + 1));
    const around = borders.flatMap((border) => [mean - border * deviation, mean + border * deviation]);
    return around.map((at) => ({ at, apart: deviation * apartMin }));
  });
  const grid = [0];
  for (const { at, apart } of wanted.sort((a, b) => a.at - b.at)) {
    if (at - grid.at(-1)! > apart && at < 1) grid.push(at);
  }
  return [...grid, 1];
}
