/** Where there is little room: project, what is live, search, account, and the pages behind a button. */
import { Menu, Search, X } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { useState } from 'react';
import { AccountMenu } from './account-menu.tsx';
import type { BarProps } from './frame.tsx';
import { LiveCount } from './live-count.tsx';
import { PageLinks } from './page-links.tsx';
import { ProjectMenu } from './project-menu.tsx';

const iconButton = 'rounded-md p-2 text-soft hover:bg-sunken hover:text-ink';

export function TopBar({ session, project, onSearch, onSearchNear }: BarProps) {
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-paper/95 backdrop-blur">
      <div className="flex h-14 items-center gap-1 px-2 sm:px-4">
        <PagesMenu project={project} />
        <ProjectMenu session={session} project={project} />
        <div className="ml-auto flex items-center">
          <LiveCount project={project} />
          <button
            type="button"
            aria-label="Search and commands"
            aria-keyshortcuts="Control+K Meta+K"
            onClick={onSearch}
            onPointerEnter={onSearchNear}
            className={iconButton}
          >
            <Search aria-hidden className="size-5" />
          </button>
          <AccountMenu session={session} />
        </div>
      </div>
    </header>
  );
}

function PagesMenu({ project }: { project: string }) {
  const [isOpen, setOpen] = useState(false);
  const close = () => setOpen(false);
  return (
    <Dialog.Root open={isOpen} onOpenChange={setOpen}>
      <Dialog.Trigger aria-label="Pages" className={iconButton}>
        <Menu aria-hidden className="size-5" />
      </Dialog.Trigger>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-y-0 left-0 z-50 flex w-72 max-w-[85vw] flex-col border-r border-line bg-paper pb-4 shadow-xl shadow-black/20"
        >
          <div className="flex h-14 items-center gap-2.5 px-4">
            <img src="/icon.svg" alt="" className="size-6 max-w-none" />
            <Dialog.Title className="flex-1 font-semibold">Millrace</Dialog.Title>
            <Dialog.Close aria-label="Close" className={iconButton}>
              <X aria-hidden className="size-5" />
            </Dialog.Close>
          </div>
          <PageLinks project={project} onFollow={close} />
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
