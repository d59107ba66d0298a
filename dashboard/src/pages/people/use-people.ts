/** The people of a plan page by page, where most of their events are from, and who has an id. */
import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query';
import type { BreakdownData, PeopleData, PersonData, UserData } from '../../../../src/query/wire.ts';
import { ask, type PlanInput } from '../../api/questions.ts';

const pageSize = 50;
/** People that are held; for more there are filters and exports. */
export const peopleMax = 1_000;
const traitsLimit = 1_000;

type Scope = Readonly<Record<string, unknown>>;

export function usePeople(project: string, plan: PlanInput) {
  return useInfiniteQuery({
    queryKey: ['people of', project, plan],
    queryFn: async ({ pageParam, signal }) => {
      const after = pageParam === undefined ? {} : { after: pageParam };
      return (await ask<PeopleData>(project, { ...plan, limit: pageSize, ...after }, signal)).data;
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }, pages) => (pages.length * pageSize < peopleMax ? next : undefined),
    placeholderData: keepPreviousData,
    // numbers that change while one reads them down are of no use
    refetchOnWindowFocus: false,
    staleTime: 60_000,
  });
}

export interface Traits {
  readonly country: string | undefined;
  readonly device: string | undefined;
}

/** Under which id one asks for them. */
export const idOf = ({ userId, anonymousId, key }: PersonData): string => userId ?? anonymousId ?? key;

/** By id: the country and the device of most of their events in the range. What is not known yet is not there. */
export function useTraits(
  project: string,
  scope: Scope,
  pages: readonly (readonly PersonData[])[],
): ReadonlyMap<string, Traits> {
  const questions = pages.flatMap((people) => [
    traitsPlan(scope, 'userId', people),
    traitsPlan(scope, 'anonymousId', people),
  ]);
  return useQueries({
    queries: questions.map((plan) => ({
      queryKey: ['traits', project, plan],
      queryFn: async ({ signal }: { signal: AbortSignal }) =>
        (await ask<BreakdownData>(project, plan!, signal)).data,
      enabled: plan !== undefined,
      staleTime: 60_000,
      refetchOnWindowFocus: false,
      // the list is whole without it
      retry: false,
    })),
    combine: (answers) => traitsIn(answers.flatMap(({ data }) => data ?? [])),
  });
}

/** Undefined: nobody to ask about. */
function traitsPlan(
  scope: Scope,
  field: 'userId' | 'anonymousId',
  people: readonly PersonData[],
): PlanInput | undefined {
  const value = people.flatMap((person) =>
    field === 'anonymousId' && person.userId !== undefined ? [] : (person[field] ?? []),
  );
  if (value.length === 0) return undefined;
  return {
    kind: 'breakdown',
    ...scope,
    metrics: ['events'],
    by: [field, 'country', 'device'],
    limit: traitsLimit,
    filter: { field, op: 'in', value },
  };
}

/** Groups come with most events first. */
function traitsIn(answers: readonly BreakdownData[]): ReadonlyMap<string, Traits> {
  const traits = new Map<string, Traits>();
  for (const { groups } of answers)
    for (const { values, other } of groups) {
      const [id, country, device] = values;
      if (other || typeof id !== 'string') continue;
      const { country: known, device: knownDevice } = traits.get(id) ?? {};
      traits.set(id, {
        country: known ?? textOf(country),
        device: knownDevice ?? textOf(device),
      });
    }
  return traits;
}

const textOf = (value: unknown) => (typeof value === 'string' ? value : undefined);

/** Of all time, bots too: whoever has exactly this id. */
export function useExactly(project: string, id: string) {
  return useQuery({
    queryKey: ['exactly', project, id],
    queryFn: async ({ signal }) => {
      const plan = { kind: 'user', range: 'all', bots: 'include', person: id, limit: 1 };
      return (await ask<UserData>(project, plan, signal)).data.person;
    },
    enabled: id !== '',
    staleTime: 60_000,
    retry: false,
  });
}
