/** Finds where a falling function takes a value: quantiles are found from tails, so that both always agree. */

/** Halvings of a positive double's range until neighbors are reached: 2,098 exponents and 52 bits, with room. */
const halvingsMax = 200;

/**
 * The x ≥ 0 where `falling` (from 1 at 0 toward 0) passes `value`, to the last bits: the interval is doubled, then halved.
 * 0 < value < 1.
 */
export function whereFallsTo(value: number, falling: (x: number) => number): number {
  let low = 0;
  let high = 1;
  while (falling(high) > value && high < Number.MAX_VALUE / 4) [low, high] = [high, high * 2];
  for (let i = 0; i < halvingsMax; i++) {
    const middle = (low + high) / 2;
    if (middle === low || middle === high) break;
    if (falling(middle) > value) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
