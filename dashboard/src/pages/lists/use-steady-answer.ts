/** An answer beside a list, that is not asked again whenever something comes in: it may have to read every event of the range. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { AnswerData } from '../../../../src/query/wire.ts';
import { ask, type PlanInput } from '../../api/questions.ts';

const steadyMs = 60_000;

/** `enabled: false` waits. */
export const useSteadyAnswer = <Data extends AnswerData>(project: string, plan: PlanInput, enabled = true) =>
  useQuery({
    queryKey: ['steady', project, plan],
    queryFn: ({ signal }) => ask<Data>(project, plan, signal),
    placeholderData: keepPreviousData,
    staleTime: steadyMs,
    refetchOnWindowFocus: false,
    enabled,
  });
