/** Ranges by name, or two days of one's own; whoever opens it says what a choice does. */
import { CalendarDays, Check } from 'lucide-react';
import { Popover } from 'radix-ui';
import { type ReactNode, useState } from 'react';
import { type RangeName, ranges } from '../state/view.ts';
import { Button } from './button.tsx';
import { classes } from './classes.ts';
import { Field, inputBox } from './field.tsx';

interface RangeMenuProps {
  /** What stands on the button. */
  readonly label: ReactNode;
  readonly chosen: string | undefined;
  readonly onRange: (name: RangeName) => void;
  /** The first and the last day that its form begins with, both included. */
  readonly days: readonly [first: string, last: string];
  readonly onDays: (first: string, last: string) => void;
  /** No first day is later than this. */
  readonly firstDayMax?: string;
  /** Where there may be no range. */
  readonly none?: { readonly label: string; readonly isChosen: boolean; readonly onChoose: () => void };
  readonly align?: 'start' | 'end';
  /** Below the days. */
  readonly children?: ReactNode;
}

export function RangeMenu({ label, chosen, none, align = 'end', children, ...rest }: RangeMenuProps) {
  const [isOpen, setOpen] = useState(false);
  const { days, firstDayMax } = rest;
  const close = () => setOpen(false);
  const onRange = (name: RangeName) => {
    close();
    rest.onRange(name);
  };
  const onDays = (first: string, last: string) => {
    close();
    rest.onDays(first, last);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="inline-flex h-9 items-center gap-2 rounded-md border border-line bg-card px-3 font-medium whitespace-nowrap hover:bg-sunken">
        <CalendarDays aria-hidden className="size-4 text-faint" />
        <span className="sr-only">Range: </span>
        {label}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align={align}
          sideOffset={4}
          aria-label="Range"
          className="z-50 max-h-[80vh] w-64 overflow-y-auto rounded-lg border border-line bg-card p-1 shadow-lg shadow-black/10"
        >
          <ul>
            {none !== undefined && (
              <li>
                <RangeChoice
                  label={none.label}
                  isChosen={none.isChosen}
                  onChoose={() => {
                    close();
                    none.onChoose();
                  }}
                />
              </li>
            )}
            {(Object.entries(ranges) as [RangeName, string][]).map(([name, words]) => (
              <li key={name}>
                <RangeChoice label={words} isChosen={chosen === name} onChoose={() => onRange(name)} />
              </li>
            ))}
          </ul>
          <OwnDays days={days} firstDayMax={firstDayMax} onChoose={onDays} />
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function RangeChoice({
  label,
  isChosen,
  onChoose,
}: {
  label: string;
  isChosen: boolean;
  onChoose: () => void;
}) {
  return (
    <button
      type="button"
      aria-pressed={isChosen}
      onClick={onChoose}
      className="flex w-full items-center gap-2 rounded-md px-2.5 py-1.5 text-left hover:bg-sunken"
    >
      <Check aria-hidden className={classes('size-4', !isChosen && 'invisible')} />
      {label}
    </button>
  );
}

function OwnDays({
  days,
  firstDayMax,
  onChoose,
}: {
  days: readonly [string, string];
  firstDayMax: string | undefined;
  onChoose: (first: string, last: string) => void;
}) {
  const [first, setFirst] = useState(days[0]);
  const [last, setLast] = useState(days[1]);
  const isReversed = first > last;
  return (
    <form
      className="mt-1 grid gap-2 border-t border-line p-2.5"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        if (!isReversed && first !== '' && last !== '') onChoose(first, last);
      }}
    >
      <Field label="First day">
        <input
          type="date"
          required
          max={firstDayMax}
          value={first}
          onChange={({ target }) => setFirst(target.value)}
          className={inputBox}
        />
      </Field>
      <Field label="Last day">
        <input
          type="date"
          required
          value={last}
          aria-invalid={isReversed}
          onChange={({ target }) => setLast(target.value)}
          className={inputBox}
        />
      </Field>
      {isReversed && <p className="text-[13px] text-bad">The last day is before the first.</p>}
      <Button type="submit" look="primary" disabled={isReversed}>
        Show these days
      </Button>
    </form>
  );
}
