/** One saved thing: its name, what it says in words, who uses it, and what can be done with it. */
import { Link } from '@tanstack/react-router';
import { Pencil, Trash2 } from 'lucide-react';
import { Popover } from 'radix-ui';
import type { ReactNode } from 'react';
import type { Saved } from '../../api/saved.ts';
import type { Tab } from './tabs.ts';
import { UseList } from './use-list.tsx';
import type { Use } from './uses.ts';

const iconButton = 'rounded-md p-2 text-faint hover:bg-sunken';

interface ThingRowProps {
  readonly project: string;
  readonly tab: Tab;
  readonly thing: Saved<unknown>;
  readonly words: string;
  readonly uses: readonly Use[];
  /** Absent: not for this reader to do. */
  readonly onEdit?: (() => void) | undefined;
  readonly onDelete?: (() => void) | undefined;
}

export function ThingRow({ project, tab, thing, words, uses, onEdit, onDelete }: ThingRowProps) {
  const { name } = thing;
  return (
    <li className="flex items-start gap-2 border-t border-line px-4 py-3 first:border-t-0 sm:items-center">
      <div className="min-w-0 flex-1">
        <div className="flex min-w-0 flex-wrap items-baseline gap-x-3">
          <OpenLink project={project} tab={tab} thing={thing}>
            {name}
          </OpenLink>
          {uses.length > 0 && <UsedBy project={project} name={name} uses={uses} />}
        </div>
        <p className="line-clamp-2 break-words text-soft" title={words}>
          {words}
        </p>
      </div>
      {onEdit && (
        <button
          type="button"
          aria-label={`Edit: ${name}`}
          onClick={onEdit}
          className={`${iconButton} hover:text-ink`}
        >
          <Pencil aria-hidden className="size-4" />
        </button>
      )}
      {onDelete && (
        <button
          type="button"
          aria-label={`Delete: ${name}`}
          onClick={onDelete}
          className={`${iconButton} hover:text-bad`}
        >
          <Trash2 aria-hidden className="size-4" />
        </button>
      )}
    </li>
  );
}

interface OpenLinkProps extends Pick<ThingRowProps, 'project' | 'tab' | 'thing'> {
  readonly children: ReactNode;
}

/** Questions open in Explore, segments on the overview; the others have nothing to open. */
function OpenLink({ project, tab, thing, children }: OpenLinkProps) {
  const shown = { title: thing.name, className: 'max-w-full truncate font-medium' };
  if (tab.kind !== 'question' && tab.kind !== 'segment') return <span {...shown}>{children}</span>;
  return (
    <Link
      to={tab.kind === 'question' ? '/p/$project/explore' : '/p/$project'}
      params={{ project }}
      search={(tab.kind === 'question' ? { question: thing.id } : { filter: `segment:${thing.id}` }) as never}
      {...shown}
      className={`${shown.className} hover:underline`}
    >
      {children}
    </Link>
  );
}

function UsedBy({ project, name, uses }: { project: string; name: string; uses: readonly Use[] }) {
  return (
    <Popover.Root>
      <Popover.Trigger className="rounded text-[13px] text-faint hover:text-ink hover:underline">
        used by {uses.length}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label={`What uses ${name}`}
          className="z-50 w-72 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-card p-3 shadow-lg shadow-black/10"
        >
          <UseList project={project} uses={uses} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
