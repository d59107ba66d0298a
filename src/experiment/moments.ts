/** From exact sums to means and variances: whole numbers until the last division, so that nothing cancels. */
import type { MetricSums } from './experiment.ts';

/** Amounts come as whole ten-thousandths. */
const amountScale = 10_000;

/** In units of the currency. `variance` and `covariance` are those of a sample (divided by n − 1); 0 for one unit. */
export interface Moments {
  readonly count: number;
  readonly mean: number;
  readonly variance: number;
  readonly before?: { readonly mean: number; readonly variance: number; readonly covariance: number };
}

/** `count` ≥ 1 units with these sums. */
export function momentsOf(count: number, { sum, sumOfSquares, before }: MetricSums): Moments {
  const after = { count, mean: meanOf(sum, count), variance: spread(count, sumOfSquares, sum, sum) };
  if (before === undefined) return after;
  return {
    ...after,
    before: {
      mean: meanOf(before.sum, count),
      variance: spread(count, before.sumOfSquares, before.sum, before.sum),
      covariance: spread(count, before.sumOfProducts, before.sum, sum),
    },
  };
}

const meanOf = (sum: bigint, count: number): number => Number(sum) / count / amountScale;

/** (n Σxy − Σx Σy) / (n (n − 1)). */
function spread(count: number, products: bigint, sumX: bigint, sumY: bigint): number {
  if (count < 2) return 0;
  const n = BigInt(count);
  return Number(n * products - sumX * sumY) / count / (count - 1) / amountScale ** 2;
}
