/** Over a board: its name, what all its tiles are about, and what one may do with it. */
import { Maximize2, Minimize2, Pencil, Share2 } from 'lucide-react';
import { useState } from 'react';
import { PlanRange } from '../../explore/range.tsx';
import type { RangeName } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { inputBox } from '../../ui/field.tsx';
import type { Draft } from './board.ts';
import { BoardFilter } from './board-filter.tsx';
import type { SavedBoard } from './boards-api.ts';
import type { BoardScope } from './scope.ts';
import { ShareDialog } from './share-dialog.tsx';
import type { BoardDraft } from './use-draft.ts';

interface BoardBarProps {
  readonly project: string;
  readonly board: SavedBoard;
  readonly shown: Draft;
  readonly scope: BoardScope;
  readonly onScope: (next: BoardScope) => void;
  readonly edits: BoardDraft;
  readonly onSaved: () => void;
  readonly canEdit: boolean;
  readonly isFull: boolean;
  readonly onFull: (isFull: boolean) => void;
}

export function BoardBar(props: BoardBarProps) {
  const { project, board, shown, scope, onScope, edits, canEdit, isFull, onFull } = props;
  const [isSharing, setSharing] = useState(false);
  const isEditing = edits.draft !== undefined;
  return (
    <div className="mb-4">
      <div className="flex flex-wrap items-center gap-2">
        <Title {...props} />
        <div className="flex flex-wrap items-center gap-2 sm:ml-auto">
          <BoardFilter project={project} scope={scope} onScope={onScope} />
          <BoardRange scope={scope} onScope={onScope} />
          {isEditing ? (
            <EditButtons {...props} />
          ) : (
            <>
              {canEdit && (
                <>
                  <Button onClick={() => setSharing(true)}>
                    <Share2 aria-hidden className="size-4" />
                    <span className="max-sm:sr-only">Share</span>
                  </Button>
                  <Button onClick={edits.begin}>
                    <Pencil aria-hidden className="size-4" />
                    <span className="max-sm:sr-only">Edit</span>
                  </Button>
                </>
              )}
              <FullButton isFull={isFull} onFull={onFull} />
            </>
          )}
        </div>
      </div>
      {!isEditing && shown.description !== '' && (
        <p className="mt-1 max-w-3xl text-soft">{shown.description}</p>
      )}
      {edits.error !== null && (
        <p role="alert" className="mt-2 text-bad">
          {edits.error.message}
        </p>
      )}
      {isSharing && <ShareDialog project={project} board={board.id} onClose={() => setSharing(false)} />}
    </div>
  );
}

function Title({ shown, edits }: BoardBarProps) {
  if (edits.draft === undefined)
    return (
      <h1 className="min-w-0 truncate text-lg font-semibold" title={shown.name}>
        {shown.name}
      </h1>
    );
  const { name, description } = edits.draft;
  return (
    <div className="flex w-full min-w-0 flex-col gap-2 sm:w-auto sm:flex-1 sm:flex-row">
      <input
        aria-label="Name of the board"
        value={name}
        maxLength={100}
        onChange={({ target }) => edits.change((draft) => ({ ...draft, name: target.value }))}
        className={`${inputBox} font-semibold sm:max-w-64`}
      />
      <input
        aria-label="What it is about"
        placeholder="What it is about"
        value={description}
        maxLength={1_000}
        onChange={({ target }) => edits.change((draft) => ({ ...draft, description: target.value }))}
        className={`${inputBox} sm:max-w-md`}
      />
    </div>
  );
}

function EditButtons({ edits, onSaved }: BoardBarProps) {
  const { isChanged, isSaving, draft } = edits;
  const leave = () => {
    if (isChanged && !window.confirm('Drop your changes of this board?')) return;
    edits.cancel();
  };
  return (
    <>
      <Button onClick={leave}>Cancel</Button>
      <Button
        look="primary"
        disabled={isSaving || draft?.name.trim() === ''}
        onClick={async () => {
          if (!isChanged) return edits.cancel();
          if (await edits.save()) onSaved();
        }}
      >
        {isSaving ? 'Saving' : 'Save'}
      </Button>
    </>
  );
}

function FullButton({ isFull, onFull }: Pick<BoardBarProps, 'isFull' | 'onFull'>) {
  const Icon = isFull ? Minimize2 : Maximize2;
  const label = isFull ? 'Leave full screen' : 'Full screen';
  return (
    <Button aria-label={label} title={label} onClick={() => onFull(!isFull)} className="px-2.5 max-sm:hidden">
      <Icon aria-hidden className="size-4" />
    </Button>
  );
}

/** Over the ranges of all tiles; or none, so that each has its own. */
export function BoardRange({ scope, onScope }: Pick<BoardBarProps, 'scope' | 'onScope'>) {
  const { filter, ...rest } = scope;
  return (
    <PlanRange
      plan={{ kind: 'summary', ...rest }}
      none="As each tile says"
      onChange={({ range, from, to, timeZone }) =>
        onScope({
          ...(range !== undefined
            ? { range: range as RangeName }
            : from !== undefined && { from: String(from), to: String(to) }),
          ...(timeZone !== undefined && { timeZone: String(timeZone) }),
          ...(filter !== undefined && { filter }),
        })
      }
    />
  );
}
