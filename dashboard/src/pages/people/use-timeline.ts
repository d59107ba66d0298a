/** One person's events, newest first, page by page, over every id that is theirs. */
import { keepPreviousData, useInfiniteQuery } from '@tanstack/react-query';
import type { EventData, PersonData, UserData } from '../../../../src/query/wire.ts';
import { ask } from '../../api/questions.ts';

const pageSize = 100;
/** Events that are held; older ones are found by a shorter range. */
export const eventsMax = 1_000;

export interface TimelineScope {
  readonly id: string;
  /** Range and zone. */
  readonly range: Readonly<Record<string, unknown>>;
  /** Absent: every event. */
  readonly type: string | undefined;
}

export function useTimeline(project: string, { id, range, type }: TimelineScope) {
  // as long as nothing is left out, those that are taken for bots are people too
  const plan = {
    kind: 'user',
    ...range,
    bots: 'include',
    person: id,
    limit: pageSize,
    ...(type !== undefined && { filter: { field: 'type', op: 'eq', value: type } }),
  };
  return useInfiniteQuery({
    queryKey: ['timeline', project, plan],
    queryFn: async ({ pageParam, signal }) => {
      const after = pageParam === undefined ? {} : { after: pageParam };
      return (await ask<UserData>(project, { ...plan, ...after }, signal)).data;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }, pages) => (pages.length * pageSize < eventsMax ? next : undefined),
    placeholderData: keepPreviousData,
    refetchOnWindowFocus: false,
    staleTime: 10_000,
  });
}

/** Every id that the person's events and the person name, the one that was asked for first. */
export function idsOf(asked: string, person: PersonData, events: readonly EventData[]): readonly string[] {
  const ids = new Set([asked]);
  for (const { userId, anonymousId } of [person, ...events])
    for (const id of [userId, anonymousId]) if (id !== undefined) ids.add(id);
  return [...ids];
}
