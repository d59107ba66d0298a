/** The range whose events an answer depends on: the question's own, and those of the cohorts in its filter. */
import type { Filter, Range, Scope } from '../../plan/plan.ts';

export function dependsOn({ from, to, filter }: Pick<Scope, 'from' | 'to' | 'filter'>): Range {
  const ranges = [{ from, to }, ...(filter === undefined ? [] : cohortRanges(filter))];
  return {
    from: Math.min(...ranges.map((range) => range.from)),
    to: Math.max(...ranges.map((range) => range.to)),
  };
}

function cohortRanges(filter: Filter): readonly Range[] {
  if ('and' in filter) return filter.and.flatMap(cohortRanges);
  if ('or' in filter) return filter.or.flatMap(cohortRanges);
  if ('not' in filter) return cohortRanges(filter.not);
  return 'cohort' in filter ? [filter.cohort] : [];
}
