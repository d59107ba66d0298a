/** Questions as hooks: one plan, one answer, kept while the next one is on its way so that nothing jumps. */
import { keepPreviousData, useQuery } from '@tanstack/react-query';
import type { Answer, AnswerData } from '../../../src/query/wire.ts';
import { ApiError, requestJson } from './client.ts';

/** A plan as JSON; the server checks it. */
export type PlanInput = { readonly kind: string } & Readonly<Record<string, unknown>>;

export function ask<Data extends AnswerData>(
  project: string,
  plan: PlanInput,
  signal?: AbortSignal,
): Promise<Answer<Data>> {
  return requestJson<Answer<Data>>('/api/v1/query', {
    method: 'POST',
    project,
    body: plan,
    ...(signal && { signal }),
  });
}

export const answerKey = (project: string, plan?: PlanInput) =>
  plan === undefined ? ['answer', project] : ['answer', project, plan];

/** `enabled: false` waits. */
export function useAnswer<Data extends AnswerData>(
  project: string,
  plan: PlanInput,
  { enabled = true }: { enabled?: boolean } = {},
) {
  return useQuery({
    queryKey: answerKey(project, plan),
    queryFn: ({ signal }) => ask<Data>(project, plan, signal),
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data, error } }) => (data?.meta.stale || isAway(error) ? againMs : false),
    enabled,
  });
}

/** A store that is away comes back: what is old or missing because of it is asked for again. */
const againMs = 5_000;
const isAway = (error: Error | null) =>
  error instanceof ApiError && (error.status === 0 || error.status === 503);
