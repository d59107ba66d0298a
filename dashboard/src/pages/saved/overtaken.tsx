/** Somebody else was faster: what they made of it, and the choice between theirs and mine. */
import { ApiError } from '../../api/client.ts';
import { type Saved, type SavedKind, useSavedOne } from '../../api/saved.ts';
import { Button } from '../../ui/button.tsx';

interface OvertakenProps<Body> {
  readonly project: string;
  readonly kind: SavedKind;
  readonly id: string;
  readonly words: (body: Body) => string;
  readonly onTheirs: (theirs: Saved<Body>) => void;
  /** Over the version that is theirs. */
  readonly onMine: (version: number) => void;
  /** It is gone: mine is made as a new one. */
  readonly onAnew: () => void;
}

export function Overtaken<Body>(props: OvertakenProps<Body>) {
  const { project, kind, id, words, onTheirs, onMine, onAnew } = props;
  const { data: theirs, error, isFetching } = useSavedOne<Body>(project, kind, id);
  const isGone = error instanceof ApiError && error.status === 404;
  return (
    <div role="alert" className="grid gap-2 rounded-lg bg-warn-soft p-3 text-[13px]">
      {isGone ? (
        <p>Somebody deleted it while you changed it.</p>
      ) : error !== null ? (
        <p className="text-bad">{error.message}</p>
      ) : (
        <p className="break-words">
          Somebody changed it while you did.
          {theirs !== undefined && (
            <>
              {' '}
              Now it is <span className="font-medium">{theirs.name}</span>: {words(theirs.body)}
            </>
          )}
        </p>
      )}
      <div className="flex flex-wrap gap-2">
        {isGone ? (
          <Button small onClick={onAnew}>
            Make mine anew
          </Button>
        ) : (
          <>
            <Button
              small
              disabled={theirs === undefined || isFetching}
              onClick={() => theirs && onTheirs(theirs)}
            >
              Take theirs
            </Button>
            <Button
              small
              disabled={theirs === undefined || isFetching}
              onClick={() => theirs && onMine(theirs.version)}
            >
              Keep mine
            </Button>
          </>
        )}
      </div>
    </div>
  );
}
