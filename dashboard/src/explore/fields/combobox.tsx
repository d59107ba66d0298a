/** A button that opens a searchable list: arrows, Enter and Escape work, and what is typed may itself be taken where that makes sense. */
import { Check, ChevronDown } from 'lucide-react';
import { Popover } from 'radix-ui';
import { type KeyboardEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { classes } from '../../ui/classes.ts';

export interface Option {
  readonly value: string;
  readonly label: string;
  readonly hint?: string | undefined;
  readonly group?: string;
}

interface ComboboxProps {
  readonly label: string;
  readonly value: string;
  /** On the button. */
  readonly shown: ReactNode;
  readonly options: readonly Option[];
  readonly onChoose: (value: string) => void;
  readonly onOpen?: (isOpen: boolean) => void;
  /** Called as one types; the options then come from elsewhere and are not searched here. */
  readonly onSearch?: (text: string) => void;
  /** What is typed, as an option of its own; undefined where it makes none. */
  readonly typed?: (text: string) => Option | undefined;
  readonly placeholder?: string;
  readonly isBusy?: boolean;
  readonly note?: ReactNode;
  readonly isInvalid?: boolean;
  readonly className?: string;
}

/** More are found by typing. */
const optionsShownMax = 100;

export function Combobox(props: ComboboxProps) {
  const { label, shown, onOpen, isInvalid = false, className } = props;
  const [isOpen, setOpen] = useState(false);
  const change = (next: boolean) => {
    setOpen(next);
    onOpen?.(next);
  };
  return (
    <Popover.Root open={isOpen} onOpenChange={change}>
      <Popover.Trigger
        aria-label={label}
        aria-invalid={isInvalid}
        className={classes(
          'inline-flex h-9 min-w-0 items-center gap-1 rounded-md border bg-card px-2.5 text-left hover:bg-sunken',
          isInvalid ? 'border-bad' : 'border-line',
          className,
        )}
      >
        <span className="min-w-0 flex-1 truncate">{shown}</span>
        <ChevronDown aria-hidden className="size-4 shrink-0 text-faint" />
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          aria-label={label}
          className="z-50 flex max-h-[min(24rem,70vh)] w-80 max-w-[calc(100vw-1rem)] flex-col rounded-lg border border-line bg-card shadow-lg shadow-black/10"
        >
          <Choices {...props} onDone={() => change(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Choices(props: ComboboxProps & { onDone: () => void }) {
  const { label, value, onChoose, onSearch, placeholder = 'Search', isBusy = false, note, onDone } = props;
  const [text, setText] = useState('');
  const [at, setAt] = useState(0);
  const list = useId();
  const items = foundOptions(props, text);
  const active = Math.min(at, items.length - 1);
  const choose = (item: Option | undefined) => {
    if (item === undefined) return;
    onChoose(item.value);
    onDone();
  };
  const onKeyDown = (event: KeyboardEvent) => {
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step !== 0) setAt((active + step + items.length) % Math.max(1, items.length));
    else if (event.key === 'Enter') choose(items[active]);
    else return;
    event.preventDefault();
  };
  return (
    <>
      <input
        role="combobox"
        aria-label={`Search: ${label}`}
        aria-expanded
        aria-controls={list}
        aria-activedescendant={active >= 0 ? `${list}-${active}` : undefined}
        autoComplete="off"
        spellCheck={false}
        placeholder={placeholder}
        value={text}
        onChange={({ target }) => {
          setText(target.value);
          setAt(0);
          onSearch?.(target.value);
        }}
        onKeyDown={onKeyDown}
        className="h-10 w-full shrink-0 rounded-t-lg border-b border-line bg-card px-3 -outline-offset-2"
      />
      <div
        role="listbox"
        id={list}
        aria-label={label}
        aria-busy={isBusy}
        className="min-h-0 flex-1 overflow-y-auto p-1"
      >
        {items.map((item, index) => (
          <Item
            key={`${item.group ?? ''} ${item.value}`}
            id={`${list}-${index}`}
            item={item}
            isFirstOfGroup={item.group !== undefined && item.group !== items[index - 1]?.group}
            isActive={index === active}
            isChosen={item.value === value}
            onPoint={() => setAt(index)}
            onChoose={() => choose(item)}
          />
        ))}
      </div>
      {items.length === 0 && (
        <p className="px-3.5 pb-3 text-faint">{isBusy ? 'Looking …' : 'Nothing like this'}</p>
      )}
      {note !== undefined && (
        <div className="border-t border-line px-3 py-1.5 text-[13px] text-faint">{note}</div>
      )}
    </>
  );
}

interface ItemProps {
  readonly id: string;
  readonly item: Option;
  readonly isFirstOfGroup: boolean;
  readonly isActive: boolean;
  readonly isChosen: boolean;
  readonly onPoint: () => void;
  readonly onChoose: () => void;
}

function Item({ id, item, isFirstOfGroup, isActive, isChosen, onPoint, onChoose }: ItemProps) {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (isActive) element.current?.scrollIntoView({ block: 'nearest' });
  }, [isActive]);
  return (
    <>
      {isFirstOfGroup && (
        <div role="presentation" className="px-2.5 pt-2 pb-0.5 text-[13px] text-faint">
          {item.group}
        </div>
      )}
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the input keeps the focus, and takes the keys */}
      <div
        ref={element}
        id={id}
        role="option"
        tabIndex={-1}
        aria-selected={isChosen}
        onClick={onChoose}
        onPointerMove={onPoint}
        title={item.label}
        className={classes(
          'flex cursor-pointer items-center gap-2 rounded-md px-2.5 py-1.5',
          isActive && 'bg-sunken',
        )}
      >
        <Check aria-hidden className={classes('size-4 shrink-0', !isChosen && 'invisible')} />
        <span className="min-w-0 flex-1 truncate">{item.label}</span>
        {item.hint !== undefined && (
          <span className="max-w-[45%] truncate text-[13px] text-faint">{item.hint}</span>
        )}
      </div>
    </>
  );
}

function foundOptions({ options, typed, onSearch }: ComboboxProps, text: string): readonly Option[] {
  const wanted = text.trim().toLowerCase();
  const isLike = ({ label, value }: Option) =>
    label.toLowerCase().includes(wanted) || value.toLowerCase().includes(wanted);
  const found = (wanted === '' || onSearch !== undefined ? options : options.filter(isLike)).slice(
    0,
    optionsShownMax,
  );
  const own = wanted === '' ? undefined : typed?.(text.trim());
  if (own === undefined || found.some(({ value }) => value === own.value)) return found;
  return [...found, own];
}
