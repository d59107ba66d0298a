/** The saved questions that the tiles of a board are of: read once for all of them. */
import { createContext, useContext } from 'react';
import { ApiError } from '../../api/client.ts';
import type { PlanInput } from '../../api/questions.ts';
import type { KeyedTile, TileView } from './board.ts';
import type { SavedQuestion } from './boards-api.ts';

export interface Questions {
  /** Undefined: they are on their way. */
  readonly byId: ReadonlyMap<string, SavedQuestion> | undefined;
  readonly error: Error | null;
}

export const QuestionsContext = createContext<Questions>({ byId: undefined, error: null });

export interface TileQuestion {
  /** The tile’s own, else the name of its question; '' for text without one. */
  readonly title: string;
  /** Undefined: it is on its way, or there is none. */
  readonly plan: PlanInput | undefined;
  readonly view: TileView | undefined;
  /** Why there is none. */
  readonly error: Error | undefined;
}

export function useTileQuestion({ question: id, plan, title, view, text }: KeyedTile): TileQuestion {
  const { byId, error } = useContext(QuestionsContext);
  if (id === undefined) {
    const words = title ?? (text === undefined ? (plan?.kind ?? '') : '');
    return { title: words, plan, view, error: undefined };
  }
  const found = byId?.get(id);
  const gone = new ApiError(404, 'not_found', `there is no question ${id}`);
  return {
    title: title ?? found?.name ?? id,
    plan: found?.body.plan,
    view: view ?? found?.body.view,
    error: found !== undefined ? undefined : byId !== undefined ? gone : (error ?? undefined),
  };
}
