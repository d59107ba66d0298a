/** Whether a range reaches into the running UTC day (or past it), so that its answer changes all the time. */
import { millisecondsPerDay } from '../../clock.ts';
import type { Range } from '../../plan/plan.ts';

export function isOpen(plan: Range, now: number): boolean {
  return plan.to > Math.floor(now / millisecondsPerDay) * millisecondsPerDay;
}
