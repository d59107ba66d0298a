/** People who did something, so many times, within some days: a cohort that is made where it is needed. */
import type { Cohort, Group } from './filter-tree.ts';
import { GroupRows } from './group-rows.tsx';
import { type PartProps, RemoveButton } from './row.tsx';

const small = 'h-8 rounded border border-line bg-card px-1.5 text-[13px]';

export function CohortRow({ part, at, pointer, onChange, onRemove }: PartProps<Cohort>) {
  const { group, atLeast, days, not } = part;
  const inner = pointer === undefined ? undefined : `${pointer}${not ? '/not' : ''}/cohort/filter`;
  return (
    <div className="grid min-w-0 gap-1.5 rounded-lg border border-line bg-sunken/50 p-2">
      <div className="flex items-center gap-2">
        <select
          aria-label="Which people"
          value={String(not)}
          onChange={({ target }) => onChange({ ...part, not: target.value === 'true' })}
          className={small}
        >
          <option value="false">People who did</option>
          <option value="true">People who did not</option>
        </select>
        <RemoveButton label="Remove the people" onClick={onRemove} />
      </div>
      <GroupRows
        group={group}
        onChange={(next: Group) => onChange({ ...part, group: next })}
        at={{ ...at, isInCohort: true }}
        pointer={inner}
        level={2}
      />
      <div className="flex flex-wrap items-center gap-1.5 text-[13px] text-soft">
        at least
        <Count
          label="How many times"
          value={atLeast}
          onChange={(next) => onChange({ ...part, atLeast: next })}
        />
        <span>times</span>
        {days !== undefined && (
          <>
            <span>in the</span>
            <Count
              label="In how many days"
              value={days}
              onChange={(next) => onChange({ ...part, days: next })}
            />
            days before the end of the range
          </>
        )}
      </div>
    </div>
  );
}

function Count({
  label,
  value,
  onChange,
}: {
  label: string;
  value: number;
  onChange: (value: number) => void;
}) {
  return (
    <input
      type="number"
      min={1}
      aria-label={label}
      value={value}
      onChange={({ target }) =>
        target.value !== '' && onChange(Math.max(1, Math.round(Number(target.value))))
      }
      className={`${small} w-16`}
    />
  );
}
