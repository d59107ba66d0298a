/** A segment, cohort or goal that was saved, by its name. */
import { useSaved } from '../../api/saved.ts';
import { Combobox } from '../fields/combobox.tsx';
import type { SavedFilter, SavedFilterKind } from './filter-tree.ts';
import { type PartProps, RemoveButton } from './row.tsx';

const words: Readonly<Record<SavedFilterKind, { is: string; isNot: string; none: string }>> = {
  segment: { is: 'In the segment', isNot: 'Not in the segment', none: 'No segments are saved yet' },
  cohort: { is: 'People of the cohort', isNot: 'People not of the cohort', none: 'No cohorts are saved yet' },
  goal: { is: 'Reaches the goal', isNot: 'Does not reach the goal', none: 'No goals are saved yet' },
};

export function SavedRow({ part, at, pointer, onChange, onRemove }: PartProps<SavedFilter>) {
  const { of, name, not } = part;
  const { data, isPending } = useSaved<unknown>(at.project, of);
  const found = data?.find(({ id }) => id === name);
  const isGone = name !== '' && data !== undefined && found === undefined;
  const problem =
    pointer !== undefined && at.problem?.pointer.startsWith(pointer) ? at.problem.message : undefined;
  const told = isGone ? `There is no ${of} “${name}” any more. Choose another, or remove the line.` : problem;
  return (
    <div className="grid min-w-0 gap-1">
      <div className="flex min-w-0 flex-wrap items-center gap-1.5">
        <select
          aria-label={`How the ${of} counts`}
          value={String(not)}
          onChange={({ target }) => onChange({ ...part, not: target.value === 'true' })}
          className="h-9 min-w-0 flex-1 basis-44 rounded-md border border-line bg-card px-2"
        >
          <option value="false">{words[of].is}</option>
          <option value="true">{words[of].isNot}</option>
        </select>
        <Combobox
          label={name === '' ? `Choose a ${of}` : `The ${of}: ${found?.name ?? name}`}
          value={name}
          shown={name === '' ? <span className="text-faint">Choose a {of}</span> : (found?.name ?? name)}
          options={(data ?? []).map(({ id, name: label }) => ({ value: id, label, hint: id }))}
          onChoose={(next) => onChange({ ...part, name: next })}
          isBusy={isPending}
          isInvalid={told !== undefined}
          note={data?.length === 0 ? words[of].none : undefined}
          className="flex-1 basis-32"
        />
        <RemoveButton label={`Remove the ${of}`} onClick={onRemove} />
      </div>
      {told !== undefined && (
        <p role="alert" className="text-[13px] text-bad">
          {told}
        </p>
      )}
    </div>
  );
}
