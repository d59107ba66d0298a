/** The bar on every page: project, pages, what is live, theme, account. */
import { Link, useNavigate } from '@tanstack/react-router';
import { LogOut, Monitor, Moon, Sun, UserRound } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { Session } from '../api/session.ts';
import { useSignOut } from '../api/session.ts';
import { setTheme, type Theme, useTheme } from '../state/theme.ts';
import { ChoiceMenu, menuItem, menuPanel } from '../ui/menu.tsx';
import { LiveCount } from './live-count.tsx';

const pages = [
  { to: '/p/$project', label: 'Overview' },
  { to: '/p/$project/operations', label: 'Operations' },
  { to: '/p/$project/settings', label: 'Settings' },
] as const;

const themes = [
  { value: 'light', label: 'Light', Icon: Sun },
  { value: 'dark', label: 'Dark', Icon: Moon },
  { value: 'system', label: 'As the system', Icon: Monitor },
] as const;

export function TopBar({ session, project }: { session: Session; project: string }) {
  const navigate = useNavigate();
  return (
    <header className="sticky top-0 z-30 border-b border-line bg-paper/95 backdrop-blur">
      <a href="#main" className="sr-only focus:not-sr-only focus:absolute focus:z-50 focus:bg-card focus:p-2">
        Skip to the content
      </a>
      <div className="mx-auto flex h-14 max-w-7xl items-center gap-1 px-4 sm:gap-2 sm:px-6">
        <Link
          to="/p/$project"
          params={{ project }}
          aria-label="Millrace, overview"
          className="mr-1 flex items-center gap-2"
        >
          <img src="/icon.svg" alt="" className="size-6" />
        </Link>
        <ChoiceMenu
          label="Project"
          value={project}
          align="start"
          quiet
          choices={session.projects.map(({ id, name, role }) => ({ value: id, label: name, hint: role }))}
          onChoose={(next) => navigate({ to: '/p/$project', params: { project: next } })}
        />
        <nav aria-label="Pages" className="hidden items-center gap-1 sm:flex">
          <PageLinks project={project} />
        </nav>
        <div className="ml-auto flex items-center gap-1">
          <LiveCount project={project} />
          <AccountMenu session={session} />
        </div>
      </div>
      <nav aria-label="Pages" className="flex gap-1 overflow-x-auto px-3 pb-2 sm:hidden">
        <PageLinks project={project} />
      </nav>
    </header>
  );
}

function PageLinks({ project }: { project: string }) {
  return pages.map(({ to, label }) => (
    <Link
      key={to}
      to={to}
      params={{ project }}
      activeOptions={{ exact: to === '/p/$project', includeSearch: false }}
      className="rounded-md px-3 py-1.5 font-medium text-soft hover:bg-sunken hover:text-ink aria-[current=page]:bg-sunken aria-[current=page]:text-ink"
    >
      {label}
    </Link>
  ));
}

function AccountMenu({ session }: { session: Session }) {
  const theme = useTheme();
  const signOut = useSignOut();
  const navigate = useNavigate();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label="Account and theme"
        className="rounded-full p-2 text-soft hover:bg-sunken hover:text-ink"
      >
        <UserRound aria-hidden className="size-5" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={menuPanel}>
          <DropdownMenu.Label className="max-w-64 truncate px-2.5 py-1.5 text-faint">
            {session.person.email ?? 'Signed in by the start-up link'}
          </DropdownMenu.Label>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.RadioGroup value={theme} onValueChange={(next) => setTheme(next as Theme)}>
            {themes.map(({ value, label, Icon }) => (
              <DropdownMenu.RadioItem
                key={value}
                value={value}
                className={`${menuItem} data-[state=checked]:font-semibold`}
              >
                <Icon aria-hidden className="size-4" />
                {label}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
          <DropdownMenu.Separator className="my-1 h-px bg-line" />
          <DropdownMenu.Item
            className={menuItem}
            onSelect={() => signOut.mutate(undefined, { onSettled: () => navigate({ to: '/sign-in' }) })}
          >
            <LogOut aria-hidden className="size-4" />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
