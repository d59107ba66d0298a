/** Named ranges, or two days of one's own. */
import { CalendarDays, Check } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useState } from 'react';
import { day } from '../../format/dates.ts';
import { type RangeName, ranges, type View } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import type { ChangeView } from './use-view.ts';

const rangeLabel = ({ range, from, to }: View) => {
  if (range !== undefined) return ranges[range];
  return from === to ? day(from!, 'UTC') : `${day(from!, 'UTC')} – ${day(to!, 'UTC')}`;
};

export function RangePicker({ view, onChange }: { view: View; onChange: ChangeView }) {
  const [isOpen, setOpen] = useState(false);
  const choose = (next: Partial<View>) => {
    setOpen(false);
    onChange({ range: undefined, from: undefined, to: undefined, interval: undefined, ...next });
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="inline-flex h-9 items-center gap-2 rounded-md border border-line bg-card px-3 font-medium hover:bg-sunken">
        <CalendarDays aria-hidden className="size-4 text-faint" />
        <span className="sr-only">Range: </span>
        {rangeLabel(view)}
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="end"
          sideOffset={4}
          aria-label="Range"
          className="z-50 w-64 rounded-lg border border-line bg-card p-1 shadow-lg shadow-black/10"
        >
          <ul>
            {(Object.entries(ranges) as [RangeName, string][]).map(([name, label]) => (
              <li key={name}>
                <button
                  type="button"
                  aria-pressed={view.range === name}
                  onClick={() => choose({ range: name })}
                  className="flex w-full items-center gap-2 rounded-md px-2.5 py-1.5 text-left hover:bg-sunken"
                >
                  <Check aria-hidden className={classes('size-4', view.range !== name && 'invisible')} />
                  {label}
                </button>
              </li>
            ))}
          </ul>
          <OwnRange view={view} onChoose={choose} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function OwnRange({ view, onChoose }: { view: View; onChoose: (next: Partial<View>) => void }) {
  const today = new Date().toLocaleDateString('en-CA');
  const [from, setFrom] = useState(view.from ?? today);
  const [to, setTo] = useState(view.to ?? today);
  const isReversed = from > to;
  const field = 'h-9 w-full rounded-md border border-line bg-card px-2';
  return (
    <form
      className="mt-1 grid gap-2 border-t border-line p-2.5"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        if (!isReversed && from !== '' && to !== '') onChoose({ from, to });
      }}
    >
      <label className="grid gap-1 text-[13px] text-soft">
        First day
        <input
          type="date"
          required
          max={today}
          value={from}
          onChange={({ target }) => setFrom(target.value)}
          className={field}
        />
      </label>
      <label className="grid gap-1 text-[13px] text-soft">
        Last day
        <input
          type="date"
          required
          value={to}
          aria-invalid={isReversed}
          onChange={({ target }) => setTo(target.value)}
          className={field}
        />
      </label>
      {isReversed && <p className="text-[13px] text-bad">The last day is before the first.</p>}
      <Button type="submit" look="primary" disabled={isReversed}>
        Show these days
      </Button>
    </form>
  );
}
