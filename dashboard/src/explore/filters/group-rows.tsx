/** The parts of a group, each on its line, how they are joined, and what can be added. */
import { Plus } from 'lucide-react';
import { DropdownMenu } from 'radix-ui';
import { Button } from '../../ui/button.tsx';
import { classes } from '../../ui/classes.ts';
import { menuItem, menuPanel } from '../../ui/menu.tsx';
import { CohortRow } from './cohort-row.tsx';
import { ConditionRow } from './condition-row.tsx';
import { cohortDaysDefault, type Group, type Node, nextId, pointersOf } from './filter-tree.ts';
import { type PartProps, RemoveButton, type RowPlace } from './row.tsx';
import { SavedRow } from './saved-row.tsx';

/** The server allows 20; deeper ones are written as JSON. */
const levelsMax = 4;

interface GroupRowsProps {
  readonly group: Group;
  readonly onChange: (next: Group) => void;
  readonly at: RowPlace;
  readonly pointer: string | undefined;
  readonly isRoot?: boolean;
  readonly level?: number;
}

export function GroupRows({ group, onChange, at, pointer, isRoot = false, level = 1 }: GroupRowsProps) {
  const { parts, join } = group;
  const pointers = pointer === undefined ? [] : pointersOf(group, pointer);
  const replace = (index: number, next: Node) => onChange({ ...group, parts: parts.with(index, next) });
  const remove = (index: number) => onChange({ ...group, parts: parts.toSpliced(index, 1) });
  return (
    <>
      {parts.map((part, index) => (
        <div key={part.id} className="grid min-w-0 gap-1.5">
          {index > 0 && (
            <Join join={join} isFirst={index === 1} onChange={(next) => onChange({ ...group, join: next })} />
          )}
          <PartRow
            part={part}
            at={at}
            level={level}
            pointer={pointers[index]}
            onChange={(next) => replace(index, next)}
            onRemove={() => remove(index)}
          />
        </div>
      ))}
      <AddPart
        isFirst={isRoot && parts.length === 0}
        mayGroup={level < levelsMax && parts.length > 0}
        mayCohort={!at.isInCohort}
        onAdd={(make) => onChange({ ...group, parts: [...parts, make(nextId(at.root))] })}
      />
    </>
  );
}

/** All parts of a group are joined alike; the first word changes it. */
function Join({
  join,
  isFirst,
  onChange,
}: {
  join: Group['join'];
  isFirst: boolean;
  onChange: (join: Group['join']) => void;
}) {
  if (!isFirst) return <span className="pl-2 text-[13px] text-faint">{join}</span>;
  const other = join === 'and' ? 'or' : 'and';
  return (
    <button
      type="button"
      aria-label={`Joined by “${join}”: change to “${other}”`}
      title={
        join === 'and' ? 'All must hold. Click for: one must hold' : 'One must hold. Click for: all must hold'
      }
      onClick={() => onChange(other)}
      className="w-fit rounded px-2 py-0.5 text-[13px] font-medium text-accent hover:bg-sunken"
    >
      {join}
    </button>
  );
}

function PartRow(props: PartProps<Node> & { level: number }) {
  const { part, at, pointer, onChange, onRemove, level } = props;
  switch (part.kind) {
    case 'condition':
      return <ConditionRow {...props} part={part} />;
    case 'saved':
      return <SavedRow {...props} part={part} />;
    case 'cohort':
      return <CohortRow {...props} part={part} />;
    case 'group':
      return (
        <div className="grid min-w-0 gap-1.5 rounded-lg border border-line bg-sunken/50 p-2">
          <div className="flex items-center gap-2">
            <select
              aria-label="The group holds when"
              value={part.not ? 'not' : 'is'}
              onChange={({ target }) => onChange({ ...part, not: target.value === 'not' })}
              className="h-7 rounded border border-line bg-card px-1 text-[13px]"
            >
              <option value="is">Events where</option>
              <option value="not">Events but those where</option>
            </select>
            <RemoveButton label="Remove the group" onClick={onRemove} />
          </div>
          <GroupRows group={part} onChange={onChange} at={at} pointer={pointer} level={level + 1} />
        </div>
      );
    case 'raw':
      return (
        <div className="flex items-center gap-2 rounded-md bg-sunken px-2 py-1.5">
          <code className="min-w-0 flex-1 truncate font-mono text-[13px]" title={JSON.stringify(part.filter)}>
            {JSON.stringify(part.filter)}
          </code>
          <RemoveButton label="Remove it" onClick={onRemove} />
        </div>
      );
    default:
      return part satisfies never;
  }
}

type Make = (id: number) => Node;
const condition: Make = (id) => ({
  kind: 'condition',
  id,
  not: false,
  field: '',
  op: 'eq',
  value: undefined,
});
const emptyGroup = (id: number): Group => ({ kind: 'group', id, not: false, join: 'and', parts: [] });

interface AddPartProps {
  readonly isFirst: boolean;
  readonly mayGroup: boolean;
  readonly mayCohort: boolean;
  readonly onAdd: (make: Make) => void;
}

function AddPart({ isFirst, mayGroup, mayCohort, onAdd }: AddPartProps) {
  const more: readonly { label: string; make: Make }[] = [
    { label: 'A saved segment', make: (id) => ({ kind: 'saved', id, not: false, of: 'segment', name: '' }) },
    { label: 'A saved goal', make: (id) => ({ kind: 'saved', id, not: false, of: 'goal', name: '' }) },
    ...(mayCohort
      ? [
          {
            label: 'People of a saved cohort',
            make: (id: number): Node => ({ kind: 'saved', id, not: false, of: 'cohort', name: '' }),
          },
          {
            label: 'People who did something',
            make: (id: number): Node => ({
              kind: 'cohort',
              id,
              not: false,
              group: { ...emptyGroup(id + 1), parts: [condition(id + 2)] },
              atLeast: 1,
              days: cohortDaysDefault,
              rest: {},
            }),
          },
        ]
      : []),
    ...(mayGroup
      ? [
          {
            label: 'A group',
            make: (id: number): Node => ({ ...emptyGroup(id), join: 'or', parts: [condition(id + 1)] }),
          },
        ]
      : []),
  ];
  return (
    <div className="flex items-center">
      <Button
        look="quiet"
        small
        onClick={() => onAdd(condition)}
        className={classes('-ml-1', isFirst && 'text-soft')}
      >
        <Plus aria-hidden className="size-4" />
        {isFirst ? 'Filter' : 'Condition'}
      </Button>
      <DropdownMenu.Root modal={false}>
        <DropdownMenu.Trigger
          aria-label="More … than a condition: a segment, people, a group"
          className="h-8 rounded-md px-2 text-[13px] font-medium text-soft hover:bg-sunken hover:text-ink"
        >
          More …
        </DropdownMenu.Trigger>
        <DropdownMenu.Portal>
          <DropdownMenu.Content align="start" sideOffset={4} className={menuPanel}>
            {more.map(({ label, make }) => (
              <DropdownMenu.Item key={label} className={menuItem} onSelect={() => onAdd(make)}>
                {label}
              </DropdownMenu.Item>
            ))}
          </DropdownMenu.Content>
        </DropdownMenu.Portal>
      </DropdownMenu.Root>
    </div>
  );
}
