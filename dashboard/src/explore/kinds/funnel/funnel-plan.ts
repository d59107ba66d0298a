/** A funnel's own members of a plan, as the editor and the charts read them. */
import type { PlanInput } from '../../../api/questions.ts';
import { listOf, type Members, membersOf, numberOf, oneOf, textOf } from '../parts/plan-parts.ts';
import { stepName } from '../parts/step-name.ts';

export const stepsMax = 20;
const windowMsDefault = 7 * 86_400_000;

export const orders = {
  ordered: 'In this order',
  strict: 'Right after each other',
  any: 'In any order',
} as const;
export type Order = keyof typeof orders;
export const orderNames = ['ordered', 'strict', 'any'] as const;
export const pers = { user: 'People', session: 'Sessions' } as const;

const pageview = { field: 'type', op: 'eq', value: 'pageview' };
/** True on any project that has more than page views; it gives way to the first step that is added. */
const anythingElse = { name: 'Did something', filter: { not: pageview } };
export const starterSteps: readonly Members[] = [{ filter: pageview }, anythingElse];

export const stepsOf = (plan: PlanInput): readonly Members[] => listOf(plan.steps);
export const exclusionsOf = (plan: PlanInput): readonly Members[] => listOf(plan.exclude);
export const orderOf = (plan: PlanInput): Order => oneOf(plan.order, orderNames);
export const perOf = (plan: PlanInput) => oneOf(plan.per, ['user', 'session']);
export const windowMsOf = (plan: PlanInput): number => numberOf(plan.windowMs) ?? windowMsDefault;
export const byOf = (plan: PlanInput): string | undefined =>
  textOf(plan.by) ?? textOf(membersOf(plan.by).field);

/** One more at the end. */
export function withStep(steps: readonly Members[], step: Members): readonly Members[] {
  const isStarter = JSON.stringify(steps.at(-1)) === JSON.stringify(anythingElse);
  return [...(isStarter ? steps.slice(0, -1) : steps), step];
}

export const stepNames = (plan: PlanInput): readonly string[] => stepsOf(plan).map(stepName);

export function moved<T>(items: readonly T[], from: number, to: number): readonly T[] {
  const rest = items.toSpliced(from, 1);
  return rest.toSpliced(to, 0, items[from]!);
}

/** Exclusions whose steps are gone are of the steps that are there. */
export function fittedExclusions(exclude: readonly Members[], steps: number): readonly Members[] | undefined {
  const fitted = exclude.map(({ after, before, ...rest }) => {
    const first = Math.min(numberOf(after) ?? 1, Math.max(1, steps - 1));
    return { ...rest, after: first, before: Math.max(first + 1, Math.min(numberOf(before) ?? steps, steps)) };
  });
  return fitted.length === 0 ? undefined : fitted;
}
