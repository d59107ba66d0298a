/** Who is signed in, the theme, and the way out. */
import { useNavigate } from '@tanstack/react-router';
import { LogOut, UserRound } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { type Session, useSignOut } from '../api/session.ts';
import { setTheme, type Theme, useTheme } from '../state/theme.ts';
import { menuItem, menuPanel } from '../ui/menu.tsx';
import { themes } from './themes.ts';

export const accountName = ({ person }: Session) => person.email ?? 'Signed in by the start-up link';

export function AccountMenu({ session, side = 'bottom' }: { session: Session; side?: 'top' | 'bottom' }) {
  const theme = useTheme();
  const leave = useLeave();
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label="Account and theme"
        className="rounded-full p-2 text-soft hover:bg-sunken hover:text-ink"
      >
        <UserRound aria-hidden className="size-5" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" side={side} sideOffset={4} className={menuPanel}>
          <DropdownMenu.Label className="max-w-64 truncate px-2.5 py-1.5 text-faint">
            {accountName(session)}
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
          <DropdownMenu.Item className={menuItem} onSelect={leave}>
            <LogOut aria-hidden className="size-4" />
            Sign out
          </DropdownMenu.Item>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Signs out, and shows the page to sign in. */
export function useLeave(): () => void {
  const signOut = useSignOut();
  const navigate = useNavigate();
  return () => signOut.mutate(undefined, { onSettled: () => void navigate({ to: '/sign-in' }) });
}
