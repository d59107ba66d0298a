/** Integration of smooth functions over one interval, piece by piece, to nearly the last digit. */

/** Points of a piece, both ends among them: a polynomial of this degree less one is integrated exactly. */
const intervals = 16;
const points = Array.from({ length: intervals + 1 }, (_, i) => -Math.cos((i * Math.PI) / intervals));

/** Row i: weights of the values at the points for the integral from −1 to point i. */
const weights: readonly (readonly number[])[] = points.map((_, i) =>
  points.map((_, j) => {
    let weight = 0;
    for (let k = 0; k <= intervals; k++) {
      const ends = (k === 0 || k === intervals ? 0.5 : 1) * (j === 0 || j === intervals ? 0.5 : 1);
      weight += (2 / intervals) * ends * polynomial(k, points[j]!) * integral(k, points[i]!);
    }
    return weight;
  }),
);

/** Where the function's values are wanted, from `low` to `high`. */
export const pointsBetween = (low: number, high: number): number[] =>
  points.map((point) => low + ((high - low) * (point + 1)) / 2);

/** The integral from `low` to each of the points; `values` are the function's at the points. */
export function integrals(values: readonly number[], low: number, high: number): number[] {
  return weights.map(
    (row) => (row.reduce((sum, weight, j) => sum + weight * values[j]!, 0) * (high - low)) / 2,
  );
}

/** Chebyshev's T_k at x in −1…1. */
function polynomial(k: number, x: number): number {
  return Math.cos(k * Math.acos(Math.max(-1, Math.min(1, x))));
}

/** ∫ T_k from −1 to x. Source: J. C. Mason, D. C. Handscomb, Chebyshev Polynomials (2003), 2.4.4. */
function integral(k: number, x: number): number {
  if (k === 0) return x + 1;
  if (k === 1) return (x * x - 1) / 2;
  const open = (at: number) => polynomial(k + 1, at) / (2 * (k + 1)) - polynomial(k - 1, at) / (2 * (k - 1));
  return open(x) - open(-1);
}
