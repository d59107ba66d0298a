/** Which columns the list has: fields, and the properties of the events that are in it. */
import { Check, Columns3 } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { classes } from '../../ui/classes.ts';
import { Given } from '../../ui/given.tsx';
import { menuItem, menuPanel } from '../../ui/menu.tsx';
import { columnLabel, columnNames, columnsMax, defaultColumns } from './columns.ts';

interface ColumnMenuProps {
  readonly columns: readonly string[];
  readonly properties: readonly string[];
  /** Undefined: those that it begins with. */
  readonly onChange: (columns: readonly string[] | undefined) => void;
}

export function ColumnMenu({ columns, properties, onChange }: ColumnMenuProps) {
  const offered = [...new Set([...columns.filter(isProperty), ...properties])];
  const isFull = columns.length >= columnsMax;
  const toggle = (name: string) =>
    onChange(columns.includes(name) ? columns.filter((each) => each !== name) : [...columns, name]);
  const item = (name: string) => {
    const isChosen = columns.includes(name);
    return (
      <DropdownMenu.CheckboxItem
        key={name}
        checked={isChosen}
        // one column is always there: it holds the button that unfolds
        disabled={isChosen ? columns.length === 1 : isFull}
        onCheckedChange={() => toggle(name)}
        onSelect={(selected) => selected.preventDefault()}
        className={menuItem}
      >
        <Check aria-hidden className={classes('size-4 shrink-0', !isChosen && 'invisible')} />
        <Given text={columnLabel(name)} className="max-w-56" />
      </DropdownMenu.CheckboxItem>
    );
  };
  return (
    <DropdownMenu.Root modal={false}>
      <DropdownMenu.Trigger
        aria-label="Columns"
        title="Columns"
        className="inline-flex h-8 items-center gap-1.5 rounded-md px-2.5 text-[13px] font-medium text-soft hover:bg-sunken hover:text-ink"
      >
        <Columns3 aria-hidden className="size-4" />
        <span className="max-sm:hidden">Columns</span>
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content align="end" sideOffset={4} className={menuPanel}>
          <DropdownMenu.Item className={menuItem} onSelect={() => onChange(undefined)}>
            As they were
          </DropdownMenu.Item>
          {offered.length > 0 && <Heading>Properties</Heading>}
          {offered.map(item)}
          <Heading>Fields</Heading>
          {columnNames.map(item)}
          {isFull && <p className="px-2.5 py-1 text-[13px] text-faint">{columnsMax} columns at most</p>}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

const isProperty = (name: string) => name.startsWith('properties.');

const Heading = ({ children }: { children: string }) => (
  <>
    <DropdownMenu.Separator className="my-1 h-px bg-line" />
    <DropdownMenu.Label className="px-2.5 py-1 text-[13px] text-faint">{children}</DropdownMenu.Label>
  </>
);

/** What the address names, as far as it may be shown. */
export function columnsOf(given: readonly string[]): readonly string[] {
  const known = given.filter((name) => isProperty(name) || columnNames.includes(name));
  return known.length === 0 ? defaultColumns : [...new Set(known)].slice(0, columnsMax);
}
