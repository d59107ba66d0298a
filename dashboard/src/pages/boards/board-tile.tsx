/** A tile of a board, and what its editor may do with it. */
import { Link } from '@tanstack/react-router';
import { ArrowDown, ArrowUp, Compass, Ellipsis, Pencil, Table2, Trash2 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { memo, type ReactNode } from 'react';
import { exploreSearch } from '../../explore/question-link.ts';
import { menuItem, menuPanel } from '../../ui/menu.tsx';
import { AnswerTile } from './answer-tile.tsx';
import { formOf, type KeyedTile, viewOf } from './board.ts';
import type { Handle } from './grid.tsx';
import { useTileQuestion } from './questions.ts';
import { type BoardScope, scoped } from './scope.ts';
import { TileFrame } from './tile-frame.tsx';
import { TileScroll } from './tile-scroll.tsx';

export interface TileActions {
  readonly onEdit: (key: string) => void;
  readonly onChange: (key: string, change: Partial<KeyedTile>) => void;
  readonly onRemove: (key: string) => void;
  /** On a phone, by one place. */
  readonly onShift: (key: string, by: 1 | -1) => void;
}

interface BoardTileProps {
  readonly project: string;
  readonly tile: KeyedTile;
  readonly scope: BoardScope;
  readonly handle?: Handle | undefined;
  /** Absent: it is only looked at. */
  readonly actions?: TileActions | undefined;
}

export const BoardTile = memo(function BoardTile({ project, tile, scope, handle, actions }: BoardTileProps) {
  const { title } = useTileQuestion(tile);
  return (
    <TileFrame
      title={title}
      handle={handle}
      tools={
        actions === undefined ? (
          tile.text === undefined && <OpenInExplore project={project} tile={tile} scope={scope} />
        ) : (
          <TileMenu tile={tile} title={title} actions={actions} />
        )
      }
    >
      {tile.text !== undefined ? (
        <TextTile text={tile.text} isTitled={title !== '' || handle !== undefined} />
      ) : (
        <AnswerTile project={project} tile={tile} scope={scope} />
      )}
    </TileFrame>
  );
});

/** Under a title it begins where a chart does, without one with room above. */
export function TextTile({ text, isTitled }: { text: string; isTitled: boolean }) {
  return (
    <TileScroll className={isTitled ? '' : 'pt-3'}>
      <p className="leading-relaxed break-words whitespace-pre-wrap">{text}</p>
    </TileScroll>
  );
}

function OpenInExplore({ project, tile, scope }: Omit<BoardTileProps, 'actions' | 'handle'>) {
  const { title, plan, view } = useTileQuestion(tile);
  if (plan === undefined) return null;
  const search = exploreSearch(scoped(plan, scope), { form: formOf(view), view: viewOf(view) });
  return (
    <Link
      to="/p/$project/explore"
      params={{ project }}
      search={search as never}
      aria-label={`Open ${title} in Explore`}
      title="Open in Explore"
      className="rounded p-1.5 text-faint hover:bg-sunken hover:text-ink"
    >
      <Compass aria-hidden className="size-4" />
    </Link>
  );
}

function TileMenu({
  tile,
  title,
  actions: { onEdit, onChange, onRemove, onShift },
}: {
  tile: KeyedTile;
  title: string;
  actions: TileActions;
}) {
  const { key, view, text } = tile;
  const isTable = formOf(view) === 'table';
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`Change ${title === '' ? 'the text' : title}`}
        className="rounded p-1.5 text-faint hover:bg-sunken hover:text-ink"
      >
        <Ellipsis aria-hidden className="size-4" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={menuPanel}>
          <Item onSelect={() => onEdit(key)} icon={<Pencil aria-hidden className="size-4 text-faint" />}>
            {text === undefined ? 'Change the title' : 'Change the text'}
          </Item>
          {text === undefined && (
            <Item
              onSelect={() => onChange(key, { view: { ...view, form: isTable ? 'chart' : 'table' } })}
              icon={<Table2 aria-hidden className="size-4 text-faint" />}
            >
              {isTable ? 'Show as a chart' : 'Show as a table'}
            </Item>
          )}
          <div className="sm:hidden">
            <Item
              onSelect={() => onShift(key, -1)}
              icon={<ArrowUp aria-hidden className="size-4 text-faint" />}
            >
              Move up
            </Item>
            <Item
              onSelect={() => onShift(key, 1)}
              icon={<ArrowDown aria-hidden className="size-4 text-faint" />}
            >
              Move down
            </Item>
          </div>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <Item onSelect={() => onRemove(key)} icon={<Trash2 aria-hidden className="size-4" />} isDanger>
            Take off the board
          </Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

interface ItemProps {
  readonly onSelect: () => void;
  readonly icon: ReactNode;
  readonly isDanger?: boolean;
  readonly children: ReactNode;
}

function Item({ onSelect, icon, isDanger = false, children }: ItemProps) {
  return (
    <DropdownMenu.Item onSelect={onSelect} className={`${menuItem} ${isDanger ? 'text-bad' : ''}`}>
      {icon}
      {children}
    </DropdownMenu.Item>
  );
}
