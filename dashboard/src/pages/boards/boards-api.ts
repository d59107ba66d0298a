/** Boards, the questions on them, and the links to them, as the API keeps them. */
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { requestJson } from '../../api/client.ts';
import type { PlanInput } from '../../api/questions.ts';
import { type Saved, useChange, useForget, useSave, useSaved } from '../../api/saved.ts';
import type { BoardBody, TileView } from './board.ts';

export type SavedBoard = Saved<BoardBody>;
interface BoardQuestion {
  readonly plan: PlanInput;
  readonly view?: TileView;
}
export type SavedQuestion = Saved<BoardQuestion>;

const path = '/api/v1/saved/dashboards';
/** Whose change of a board comes to who looks at it. */
const boardRefreshMs = 30_000;
export const boardKey = (project: string, id: string) => ['saved', project, 'dashboard', id];

export const useBoards = (project: string) => useSaved<BoardBody>(project, 'dashboard');

export const useQuestions = (project: string) => useSaved<BoardQuestion>(project, 'question');

export const fetchBoard = async (project: string, id: string, signal?: AbortSignal): Promise<SavedBoard> =>
  (
    await requestJson<{ data: SavedBoard }>(`${path}/${encodeURIComponent(id)}`, {
      project,
      ...(signal && { signal }),
    })
  ).data;

export const useBoard = (project: string, id: string) =>
  useQuery({
    queryKey: boardKey(project, id),
    queryFn: ({ signal }) => fetchBoard(project, id, signal),
    refetchInterval: boardRefreshMs,
  });

export function useBoardCalls(project: string) {
  const create = useSave<BoardBody>(project, 'dashboard');
  const put = useChange<BoardBody>(project, 'dashboard');
  const remove = useForget(project, 'dashboard');
  return { create, put, remove };
}

export interface Share {
  readonly id: string;
  readonly name: string | null;
  readonly hasPassword: boolean;
  readonly canEmbed: boolean;
  readonly createdAt: string;
  readonly expiresAt: string | null;
}

/** With its address, which is told this once. */
export interface NewShare extends Share {
  readonly path: string;
}

export interface ShareWish {
  readonly name?: string;
  readonly password?: string;
  readonly expiresAt?: string;
  readonly canEmbed: boolean;
}

const sharesPath = (board: string) => `${path}/${encodeURIComponent(board)}/shares`;

export const useShares = (project: string, board: string) =>
  useQuery({
    queryKey: ['shares', project, board],
    queryFn: async ({ signal }) =>
      (await requestJson<{ data: readonly Share[] }>(sharesPath(board), { project, signal })).data,
  });

export function useShareCalls(project: string, board: string) {
  const client = useQueryClient();
  const settled = () => client.invalidateQueries({ queryKey: ['shares', project, board] });
  const create = useMutation({
    mutationFn: async (body: ShareWish) =>
      (await requestJson<{ data: NewShare }>(sharesPath(board), { method: 'POST', project, body })).data,
    onSettled: settled,
  });
  const revoke = useMutation({
    mutationFn: (id: string) =>
      requestJson(`${sharesPath(board)}/${encodeURIComponent(id)}`, { method: 'DELETE', project }),
    onSettled: settled,
  });
  return { create, revoke };
}
