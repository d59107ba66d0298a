/** How an answer was found, for who asks (`"explain": true`). */
import type { Explanation } from './wire.ts';

export function explained(
  passes: readonly string[],
  source: string,
  rowsRead: number,
  computedInMs: number,
  cache: Explanation['cache'],
): Explanation {
  return { passes, tables: tablesOf(source), rowsRead, computedInMs, cache };
}

const tablesOf = (source: string): readonly string[] => [
  ...(source.includes('rollup') ? ['rollup_counts', 'rollup_users'] : []),
  ...(source.includes('rows') ? ['events'] : []),
];

/** What says least for the answer first. */
const outcomes: readonly Explanation['cache'][] = ['stale', 'none', 'miss', 'shared', 'hit'];

/** Of an answer that is made of parts: everything that was done, and the outcome of the part that was dearest to find. */
export function mergedExplanation(parts: readonly Explanation[]): Explanation {
  const sum = (of: (one: Explanation) => number): number => parts.reduce((total, one) => total + of(one), 0);
  return {
    passes: [...new Set(parts.flatMap(({ passes }) => passes))],
    tables: [...new Set(parts.flatMap(({ tables }) => tables))],
    rowsRead: sum((one) => one.rowsRead),
    computedInMs: sum((one) => one.computedInMs),
    cache: outcomes.find((outcome) => parts.some(({ cache }) => cache === outcome))!,
  };
}
