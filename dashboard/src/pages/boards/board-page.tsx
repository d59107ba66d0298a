/** One board: looked at by whoever may, arranged and shared by editors. */
import { useBlocker, useNavigate, useSearch } from '@tanstack/react-router';
import { type ReactNode, useEffect, useMemo, useState } from 'react';
import { ApiError } from '../../api/client.ts';
import { useSession } from '../../api/session.ts';
import type { Search } from '../../state/view.ts';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { TurnsContext, turnsMax } from './answer-tile.tsx';
import { draftOf } from './board.ts';
import { BoardBar } from './board-bar.tsx';
import { BoardTiles } from './board-tiles.tsx';
import { type SavedBoard, useBoard, useQuestions } from './boards-api.ts';
import { Conflict } from './conflict.tsx';
import { QuestionsContext } from './questions.ts';
import { type BoardScope, scopeInAddress, searchOfScope } from './scope.ts';
import { atMost } from './turns.ts';
import { type BoardDraft, useDraft } from './use-draft.ts';
import { useFullScreen } from './use-full-screen.ts';

export function BoardPage({ project, board: id }: { project: string; board: string }) {
  const { data, error, isError, refetch } = useBoard(project, id);
  if (data === undefined && isError)
    return error instanceof ApiError && error.status === 404 ? (
      <Empty title="There is no such board">It was deleted, or never saved.</Empty>
    ) : (
      <Failure error={error} retry={() => refetch()} />
    );
  if (data === undefined) return <Waiting />;
  // another board is another page: nothing of a draft goes over to it
  return <LoadedBoard key={id} project={project} board={data} />;
}

function LoadedBoard({ project, board }: { project: string; board: SavedBoard }) {
  const navigate = useNavigate();
  const search = useSearch({ strict: false }) as Search;
  const session = useSession();
  const edits = useDraft(project, board);
  const [isFull, setFull] = useFullScreen();
  const kept = useMemo(() => draftOf(board.name, board.body), [board]);
  const shown = edits.draft ?? kept;
  const inAddress = JSON.stringify(scopeInAddress(search, kept.scope));
  const inHand = JSON.stringify(edits.draft?.scope);
  // the same object until it says something else, so that no tile is drawn anew for nothing
  const scope = useMemo(() => JSON.parse(inHand ?? inAddress) as BoardScope, [inHand, inAddress]);
  const role = session?.projects.find((each) => each.id === project)?.role;
  const setScope = (next: BoardScope) => {
    if (edits.draft !== undefined) return edits.change((draft) => ({ ...draft, scope: next }));
    const { range: _r, from: _f, to: _t, zone: _z, where: _w, ...rest } = search;
    void navigate({
      to: '.',
      search: { ...rest, ...searchOfScope(next, kept.scope) } as never,
      resetScroll: false,
    });
  };
  const toKept = () => navigate({ to: '.', search: {} as never, resetScroll: false, replace: true });
  useLeaving(edits);
  useEditAtOnce(search, edits, role !== 'viewer', toKept);
  return (
    <BoardContexts project={project}>
      <div className={isFull ? 'fixed inset-0 z-40 overflow-auto bg-paper p-4 sm:p-6' : ''}>
        <BoardBar
          project={project}
          board={board}
          shown={shown}
          scope={scope}
          onScope={setScope}
          edits={edits}
          onSaved={toKept}
          canEdit={role !== 'viewer' && role !== undefined}
          isFull={isFull}
          onFull={setFull}
        />
        <BoardTiles
          project={project}
          tiles={shown.tiles}
          scope={scope}
          change={edits.draft && edits.change}
          canEdit={role !== 'viewer'}
          onEdit={edits.begin}
        />
      </div>
      {edits.draft !== undefined && edits.theirs !== undefined && (
        <Conflict
          mine={edits.draft}
          theirs={edits.theirs}
          isSaving={edits.isSaving}
          error={edits.error}
          onMine={async () => {
            if (await edits.save(edits.theirs)) await toKept();
          }}
          onTheirs={edits.takeTheirs}
          onCopy={async () => {
            const made = await edits.saveCopy();
            if (made !== undefined)
              await navigate({ to: '/p/$project/boards/$board', params: { project, board: made } });
          }}
          onClose={edits.putOff}
        />
      )}
    </BoardContexts>
  );
}

function BoardContexts({ project, children }: { project: string; children: ReactNode }) {
  const { data, error } = useQuestions(project);
  const questions = useMemo(
    () => ({ byId: data && new Map(data.map((each) => [each.id, each])), error }),
    [data, error],
  );
  const turns = useMemo(() => atMost(turnsMax), []);
  return (
    <QuestionsContext value={questions}>
      <TurnsContext value={turns}>{children}</TurnsContext>
    </QuestionsContext>
  );
}

/** What is changed and not saved is not left without a word. */
function useLeaving({ hasChanges }: BoardDraft): void {
  useBlocker({
    shouldBlockFn: ({ current, next }) =>
      hasChanges() &&
      current.pathname !== next.pathname &&
      !window.confirm('Your changes of this board are not saved. Leave all the same?'),
    enableBeforeUnload: hasChanges,
  });
}

/** A board that was just made is there to be filled: `?edit=1`. */
function useEditAtOnce(search: Search, { begin }: BoardDraft, mayEdit: boolean, done: () => void): void {
  const [isBegun, setBegun] = useState(false);
  useEffect(() => {
    if (search.edit === undefined || isBegun || !mayEdit) return;
    setBegun(true);
    begin();
    done();
  }, [search.edit, isBegun, mayEdit, begin, done]);
}

function Waiting() {
  return (
    <div aria-busy className="grid gap-3">
      <Skeleton className="h-9 w-64" />
      <div className="grid gap-3 sm:grid-cols-2">
        <Skeleton className="h-72" />
        <Skeleton className="h-72" />
      </div>
    </div>
  );
}
