/** What people keep, by kind. Changes say which version they are of, so that nobody overwrites another. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { ApiError, requestJson } from './client.ts';
import type { PlanInput } from './questions.ts';

export type SavedKind =
  | 'question'
  | 'dashboard'
  | 'experiment'
  | 'segment'
  | 'cohort'
  | 'goal'
  | 'annotation';

export interface Saved<Body> {
  readonly id: string;
  readonly name: string;
  readonly body: Body;
  readonly version: number;
  readonly updatedAt: string;
}

export interface QuestionBody {
  readonly plan: PlanInput;
  /** How it is drawn: for these pages alone to know. */
  readonly view?: Readonly<Record<string, unknown>>;
  readonly description?: string;
}

export interface SegmentBody {
  readonly filter: unknown;
  readonly description?: string;
}

export interface CohortBody {
  /** Of the events that make somebody a member. */
  readonly filter: unknown;
  /** 1 when absent. */
  readonly atLeast?: number;
  /** Up to the end of a question's range; or `from` and `to`. */
  readonly days?: number;
  readonly from?: string;
  readonly to?: string;
  readonly description?: string;
}

export interface GoalBody {
  readonly filter: unknown;
  /** What one of them is worth: a number, or a field to sum up. */
  readonly value?: number | { readonly of: string; readonly currency?: string };
  readonly description?: string;
}

export interface AnnotationBody {
  readonly at: string;
  readonly until?: string;
  readonly text: string;
}

const pageMax = 200;
const path = (kind: SavedKind) => `/api/v1/saved/${kind}s`;
const place = (kind: SavedKind, id: string) => `${path(kind)}/${encodeURIComponent(id)}`;

/** Somebody changed it since it was read. */
export const isOutdated = (error: unknown): boolean => error instanceof ApiError && error.status === 412;

interface Page<Body> {
  readonly data: readonly Saved<Body>[];
  readonly next: string | null;
}

/** All of a kind, in the order of their ids. `enabled: false` waits. */
export const useSaved = <Body>(project: string, kind: SavedKind, { enabled = true } = {}) =>
  useQuery({
    queryKey: ['saved', project, kind],
    queryFn: async ({ signal }) => {
      const all: Saved<Body>[] = [];
      for (let after = ''; ; ) {
        const asked = `${path(kind)}?limit=${pageMax}${after && `&after=${encodeURIComponent(after)}`}`;
        const { data, next } = await requestJson<Page<Body>>(asked, { project, signal });
        all.push(...data);
        if (next === null) return all as readonly Saved<Body>[];
        after = next;
      }
    },
    staleTime: 60_000,
    enabled,
  });

/** One of them. `undefined` waits. */
export const useSavedOne = <Body>(project: string, kind: SavedKind, id: string | undefined) =>
  useQuery({
    queryKey: ['saved', project, kind, id],
    queryFn: async ({ signal }) =>
      (await requestJson<{ data: Saved<Body> }>(place(kind, id!), { project, signal })).data,
    enabled: id !== undefined,
  });

/** Makes one; its id is made of the name. Errors: ApiError. */
export function useSave<Body>(project: string, kind: SavedKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async (wanted: { name: string; body: Body }) =>
      (await requestJson<{ data: Saved<Body> }>(path(kind), { method: 'POST', project, body: wanted })).data,
    onSettled: () => client.invalidateQueries({ queryKey: ['saved', project, kind] }),
  });
}

/** Changes one that has this version still. Errors: ApiError, of which `isOutdated` tells those of somebody’s change. */
export function useChange<Body>(project: string, kind: SavedKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: async ({ id, name, body, version }: Omit<Saved<Body>, 'updatedAt'>) =>
      (
        await requestJson<{ data: Saved<Body> }>(place(kind, id), {
          method: 'PUT',
          project,
          body: { name, body },
          ifMatch: `"${version}"`,
        })
      ).data,
    onSettled: () => client.invalidateQueries({ queryKey: ['saved', project, kind] }),
  });
}

/** Deletes one that has this version still. Errors: as `useChange`. */
export function useForget(project: string, kind: SavedKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Pick<Saved<unknown>, 'id' | 'version'>) =>
      requestJson(place(kind, id), { method: 'DELETE', project, ifMatch: `"${version}"` }),
    onSettled: () => client.invalidateQueries({ queryKey: ['saved', project, kind] }),
  });
}
