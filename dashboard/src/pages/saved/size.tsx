/** How many events and people a filter finds in the last thirty days, as it is typed. */
import type { SummaryData } from '../../../../src/query/wire.ts';
import { useAnswer } from '../../api/questions.ts';
import { useDebounced } from '../../explore/fields/use-debounced.ts';
import { browserZone } from '../../format/dates.ts';
import { fullNumber } from '../../format/numbers.ts';
import { Skeleton } from '../../ui/states.tsx';

const typingMs = 300;

interface SizeProps {
  readonly project: string;
  /** Undefined: nothing is chosen yet. */
  readonly filter: unknown;
  /** Of a cohort: who they are counts, not what they did. */
  readonly isOfPeople?: boolean;
}

export function Size({ project, filter, isOfPeople = false }: SizeProps) {
  const asked = useDebounced(filter, typingMs);
  const { data, error, isPlaceholderData } = useAnswer<SummaryData>(
    project,
    { kind: 'summary', range: '30d', timeZone: browserZone, metrics: ['events', 'users'], filter: asked },
    { enabled: asked !== undefined },
  );
  return (
    <div role="status" className="min-h-10 rounded-lg bg-sunken px-3 py-2.5 text-[13px]">
      {filter === undefined ? (
        <span className="text-soft">Choose a condition, and how many match is shown here.</span>
      ) : error !== null ? (
        <span className="break-words text-bad">{error.message}</span>
      ) : data === undefined ? (
        <Skeleton className="h-5 w-56 bg-line" />
      ) : (
        <Found data={data.data} isOfPeople={isOfPeople} isOld={isPlaceholderData || asked !== filter} />
      )}
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
