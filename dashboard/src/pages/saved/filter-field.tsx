/** A filter, what is wrong in it at its place, and how many events and people it finds in the last thirty days, as it is typed. */
import type { ReactNode } from 'react';
import type { SummaryData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { useDebounced } from '../../explore/fields/use-debounced.ts';
import { FilterEditor } from '../../explore/filters/filter-editor.tsx';
import { isAt, problemOf } from '../../explore/problem.tsx';
import { browserZone } from '../../format/dates.ts';
import { fullNumber } from '../../format/numbers.ts';
import { Skeleton } from '../../ui/states.tsx';

const typingMs = 300;
const scope = { range: '30d', timeZone: browserZone };

interface FilterFieldProps {
  readonly project: string;
  readonly label: string;
  /** Undefined: nothing is chosen yet. */
  readonly value: unknown;
  readonly onChange: (filter: unknown) => void;
  /** Of a cohort, who they are, as a filter around `value`. */
  readonly people?: unknown;
  /** What changes how many it finds, too. */
  readonly children?: ReactNode;
}

export function FilterField({ project, label, value, onChange, people, children }: FilterFieldProps) {
  const isOfPeople = people !== undefined;
  const filter = value === undefined ? undefined : isOfPeople ? people : value;
  const asked = useDebounced(filter, typingMs);
  const { data, error, isPlaceholderData } = useAnswer<SummaryData>(
    project,
    { kind: 'summary', ...scope, metrics: ['events', 'users'], filter: asked },
    { enabled: asked !== undefined },
  );
  const problem = problemOf(error);
  const pointer = isOfPeople ? '/filter/cohort/filter' : '/filter';
  const isInFilter: boolean = isAt(problem, pointer);
  return (
    <div className="grid gap-2">
      <div className="grid gap-1">
        <span aria-hidden className="text-[13px] font-medium text-soft">
          {label}
        </span>
        <FilterEditor
          project={project}
          label={label}
          value={value}
          onChange={onChange}
          scope={scope}
          problem={problem}
          pointer={pointer}
          isInCohort={isOfPeople}
        />
      </div>
      {children}
      <div role="status" className="min-h-10 rounded-lg bg-sunken px-3 py-2.5 text-[13px]">
        {filter === undefined ? (
          <span className="text-soft">Choose a condition, and how many match is shown here.</span>
        ) : isInFilter ? (
          <span className="text-soft">How many match is shown when it is mended.</span>
        ) : error !== null ? (
          <span className="break-words text-bad">{problem?.message ?? error.message}</span>
        ) : data === undefined ? (
          <Skeleton className="h-5 w-56 bg-line" />
        ) : (
          <Found data={data.data} isOfPeople={isOfPeople} isOld={isPlaceholderData || asked !== filter} />
        )}
      </div>
    </div>
  );
}

function Found({ data, isOfPeople, isOld }: { data: SummaryData; isOfPeople: boolean; isOld: boolean }) {
  const { events, users = 0 } = data.total;
  const people = `${fullNumber(users)} ${users === 1 ? 'person' : 'people'}`;
  return (
    <span className={isOld ? 'opacity-60' : undefined}>
      <span className="tabular font-medium">
        {isOfPeople ? people : `${fullNumber(events)} ${events === 1 ? 'event' : 'events'} of ${people}`}
      </span>{' '}
      <span className="text-soft">in the last 30 days</span>
    </span>
  );
}
