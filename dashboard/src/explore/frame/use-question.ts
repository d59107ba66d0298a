/** The answer to the question of the page, with the plan that it answers: the last good one stays until there is another. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Answer } from '../../../../src/query/wire.ts';
import { ask, type PlanInput } from '../../api/questions.ts';

export interface Answered {
  readonly plan: PlanInput;
  readonly answer: Answer;
}

/** Asked again in so many times what it took, so that a page that stands open costs little. */
const restTimes = 30;
const againMsMin = 15_000;

export function useQuestion(project: string, plan: PlanInput, enabled: boolean) {
  const last = useRef<Answered>(undefined);
  const query = useQuery({
    queryKey: ['question', project, plan],
    queryFn: async ({ signal }): Promise<Answered> => ({ plan, answer: await ask(project, plan, signal) }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      data === undefined ? false : Math.max(againMsMin, data.answer.meta.durationMs * restTimes),
    enabled,
  });
  if (query.data !== undefined) last.current = query.data;
  return {
    ...query,
    answered: query.data ?? last.current,
    isBusy: enabled && (query.isPending || query.isPlaceholderData),
  };
}
