/** Whether a range reaches into the running UTC day (or past it), so that its answer changes all the time. */
import { millisecondsPerDay } from '../../clock.ts';
import type { Plan } from '../../plan/plan.ts';

export function isOpen(plan: Plan, now: number): boolean {
  return plan.to > Math.floor(now / millisecondsPerDay) * millisecondsPerDay;
}
