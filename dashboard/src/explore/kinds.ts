/** All kinds of questions of Explore, in the order of its tabs. */
import type { AnswerData } from '../../../src/query/wire.ts';
import type { PlanInput } from '../api/questions.ts';
import type { Kind } from './kind.ts';
import { kind as funnel } from './kinds/funnel/kind.ts';
import { kind as paths } from './kinds/paths/kind.ts';
import { kind as retention } from './kinds/retention/kind.ts';
import { kind as sessions } from './kinds/sessions/kind.ts';
import { kind as trend } from './kinds/trend/kind.ts';

/** Who holds one of them asks `answers` before an answer is given to it. */
const any = <Data extends AnswerData>(kind: Kind<Data>) => kind as unknown as Kind;

export const kinds: readonly Kind[] = [any(trend), any(funnel), any(retention), any(paths), any(sessions)];

/** Undefined: Explore has no page for such plans (lists of events and people, experiments). */
export const kindOfPlan = (plan: Pick<PlanInput, 'kind'>): Kind | undefined =>
  kinds.find(({ plans }) => plans.includes(plan.kind));
