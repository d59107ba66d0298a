/** Menus of one choice, on Radix's primitives: keyboard, focus and roles are theirs. */
import { Check, ChevronDown } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import type { ReactNode } from 'react';
import { classes } from './classes.ts';

export const menuPanel =
  'z-50 max-h-[70vh] min-w-48 overflow-y-auto rounded-lg border border-line bg-card p-1 shadow-lg shadow-black/10';
export const menuItem =
  'flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5 outline-none data-[highlighted]:bg-sunken data-[disabled]:opacity-50';

export interface Choice<T extends string> {
  readonly value: T;
  readonly label: string;
  readonly hint?: string;
}

interface ChoiceMenuProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly Choice<T>[];
  readonly onChoose: (value: T) => void;
  /** What stands on the button; the choice's label when absent. */
  readonly children?: ReactNode;
  readonly align?: 'start' | 'end';
  readonly quiet?: boolean;
}

export function ChoiceMenu<T extends string>({
  label,
  value,
  choices,
  onChoose,
  children,
  align = 'end',
  quiet = false,
}: ChoiceMenuProps<T>) {
  const chosen = choices.find((each) => each.value === value);
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label={`${label}: ${chosen?.label ?? value}`}
        className={classes(
          'inline-flex h-9 items-center gap-1.5 rounded-md px-3 font-medium whitespace-nowrap',
          quiet ? 'text-soft hover:bg-sunken hover:text-ink' : 'border border-line bg-card hover:bg-sunken',
        )}
      >
        {children ?? chosen?.label}
        <ChevronDown aria-hidden className="size-4 text-faint" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align={align} sideOffset={4} className={menuPanel}>
          <DropdownMenu.RadioGroup value={value} onValueChange={(next) => onChoose(next as T)}>
            {choices.map((each) => (
              <DropdownMenu.RadioItem key={each.value} value={each.value} className={menuItem}>
                <Check aria-hidden className={classes('size-4', each.value !== value && 'invisible')} />
                <span className="flex-1">{each.label}</span>
                {each.hint !== undefined && <span className="text-faint">{each.hint}</span>}
              </DropdownMenu.RadioItem>
            ))}
          </DropdownMenu.RadioGroup>
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}
