/** Many comparisons in one answer: the share of false discoveries is held, not that of each comparison alone. */

/**
 * Adjusted p-values in the order given; null stays null and is not counted. Those below 0.05 hold, of which on average at most 5 % are
 * false. Source: Y. Benjamini, Y. Hochberg, "Controlling the false discovery rate", J. R. Statist. Soc. B 57 (1995).
 */
export function benjaminiHochberg(pValues: readonly (number | null)[]): (number | null)[] {
  const tests = pValues.flatMap((p, index) => (p === null ? [] : [{ p, index }]));
  const adjusted: (number | null)[] = pValues.map(() => null);
  let least = 1;
  // from the largest on: none may be above a larger one's
  for (const [rank, { p, index }] of [...tests.sort((a, b) => a.p - b.p).entries()].reverse()) {
    least = Math.min(least, p * (tests.length / (rank + 1)));
    adjusted[index] = least;
  }
  return adjusted;
}
