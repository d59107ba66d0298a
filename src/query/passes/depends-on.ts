/** The range whose events an answer depends on: the question's own, and those of the cohorts in any of its filters. */
import type { AnyPlan, Filter, Range } from '../../plan/plan.ts';

export function dependsOn(plan: AnyPlan): Range {
  const ranges = [plan, ...earlier(plan), ...filtersOf(plan).flatMap(cohortRanges)];
  return {
    from: Math.min(...ranges.map((range) => range.from)),
    to: Math.max(...ranges.map((range) => range.to)),
  };
}

/** What people spent before an experiment. */
function earlier(plan: AnyPlan): readonly Range[] {
  const isAsked = plan.kind === 'experiment' && plan.money && plan.per === 'user';
  return isAsked ? [{ from: plan.from - (plan.to - plan.from), to: plan.from }] : [];
}

function filtersOf(plan: AnyPlan): readonly Filter[] {
  const filters = plan.filter === undefined ? [] : [plan.filter];
  switch (plan.kind) {
    case 'funnel':
      return [
        ...filters,
        ...plan.steps.map(({ filter }) => filter),
        ...plan.exclude.map(({ filter }) => filter),
      ];
    case 'retention':
      return [...filters, plan.start, plan.return];
    case 'summary':
    case 'trend':
      return [...filters, ...(plan.series ?? []).flatMap(({ filter }) => filter ?? [])];
    default:
      return filters;
  }
}

function cohortRanges(filter: Filter): readonly Range[] {
  if ('and' in filter) return filter.and.flatMap(cohortRanges);
  if ('or' in filter) return filter.or.flatMap(cohortRanges);
  if ('not' in filter) return cohortRanges(filter.not);
  return 'cohort' in filter ? [filter.cohort] : [];
}
