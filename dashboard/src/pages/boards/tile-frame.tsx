/** The card of a tile: its title, what one may do with it, and what it holds. */
import { GripVertical } from 'lucide-react';
import type { ReactNode } from 'react';
import { classes } from '../../ui/classes.ts';
import type { Handle } from './grid.tsx';

interface TileFrameProps {
  readonly title: string;
  readonly handle?: Handle | undefined;
  /** To the right of the title. */
  readonly tools?: ReactNode;
  readonly isBusy?: boolean;
  readonly children: ReactNode;
}

export function TileFrame({ title, handle, tools, isBusy = false, children }: TileFrameProps) {
  const hasHead = title !== '' || handle !== undefined || tools !== undefined;
  return (
    <section
      aria-label={title === '' ? 'Text' : title}
      aria-busy={isBusy}
      className="relative flex h-full flex-col overflow-hidden rounded-xl border border-line bg-card"
    >
      {hasHead && (
        <div className="flex min-h-10 items-center gap-1 pr-1.5 pl-4">
          {handle !== undefined && <MoveHandle handle={handle} />}
          <h2 className="min-w-0 flex-1 truncate text-[13px] font-semibold" title={title}>
            {title}
          </h2>
          {isBusy && <span aria-hidden className="size-1.5 animate-pulse rounded-full bg-accent" />}
          {tools}
        </div>
      )}
      <div className="min-h-0 flex-1">{children}</div>
      {handle?.onResize !== undefined && <ResizeCorner onPointerDown={handle.onResize} />}
    </section>
  );
}

function MoveHandle({ handle: { label, onKeyDown, onMove } }: { handle: Handle }) {
  return (
    <button
      type="button"
      aria-label={label}
      aria-describedby="arranging"
      title="Drag, or use the arrow keys; with Shift they resize"
      onKeyDown={onKeyDown}
      onPointerDown={onMove}
      className="-ml-2.5 cursor-grab touch-none rounded p-1 text-faint hover:bg-sunken hover:text-ink active:cursor-grabbing"
    >
      <GripVertical aria-hidden className="size-4" />
    </button>
  );
}

/** For the pointer alone: by keyboard the handle resizes, too. */
function ResizeCorner({ onPointerDown }: { onPointerDown: NonNullable<Handle['onResize']> }) {
  return (
    <div
      aria-hidden
      data-resize
      onPointerDown={onPointerDown}
      className={classes(
        'absolute right-0 bottom-0 size-6 cursor-nwse-resize touch-none',
        'after:absolute after:right-1.5 after:bottom-1.5 after:size-2.5 after:border-r-2 after:border-b-2 after:border-faint',
      )}
    />
  );
}
