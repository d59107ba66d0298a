/** Paths' own members of a plan. */
import type { PlanInput } from '../../../api/questions.ts';
import { fieldName, valueName } from '../../../format/names.ts';
import type { Scalar } from '../../fields/value-picker.tsx';
import { numberOf, oneOf, textOf, withMembers } from '../parts/plan-parts.ts';

export const stepsDefault = 5;
export const limitDefault = 8;
/** As the server has it where the plan says nothing. */
const limitOfServer = 10;

export const fieldOf = (plan: PlanInput): string => textOf(plan.field) ?? 'path';
export const stepsOf = (plan: PlanInput): number => numberOf(plan.steps) ?? stepsDefault;
export const limitOf = (plan: PlanInput): number => numberOf(plan.limit) ?? limitOfServer;
export const perOf = (plan: PlanInput) => oneOf(plan.per, ['session', 'user']);
export const pathUnit = (plan: PlanInput) => (perOf(plan) === 'user' ? 'people' : 'sessions');

export type Anchor = 'none' | 'start' | 'end';
export const anchorOf = ({ start, end }: PlanInput): Anchor =>
  start !== undefined ? 'start' : end !== undefined ? 'end' : 'none';

/** Paths on from a value, back from it, or (`none`) from where each began. */
export function anchored(plan: PlanInput, anchor: Anchor, value?: Scalar): PlanInput {
  return withMembers(plan, {
    start: anchor === 'start' ? value : undefined,
    end: anchor === 'end' ? value : undefined,
  });
}

/** 'Paths from /pricing'. */
export function pathsTitle(plan: PlanInput): string {
  const field = fieldOf(plan);
  const words = (value: unknown) => valueName(field, value as Scalar);
  if (plan.start !== undefined) return `Paths from ${words(plan.start)}`;
  if (plan.end !== undefined) return `Paths to ${words(plan.end)}`;
  return field === 'path' ? 'Paths' : `Paths by ${fieldName(field)}`;
}
