/** What people keep: annotations, and whatever comes. Changes say which version they are of, so that nobody overwrites another. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { requestJson } from './client.ts';

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
}

export interface AnnotationBody {
  readonly at: string;
  readonly text: string;
}

const path = (kind: SavedKind) => `/api/v1/saved/${kind}s`;

export const useSaved = <Body>(project: string, kind: SavedKind) =>
  useQuery({
    queryKey: ['saved', project, kind],
    queryFn: async ({ signal }) =>
      (await requestJson<{ data: readonly Saved<Body>[] }>(path(kind), { project, signal })).data,
    staleTime: 60_000,
  });

export function useSave<Body>(project: string, kind: SavedKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: (wanted: { name: string; body: Body }) =>
      requestJson(path(kind), { method: 'POST', project, body: wanted }),
    onSettled: () => client.invalidateQueries({ queryKey: ['saved', project, kind] }),
  });
}

export function useForget(project: string, kind: SavedKind) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: ({ id, version }: Saved<unknown>) =>
      requestJson(`${path(kind)}/${id}`, { method: 'DELETE', project, ifMatch: `"${version}"` }),
    onSettled: () => client.invalidateQueries({ queryKey: ['saved', project, kind] }),
  });
}
