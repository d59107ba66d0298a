/** Who came to a step, or dropped out after it. */
import { useInfiniteQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { PeopleData, PersonData } from '../../../../../src/query/wire.ts';
import { answerKey, ask, type PlanInput } from '../../../api/questions.ts';
import { ago, dayAndClock } from '../../../format/dates.ts';
import { fullNumber } from '../../../format/numbers.ts';
import { Button } from '../../../ui/button.tsx';
import { Modal } from '../../../ui/dialog.tsx';
import { Empty, Failure, Skeleton } from '../../../ui/states.tsx';
import { zoneOfPlan } from '../../range.tsx';
import { withMembers } from '../parts/plan-parts.ts';

export interface Asked {
  /** From 1. */
  readonly step: number;
  readonly outcome: 'reached' | 'dropped';
}

const pageSize = 50;

interface FunnelPeopleProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly names: readonly string[];
  readonly asked: Asked;
  readonly onClose: () => void;
}

export function FunnelPeople({ project, plan, names, asked, onClose }: FunnelPeopleProps) {
  const whole = withMembers(plan, {
    by: undefined,
    explain: undefined,
    people: { ...asked, limit: pageSize },
  });
  const { data, error, isError, isFetchingNextPage, hasNextPage, fetchNextPage, refetch } = useInfiniteQuery({
    queryKey: [...answerKey(project, whole), 'pages'],
    queryFn: ({ pageParam, signal }) =>
      ask<PeopleData>(
        project,
        { ...whole, people: withMembers({ ...asked, limit: pageSize }, { after: pageParam }) },
        signal,
      ),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.data.next,
  });
  const people = data?.pages.flatMap((page) => page.data.people);
  const name = names[asked.step - 1] ?? `step ${asked.step}`;
  const title =
    asked.outcome === 'reached'
      ? `Came to “${name}”`
      : `Dropped out between “${name}” and “${names[asked.step] ?? ''}”`;
  return (
    <Modal title={title} open onClose={onClose}>
      {isError && people === undefined ? (
        <Failure error={error} retry={() => refetch()} />
      ) : people === undefined ? (
        <Skeleton className="h-64" />
      ) : people.length === 0 ? (
        <Empty title="Nobody" />
      ) : (
        <>
          <ul className="divide-y divide-line">
            {people.map((person) => (
              <Person key={person.key} project={project} person={person} zone={zoneOfPlan(plan)} />
            ))}
          </ul>
          {hasNextPage && (
            <div className="pt-3 text-center">
              <Button small disabled={isFetchingNextPage} onClick={() => fetchNextPage()}>
                {isFetchingNextPage ? 'Looking …' : 'More people'}
              </Button>
            </div>
          )}
        </>
      )}
    </Modal>
  );
}

function Person({ project, person, zone }: { project: string; person: PersonData; zone: string }) {
  const id = person.userId ?? person.anonymousId ?? person.key;
  return (
    <li>
      <Link
        to="/p/$project/people/$person"
        params={{ project, person: id }}
        className="flex items-baseline gap-3 rounded-md px-2 py-2 hover:bg-sunken"
      >
        <span className="min-w-0 flex-1 truncate font-medium" title={id}>
          {id}
        </span>
        <span className="tabular shrink-0 text-[13px] text-soft">
          {fullNumber(person.events)} {person.events === 1 ? 'event' : 'events'}
        </span>
        <span className="shrink-0 text-[13px] text-faint" title={dayAndClock(person.lastSeen, zone)}>
          {ago(person.lastSeen, Date.now())}
        </span>
      </Link>
    </li>
  );
}
