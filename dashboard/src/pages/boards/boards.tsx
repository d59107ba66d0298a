/** The boards of a project. */
import { Link, useNavigate } from '@tanstack/react-router';
import { Copy, Ellipsis, LayoutDashboard, Pencil, Plus, Trash2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { useState } from 'react';
import { useSession } from '../../api/session.ts';
import { ago } from '../../format/dates.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { Modal } from '../../ui/dialog.tsx';
import { menuItem, menuPanel } from '../../ui/menu.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { type SavedBoard, useBoardCalls, useBoards } from './boards-api.ts';
import { TextDialog } from './text-dialog.tsx';

type Doing =
  | { readonly kind: 'rename' | 'copy' | 'remove'; readonly board: SavedBoard }
  | { readonly kind: 'new' };

export function Boards({ project }: { project: string }) {
  const session = useSession();
  const { data, error, isError, refetch } = useBoards(project);
  const [doing, setDoing] = useState<Doing>();
  const role = session?.projects.find(({ id }) => id === project)?.role;
  const canEdit = role === 'editor' || role === 'admin';
  const add = canEdit && (
    <Button look="primary" onClick={() => setDoing({ kind: 'new' })}>
      <Plus aria-hidden className="size-4" />
      New board
    </Button>
  );
  return (
    <>
      <div className="mb-4 flex items-center gap-2">
        <h1 className="flex-1 text-lg font-semibold">Boards</h1>
        {data !== undefined && data.length > 0 && add}
      </div>
      {data === undefined && isError ? (
        <Failure error={error} retry={() => refetch()} />
      ) : data === undefined ? (
        <Skeleton className="h-48" />
      ) : data.length === 0 ? (
        <Card>
          <Empty title="No board yet">
            <p className="mb-3">
              A board holds the questions that you look at again and again, for you and for whom you share it
              with.
            </p>
            {add}
          </Empty>
        </Card>
      ) : (
        <ul className="grid gap-3 sm:grid-cols-2 xl:grid-cols-3">
          {data.map((board) => (
            <BoardCard key={board.id} project={project} board={board} onDo={canEdit ? setDoing : undefined} />
          ))}
        </ul>
      )}
      {doing !== undefined && <Dialogs project={project} doing={doing} onClose={() => setDoing(undefined)} />}
    </>
  );
}

interface BoardCardProps {
  readonly project: string;
  readonly board: SavedBoard;
  readonly onDo: ((doing: Doing) => void) | undefined;
}

function BoardCard({ project, board, onDo }: BoardCardProps) {
  const { id, name, body, updatedAt } = board;
  const count = body.tiles.length;
  return (
    <li className="relative flex items-start gap-3 rounded-xl border border-line bg-card p-4 hover:border-faint">
      <LayoutDashboard aria-hidden className="mt-0.5 size-5 shrink-0 text-faint" />
      <div className="min-w-0 flex-1">
        <Link
          to="/p/$project/boards/$board"
          params={{ project, board: id }}
          title={name}
          className="block truncate font-medium after:absolute after:inset-0"
        >
          {name}
        </Link>
        <p className="truncate text-[13px] text-faint">{body.description ?? ''}</p>
        <p className="text-[13px] text-faint">
          {count === 1 ? '1 tile' : `${count} tiles`}, changed {ago(updatedAt, Date.now())}
        </p>
      </div>
      {onDo !== undefined && <BoardMenu board={board} onDo={onDo} />}
    </li>
  );
}

function BoardMenu({ board, onDo }: { board: SavedBoard; onDo: (doing: Doing) => void }) {
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`More of ${board.name}`}
        className="relative z-10 -m-1 rounded p-1.5 text-faint hover:bg-sunken hover:text-ink"
      >
        <Ellipsis aria-hidden className="size-4" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={menuPanel}>
          <DropdownMenu.Item className={menuItem} onSelect={() => onDo({ kind: 'rename', board })}>
            <Pencil aria-hidden className="size-4 text-faint" />
            Rename
          </DropdownMenu.Item>
          <DropdownMenu.Item className={menuItem} onSelect={() => onDo({ kind: 'copy', board })}>
            <Copy aria-hidden className="size-4 text-faint" />
            Copy
          </DropdownMenu.Item>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item
            className={`${menuItem} text-bad`}
            onSelect={() => onDo({ kind: 'remove', board })}
          >
            <Trash2 aria-hidden className="size-4" />
            Delete
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

function Dialogs({ project, doing, onClose }: { project: string; doing: Doing; onClose: () => void }) {
  const navigate = useNavigate();
  const { create, put, remove } = useBoardCalls(project);
  const open = (board: string, search: object = {}) =>
    navigate({ to: '/p/$project/boards/$board', params: { project, board }, search: search as never });
  switch (doing.kind) {
    case 'new':
      return (
        <TextDialog
          title="New board"
          label="Name"
          value=""
          action="Make the board"
          isBusy={create.isPending}
          error={create.error}
          onClose={onClose}
          onDone={async (name) =>
            open((await create.mutateAsync({ name, body: { tiles: [] } })).id, { edit: '1' })
          }
        />
      );
    case 'copy':
      return (
        <TextDialog
          title="Copy the board"
          label="Name of the copy"
          value={`${doing.board.name.slice(0, 90)} (copy)`}
          action="Copy"
          isBusy={create.isPending}
          error={create.error}
          onClose={onClose}
          onDone={async (name) => open((await create.mutateAsync({ name, body: doing.board.body })).id)}
        />
      );
    case 'rename':
      return (
        <TextDialog
          title="Rename the board"
          label="Name"
          value={doing.board.name}
          action="Rename"
          isBusy={put.isPending}
          error={put.error}
          onClose={onClose}
          onDone={async (name) => {
            const { id, version, body } = doing.board;
            await put.mutateAsync({ id, version, name, body });
            onClose();
          }}
        />
      );
    default:
      return (
        <Modal
          title={`Delete “${doing.board.name}”`}
          open
          onClose={onClose}
          footer={
            <>
              <Button onClick={onClose}>Cancel</Button>
              <Button
                look="danger"
                disabled={remove.isPending}
                onClick={async () => {
                  await remove.mutateAsync(doing.board);
                  onClose();
                }}
              >
                Delete the board
              </Button>
            </>
          }
        >
          <p>The board goes for good, and the links to it open nothing any more. The questions on it stay.</p>
          {remove.error !== null && (
            <p role="alert" className="mt-2 text-bad">
              {remove.error.message}
            </p>
          )}
        </Modal>
      );
  }
}
