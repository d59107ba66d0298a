/** Many verdicts made readable: what is shown comes first, and variants of which the same nothing can be said are said together. */
import type { Verdict } from './experiment.ts';

/** More names than this are a number. */
export const namesMax = 3;

/** Where each kind stands; the same kind stays in its order. */
const rank = (verdict: Verdict): number => {
  if (verdict.tone === 'stop') return 0;
  if (verdict.code === 'better' || verdict.code === 'worse') return 1;
  return verdict.tone === 'note' ? 2 : 3;
};

export const mostImportantFirst = (verdicts: readonly Verdict[]): Verdict[] =>
  [...verdicts].sort((a, b) => rank(a) - rank(b));

/**
 * Verdicts of one goal or currency: those with this code become one, when there are several, with the text made of all their names.
 * `params` has no `variant` then, but `variants`: how many.
 */
export function together(
  verdicts: readonly Verdict[],
  code: Verdict['code'],
  textOf: (names: string) => string,
): Verdict[] {
  const same = verdicts.filter((verdict) => verdict.code === code);
  if (same.length < 2) return [...verdicts];
  const names = namesOf(same.map(({ params }) => String(params.variant)));
  const kept = Object.entries(same[0]!.params).filter(([name]) =>
    ['goal', 'currency', 'control'].includes(name),
  );
  const params = { ...Object.fromEntries(kept), variants: same.length };
  const one = { ...same[0]!, text: textOf(names), params };
  return verdicts.flatMap((verdict) =>
    verdict === same[0] ? [one] : verdict.code === code ? [] : [verdict],
  );
}

/** 'B and C', 'B, C, D and 7 others'. */
function namesOf(names: readonly string[]): string {
  const shown = names.length > namesMax + 1 ? names.slice(0, namesMax) : names.slice(0, -1);
  const rest = names.length > namesMax + 1 ? `${names.length - namesMax} others` : names.at(-1);
  return `${shown.join(', ')} and ${rest}`;
}
