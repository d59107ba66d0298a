/** A saved segment, or a filter by field, operator and value; values are suggested from the data of the range. */
import { Link } from '@tanstack/react-router';
import { ListFilter } from 'lucide-react';
import { Popover } from 'radix-ui';
import { useId, useState } from 'react';
import type { SummaryData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { type SegmentBody, useSaved } from '../../api/saved.ts';
import { fieldNames, valueName } from '../../format/names.ts';
import {
  type Condition,
  conditionText,
  type Operator,
  operatorNames,
  operatorWords,
  segmentCondition,
  toggled,
} from '../../state/conditions.ts';
import { scopeOf } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import type { PartProps } from './overview.tsx';

const ownField = 'properties.';

export function AddFilter(props: PartProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <Popover.Root open={isOpen} onOpenChange={setOpen}>
      <Popover.Trigger className="inline-flex h-9 items-center gap-2 rounded-md border border-dashed border-line px-3 font-medium text-soft hover:bg-sunken hover:text-ink">
        <ListFilter aria-hidden className="size-4" />
        Filter
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          align="start"
          sideOffset={4}
          collisionPadding={8}
          aria-label="New filter"
          className="z-50 w-80 max-w-[calc(100vw-2rem)] rounded-lg border border-line bg-card p-3 shadow-lg shadow-black/10"
        >
          <Segments {...props} onDone={() => setOpen(false)} />
          <FilterForm {...props} onDone={() => setOpen(false)} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function Segments({ project, view, onChange, onDone }: PartProps & { onDone: () => void }) {
  const { data: segments = [] } = useSaved<SegmentBody>(project, 'segment');
  if (segments.length === 0) return null;
  return (
    <div className="mb-3 border-b border-line pb-3">
      <div className="mb-1 flex items-center justify-between text-[13px] text-soft">
        Segments
        <Link
          to="/p/$project/saved"
          params={{ project }}
          search={{ kind: 'segments' } as never}
          className="text-accent hover:underline"
        >
          All of them
        </Link>
      </div>
      <div className="flex max-h-40 flex-wrap gap-1 overflow-y-auto p-0.5">
        {segments.map(({ id, name }) => {
          const condition = segmentCondition(id);
          return (
            <button
              key={id}
              type="button"
              title={name}
              aria-pressed={view.conditions.some((each) => conditionText(each) === conditionText(condition))}
              onClick={() => {
                onChange({ conditions: toggled(view.conditions, condition) });
                onDone();
              }}
              className="max-w-full truncate rounded-md border border-line px-2 py-1 text-[13px] hover:bg-sunken aria-pressed:bg-accent-soft"
            >
              {name}
            </button>
          );
        })}
      </div>
    </div>
  );
}

function FilterForm({ project, view, onChange, onDone }: PartProps & { onDone: () => void }) {
  const [field, setField] = useState('path');
  const [property, setProperty] = useState('');
  const [operator, setOperator] = useState<Operator>('==');
  const [value, setValue] = useState('');
  const list = useId();
  const named = field === ownField ? ownField + property.trim() : field;
  const isNamed = named !== ownField;
  const suggested = useAnswer<SummaryData>(
    project,
    {
      kind: 'summary',
      ...scopeOf({ ...view, conditions: [] }),
      metrics: ['events'],
      by: { field: named, limit: 50 },
    },
    { enabled: isNamed },
  );
  const values = (suggested.data?.data.groups ?? []).flatMap((group) =>
    group.other || group.value === null ? [] : [group.value],
  );
  const known = values.find((each) => String(each) === value || valueName(named, each) === value);
  const box = 'h-9 w-full min-w-0 rounded-md border border-line bg-card px-2';
  return (
    <form
      className="grid gap-2"
      onSubmit={(submitted) => {
        submitted.preventDefault();
        const condition: Condition = {
          field: named,
          operator,
          value: operator === '==' || operator === '!=' ? (known ?? value) : value,
        };
        onChange({ conditions: toggled(view.conditions, condition) });
        onDone();
      }}
    >
      <label className="grid gap-1 text-[13px] text-soft">
        Field
        <select value={field} onChange={({ target }) => setField(target.value)} className={box}>
          {Object.entries(fieldNames).map(([name, label]) => (
            <option key={name} value={name}>
              {label}
            </option>
          ))}
          <option value={ownField}>A property of yours …</option>
        </select>
      </label>
      {field === ownField && (
        <label className="grid gap-1 text-[13px] text-soft">
          Property
          <input
            value={property}
            required
            placeholder="plan"
            onChange={({ target }) => setProperty(target.value)}
            className={box}
          />
        </label>
      )}
      <div className="grid grid-cols-[8rem_1fr] gap-2">
        <select
          aria-label="Operator"
          value={operator}
          onChange={({ target }) => setOperator(target.value as Operator)}
          className={box}
        >
          {operatorNames.map((name) => (
            <option key={name} value={name}>
              {operatorWords(name)}
            </option>
          ))}
        </select>
        <input
          aria-label="Value"
          required
          list={list}
          value={value}
          onChange={({ target }) => setValue(target.value)}
          className={box}
        />
        <datalist id={list}>
          {values.map((each) => (
            <option key={String(each)} value={valueName(named, each)} />
          ))}
        </datalist>
      </div>
      <Button type="submit" look="primary" disabled={!isNamed || value === ''}>
        Filter
      </Button>
    </form>
  );
}
