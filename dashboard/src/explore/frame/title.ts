/** A question in few words, where nobody gave it a name. */
import type { PlanInput } from '../../api/questions.ts';
import { kindOfPlan } from '../kinds.ts';

const lengthMax = 80;

export function titleOf(plan: PlanInput): string {
  const kind = kindOfPlan(plan);
  const words = kind?.title?.(plan) ?? kind?.label ?? plan.kind;
  return words.length > lengthMax ? `${words.slice(0, lengthMax - 1)}…` : words;
}
