/** Where there is room: project, search, pages, what is live, account, all in one quiet column. */
import { Link } from '@tanstack/react-router';
import { Search } from 'lucide-react';
import { AccountMenu } from './account-menu.tsx';
import type { BarProps } from './frame.tsx';
import { LiveCount } from './live-count.tsx';
import { PageLinks } from './page-links.tsx';
import { ProjectMenu } from './project-menu.tsx';
import { paletteKeys } from './shortcut.ts';

export function SideBar({ session, project, onSearch, onSearchNear }: BarProps) {
  return (
    <header className="sticky top-0 flex h-screen flex-col border-r border-line">
      <div className="flex items-center gap-0.5 px-3 pt-3 pb-2">
        <Link
          to="/p/$project"
          params={{ project }}
          aria-label="Millrace, overview"
          className="shrink-0 rounded-md p-1.5 hover:bg-sunken"
        >
          <img src="/icon.svg" alt="" className="size-6" />
        </Link>
        <ProjectMenu session={session} project={project} />
      </div>
      <div className="px-3 pb-3">
        <button
          type="button"
          aria-label="Search and commands"
          aria-keyshortcuts="Control+K Meta+K"
          onClick={onSearch}
          onPointerEnter={onSearchNear}
          className="flex h-9 w-full items-center gap-2.5 rounded-md border border-line bg-card px-2.5 text-faint hover:text-ink"
        >
          <Search aria-hidden className="size-4" />
          Search
          {/* told by aria-keyshortcuts; as text it would be part of what the button is called */}
          <span
            aria-hidden
            data-keys={paletteKeys}
            className="ml-auto text-xs after:content-[attr(data-keys)]"
          />
        </button>
      </div>
      <PageLinks project={project} />
      <div className="mx-3 mt-2 flex h-14 items-center justify-between border-t border-line">
        <LiveCount project={project} />
        <div className="ml-auto">
          <AccountMenu session={session} side="top" />
        </div>
      </div>
    </header>
  );
}
