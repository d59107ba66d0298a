/**
 * Leaves out of the question what cannot hold an event yet: more than 24 hours ahead nothing is accepted. The cut is at
 * the end of a UTC day, so that a question is the same question all day long. The buckets past it stay in the answer,
 * as zeros.
 */
import { millisecondsPerDay } from '../../clock.ts';
import type { Question } from '../../store/store.ts';

export function cutFuture(question: Question, now: number): Question {
  const { plan, edges } = question;
  const end = (Math.floor((now + millisecondsPerDay) / millisecondsPerDay) + 1) * millisecondsPerDay;
  if (plan.to <= end || plan.from >= end) return question;
  return { plan: { ...plan, to: end }, edges: [...edges.filter((edge) => edge < end), end] };
}
