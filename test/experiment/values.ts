/** What SciPy, statsmodels and mpmath say (scripts/experiment-values.py), and how near is near. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

interface Pair {
  readonly exposed: number;
  readonly converted: number;
}

interface Values {
  readonly normal: { readonly tails: [number, number][]; readonly critical: [number, number][] };
  readonly chiSquare: [number, number, number][];
  readonly student: {
    readonly tails: [number, number, number][];
    readonly critical: [number, number, number][];
  };
  readonly rates: {
    readonly control: Pair;
    readonly variant: Pair;
    readonly p: number;
    readonly wilson: [number, number][];
    readonly difference: [number, number];
    readonly lift: [number, number] | null;
  }[];
  readonly ratios: { counts: number[]; weights: number[]; chiSquare: number; p: number }[];
  readonly means: {
    readonly groups: {
      count: number;
      sum: string;
      sumOfSquares: string;
      before: { sum: string; sumOfSquares: string; sumOfProducts: string };
    }[];
    readonly means: number[];
    readonly variances: number[];
    readonly t: number;
    readonly degreesOfFreedom: number;
    readonly p: number;
    readonly difference: [number, number];
    readonly variant: [number, number];
    readonly cuped: {
      theta: number;
      difference: number;
      variances: number[];
      p: number;
      interval: [number, number];
    };
  }[];
  readonly chances: { rates: [number, number][]; best: number[]; loss: number[] }[];
  readonly discoveries: { p: number[]; adjusted: number[] }[];
  readonly sizes: {
    readonly rates: { rate: number; lift: number; confidence: number; power: number; units: number }[];
    readonly means: { difference: number; standardDeviation: number; power: number; units: number }[];
  };
}

export const values: Values = JSON.parse(readFileSync(new URL('values.json', import.meta.url), 'utf8'));

/** Within `relative` of the other, or within `absolute` where that is more. */
export function near(actual: number | null, expected: number, relative = 1e-10, absolute = 0): void {
  const apart = Math.abs((actual ?? Number.NaN) - expected);
  assert.ok(
    apart <= Math.max(relative * Math.abs(expected), absolute),
    `${actual} is not near ${expected} (apart by ${apart})`,
  );
}
