/** The chi-square distribution's upper tail, in closed form: degrees of freedom are whole numbers here. */
import { erfc } from './normal.ts';

/**
 * P(X > x) for X chi-square with `degrees` (a whole number ≥ 1) degrees of freedom; x ≥ 0. A sum of positive terms, so nothing cancels.
 * Source: Abramowitz & Stegun, Handbook of Mathematical Functions, 26.4.4 and 26.4.5.
 */
export function chiSquareTail(x: number, degrees: number): number {
  const y = x / 2;
  const odd = degrees % 2 === 1;
  // the first term of either sum; each next one is the last times y / j
  let term = odd ? Math.exp(-y) * Math.sqrt(y / Math.PI) * 2 : Math.exp(-y);
  let tail = odd ? erfc(Math.sqrt(y)) : 0;
  for (let j = odd ? 1.5 : 1; j <= degrees / 2; j++) {
    tail += term;
    term *= y / j;
  }
  return Math.min(1, tail);
}
