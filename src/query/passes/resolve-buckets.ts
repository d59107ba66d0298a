/** Decides the borders of the answer's buckets: the first pass over a plan. All but a trend have one bucket, its range. */
import { type Buckets, bucketsOf } from '../../plan/edges.ts';
import type { Plan } from '../../plan/plan.ts';

export function resolveBuckets(plan: Plan): Buckets {
  switch (plan.kind) {
    case 'summary':
    case 'breakdown':
      return { edges: [plan.from, plan.to], nominal: [plan.from, plan.to] };
    case 'trend':
      return bucketsOf(plan.from, plan.to, plan.interval, plan.timeZone, plan.weekStart);
    default:
      return plan satisfies never;
  }
}
