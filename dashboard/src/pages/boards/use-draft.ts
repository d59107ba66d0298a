/**
 * A board on the screen: as it is kept, or as somebody is changing it. A change is of a version; when the board has another by the time it
 * is saved, both are kept in hand until who saves has said which one stays.
 */
import { useQueryClient } from '@tanstack/react-query';
import { useCallback, useRef, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import { bodyOf, type Draft, draftOf } from './board.ts';
import { boardKey, fetchBoard, type SavedBoard, useBoardCalls } from './boards-api.ts';

interface Editing {
  readonly draft: Draft;
  /** What it is a change of. */
  readonly base: SavedBoard;
}

export interface BoardDraft {
  /** Undefined: nobody edits. */
  readonly draft: Draft | undefined;
  readonly isChanged: boolean;
  /** As `isChanged`, at this very moment, before the page is drawn anew. */
  readonly hasChanges: () => boolean;
  readonly isSaving: boolean;
  readonly error: Error | null;
  /** What somebody else has saved meanwhile. */
  readonly theirs: SavedBoard | undefined;
  readonly begin: () => void;
  readonly change: (next: (draft: Draft) => Draft) => void;
  readonly cancel: () => void;
  /** False: it is not saved, and `theirs` or `error` says why. `over`: in the place of that version. */
  readonly save: (over?: SavedBoard) => Promise<boolean>;
  /** As a board of its own; its id. */
  readonly saveCopy: () => Promise<string | undefined>;
  readonly takeTheirs: () => void;
  /** Goes on editing; it comes up again with the next save. */
  readonly putOff: () => void;
}

export function useDraft(project: string, board: SavedBoard | undefined): BoardDraft {
  const client = useQueryClient();
  const { put, create } = useBoardCalls(project);
  const [editing, setEditing] = useState<Editing>();
  // undefined at once when a change is saved or dropped, so that the page may be left in the same breath
  const current = useRef<Editing>(undefined);
  current.current = editing;
  const [theirs, setTheirs] = useState<SavedBoard>();

  const begin = () => {
    if (board !== undefined) setEditing({ draft: draftOf(board.name, board.body), base: board });
  };
  const change = useCallback((next: (draft: Draft) => Draft) => {
    setEditing((now) => now && { ...now, draft: next(now.draft) });
  }, []);
  const stop = () => {
    current.current = undefined;
    setEditing(undefined);
    setTheirs(undefined);
    put.reset();
    create.reset();
  };

  const save = async (over?: SavedBoard): Promise<boolean> => {
    if (editing === undefined) return false;
    const { draft, base } = editing;
    const { id, version, body } = over ?? base;
    try {
      const saved = await put.mutateAsync({ id, version, name: draft.name, body: bodyOf(draft, body) });
      // what is shown from here on, before it is read again
      client.setQueryData(boardKey(project, id), saved);
    } catch (error) {
      if (error instanceof ApiError && error.status === 412)
        setTheirs(await fetchBoard(project, id).catch(() => undefined));
      return false;
    }
    stop();
    return true;
  };
  const saveCopy = async (): Promise<string | undefined> => {
    if (editing === undefined) return undefined;
    const { draft, base } = editing;
    try {
      const made = await create.mutateAsync({
        name: `${draft.name.slice(0, 90)} (mine)`,
        body: bodyOf(draft, base.body),
      });
      stop();
      return made.id;
    } catch {
      return undefined;
    }
  };

  const isConflict = put.error instanceof ApiError && put.error.status === 412;
  return {
    draft: editing?.draft,
    isChanged: editing !== undefined && !isSame(editing),
    hasChanges: () => current.current !== undefined && !isSame(current.current),
    isSaving: put.isPending || create.isPending,
    error: isConflict && theirs !== undefined ? create.error : (put.error ?? create.error),
    theirs,
    begin,
    change,
    cancel: stop,
    save,
    saveCopy,
    takeTheirs: stop,
    putOff: () => setTheirs(undefined),
  };
}

function isSame({ draft, base }: Editing): boolean {
  const before = draftOf(base.name, base.body);
  return (
    draft.name === before.name &&
    JSON.stringify(bodyOf(draft, undefined)) === JSON.stringify(bodyOf(before, undefined))
  );
}
