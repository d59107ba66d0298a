/** Which questions depend on who is the same person. */
import type { Plan, Scope } from '../../plan/plan.ts';
import { filterFields } from './choose-source.ts';

/** Whether any number of the answer does. */
export const needsIdentity = (plan: Plan): boolean =>
  plan.metrics.includes('users') || plan.metrics.includes('sessions') || choosesPersons(plan);

/** Whether it is by their persons that events are asked for. */
export const choosesPersons = ({ filter, sample }: Pick<Scope, 'filter' | 'sample'>): boolean =>
  sample !== undefined || (filter !== undefined && filterFields(filter).has('person'));
