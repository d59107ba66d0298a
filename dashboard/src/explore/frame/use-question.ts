/** The answer to the question of the page, with the plan that it answers: the last good one stays until there is another. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import { useRef } from 'react';
import type { Answer } from '../../../../src/query/wire.ts';
import { ApiError } from '../../api/client.ts';
import { ask, type PlanInput } from '../../api/questions.ts';

export interface Answered {
  readonly plan: PlanInput;
  readonly answer: Answer;
}

/** Asked again in so many times what it took, so that a page that stands open costs little. */
const restTimes = 30;
const againMsMin = 15_000;
/** A server or a store that is away comes back. */
const awayMs = 5_000;
const isAway = (error: Error | null) =>
  error instanceof ApiError && (error.status === 0 || error.code === 'store_unavailable');

export function useQuestion(project: string, plan: PlanInput, enabled: boolean) {
  const last = useRef<Answered>(undefined);
  const query = useQuery({
    queryKey: ['question', project, plan],
    queryFn: async ({ signal }): Promise<Answered> => ({ plan, answer: await ask(project, plan, signal) }),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data, error } }) => {
      if (isAway(error)) return awayMs;
      return data === undefined ? false : Math.max(againMsMin, data.answer.meta.durationMs * restTimes);
    },
    enabled,
  });
  if (query.data !== undefined) last.current = query.data;
  return {
    ...query,
    answered: query.data ?? last.current,
    isBusy: enabled && (query.isPending || query.isPlaceholderData),
  };
}
