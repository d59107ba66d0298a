/** Two people changed one board: what the one who comes second can do, so that neither change is lost unseen. */
import { Button } from '../../ui/button.tsx';
import { Modal } from '../../ui/dialog.tsx';
import type { Draft } from './board.ts';
import type { SavedBoard } from './boards-api.ts';

interface ConflictProps {
  readonly mine: Draft;
  readonly theirs: SavedBoard;
  readonly isSaving: boolean;
  readonly error: Error | null;
  readonly onMine: () => void;
  readonly onTheirs: () => void;
  readonly onCopy: () => void;
  readonly onClose: () => void;
}

const tiles = (count: number) => (count === 1 ? '1 tile' : `${count} tiles`);

export function Conflict({
  mine,
  theirs,
  isSaving,
  error,
  onMine,
  onTheirs,
  onCopy,
  onClose,
}: ConflictProps) {
  const renamed = theirs.name === mine.name ? '' : ` and is called “${theirs.name}”`;
  return (
    <Modal
      title="Somebody else changed this board"
      open
      onClose={onClose}
      footer={
        <>
          <Button onClick={onTheirs} disabled={isSaving}>
            Take theirs
          </Button>
          <Button onClick={onCopy} disabled={isSaving}>
            Save mine as a new board
          </Button>
          <Button look="primary" onClick={onMine} disabled={isSaving}>
            Keep mine
          </Button>
        </>
      }
    >
      <div className="grid gap-2">
        <p>
          It was saved while you were editing. Their version has {tiles(theirs.body.tiles.length)}
          {renamed}; yours has {tiles(mine.tiles.length)}.
        </p>
        <p className="text-soft">
          Keep mine puts your version in the place of theirs. Take theirs drops what you changed. As a new
          board both stay.
        </p>
        {error !== null && (
          <p role="alert" className="text-bad">
            {error.message}
          </p>
        )}
      </div>
    </Modal>
  );
}
