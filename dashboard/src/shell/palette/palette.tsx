/**
 * Go anywhere, open anything saved, change what is shown: by a few letters. A combobox over a list, as ARIA has it: focus stays in the
 * field, the arrows move the choice, Enter takes it. Fetched when it is opened first.
 */
import { Check, CornerDownLeft, Search } from 'lucide-react';
import { Dialog } from 'radix-ui';
import { type KeyboardEvent, useEffect, useId, useMemo, useRef, useState } from 'react';
import type { Session } from '../../api/session.ts';
import { classes } from '../../ui/classes.ts';
import { type Entry, type EntryGroup, firstGroups, found } from './entry.ts';
import { recentOf, remember } from './recent.ts';
import { useEntries } from './use-entries.ts';

interface PaletteProps {
  readonly session: Session;
  readonly project: string;
  readonly onClose: () => void;
}

const typedLengthMax = 200;
const pageRows = 8;

export default function Palette({ session, project, onClose }: PaletteProps) {
  const { entries, isLoading, error } = useEntries(session, project);
  const [typed, setTyped] = useState('');
  const [at, setAt] = useState(0);
  const recent = useMemo(() => recentOf(project), [project]);
  const listId = useId();
  const groups: readonly EntryGroup[] =
    typed.trim() === ''
      ? firstGroups(entries, recent)
      : [{ label: '', entries: found(entries, typed, recent) }];
  const shown = groups.flatMap((group) => group.entries);
  const chosen = shown[Math.min(at, shown.length - 1)];
  const idOf = (entry: Entry) => `${listId}-${shown.indexOf(entry)}`;

  const run = (entry: Entry) => {
    if (!entry.isPassing) remember(project, entry.id);
    onClose();
    entry.run();
  };
  const press = (pressed: KeyboardEvent) => {
    const next = moved(pressed.key, Math.min(at, shown.length - 1), shown.length);
    if (next === undefined && pressed.key !== 'Enter') return;
    // a word that is being composed is taken by Enter, not the choice
    if (pressed.nativeEvent.isComposing) return;
    pressed.preventDefault();
    if (next !== undefined) setAt(next);
    else if (chosen !== undefined) run(chosen);
  };

  return (
    <Dialog.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      <Dialog.Portal>
        <Dialog.Overlay className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Content
          aria-describedby={undefined}
          className="fixed inset-x-2 top-2 z-50 mx-auto flex max-h-[calc(100dvh-1rem)] max-w-xl flex-col overflow-hidden rounded-xl border border-line bg-card shadow-2xl shadow-black/30 sm:top-[12vh] sm:max-h-[70vh]"
        >
          <Dialog.Title className="sr-only">Search and commands</Dialog.Title>
          <div className="flex items-center gap-2.5 border-b border-line px-4">
            <Search aria-hidden className="size-4 shrink-0 text-faint" />
            <input
              role="combobox"
              aria-label="Where to, or what to do"
              aria-expanded
              aria-controls={listId}
              aria-autocomplete="list"
              aria-activedescendant={chosen && idOf(chosen)}
              autoComplete="off"
              spellCheck={false}
              maxLength={typedLengthMax}
              placeholder="Go to, open, ask, change …"
              value={typed}
              onChange={({ target }) => {
                setTyped(target.value);
                setAt(0);
              }}
              onKeyDown={press}
              className="h-12 w-full min-w-0 bg-transparent text-base outline-none placeholder:text-faint sm:text-sm"
            />
            <kbd className="hidden rounded border border-line px-1.5 font-sans text-xs text-faint sm:block">
              Esc
            </kbd>
          </div>
          <div
            id={listId}
            role="listbox"
            aria-label="Results"
            tabIndex={-1}
            className="min-h-0 flex-1 scroll-py-2 overflow-y-auto p-2 outline-none"
          >
            {groups.map(({ label, entries: members }) => (
              // biome-ignore lint/a11y/useSemanticElements: a fieldset may not stand in a listbox
              <div key={label} role="group" aria-label={label === '' ? 'Best first' : label}>
                {label !== '' && (
                  <div aria-hidden className="px-2.5 pt-2 pb-1 text-[13px] text-faint">
                    {label}
                  </div>
                )}
                {members.map((entry) => (
                  <Option
                    key={entry.id}
                    id={idOf(entry)}
                    entry={entry}
                    isAt={entry === chosen}
                    isKindShown={label === '' || label === 'Recent'}
                    onPoint={() => setAt(shown.indexOf(entry))}
                    onRun={() => run(entry)}
                  />
                ))}
              </div>
            ))}
          </div>
          <p role="status" className="border-t border-line px-4 py-2 text-[13px] text-faint empty:hidden">
            {error !== null
              ? `Some of what is saved could not be loaded: ${error.message}`
              : shown.length === 0
                ? isLoading
                  ? 'Looking …'
                  : 'Nothing is called so. Try fewer letters.'
                : typed === ''
                  ? 'Type to find anything saved, a range, a project or a theme.'
                  : ''}
          </p>
        </Dialog.Content>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

/** Where a key moves the choice; undefined: nowhere. */
function moved(key: string, at: number, count: number): number | undefined {
  if (count === 0) return undefined;
  switch (key) {
    case 'ArrowDown':
      return (at + 1) % count;
    case 'ArrowUp':
      return (at + count - 1) % count;
    case 'PageDown':
      return Math.min(at + pageRows, count - 1);
    case 'PageUp':
      return Math.max(at - pageRows, 0);
    default:
      return undefined;
  }
}

interface OptionProps {
  readonly id: string;
  readonly entry: Entry;
  readonly isAt: boolean;
  readonly isKindShown: boolean;
  readonly onPoint: () => void;
  readonly onRun: () => void;
}

function Option({ id, entry, isAt, isKindShown, onPoint, onRun }: OptionProps) {
  const { label, kind, Icon, isChosen = false } = entry;
  const place = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isAt) place.current?.scrollIntoView({ block: 'nearest' });
  }, [isAt]);
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: keys are the combobox’s
    <div
      ref={place}
      id={id}
      role="option"
      tabIndex={-1}
      aria-selected={isAt}
      onPointerMove={isAt ? undefined : onPoint}
      onClick={onRun}
      className={classes(
        'flex h-9 cursor-pointer items-center gap-2.5 rounded-md px-2.5',
        isAt && 'bg-sunken',
      )}
    >
      <Icon aria-hidden className={classes('size-4 shrink-0', isAt ? 'text-accent' : 'text-faint')} />
      <span className="min-w-0 flex-1 truncate" title={label}>
        {label}
      </span>
      {isChosen && <Check role="img" aria-label="chosen" className="size-4 shrink-0 text-faint" />}
      {isKindShown && (
        <span className={classes('shrink-0 text-[13px]', isAt ? 'text-soft' : 'text-faint')}>{kind}</span>
      )}
      {isAt && <CornerDownLeft aria-hidden className="size-3.5 shrink-0 text-faint" />}
    </div>
  );
}
