/** One person: by which ids they are known, when they were here, and everything that they did. */
import { Link } from '@tanstack/react-router';
import { ArrowLeft, ChartLine } from 'lucide-react';
import type { ReactNode } from 'react';
import { exploreSearch } from '../../explore/question-link.ts';
import { PlanRange } from '../../explore/range.tsx';
import { fullNumber } from '../../format/numbers.ts';
import { zoneOf } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Given } from '../../ui/given.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { TypeMenu } from '../events/type-menu.tsx';
import { filterText } from '../lists/filters.ts';
import { oneOf, rangeSearch, useListSearch } from '../lists/use-list-search.ts';
import { Facts } from './facts.tsx';
import { Timeline } from './timeline.tsx';
import { eventsMax, idsOf, useTimeline } from './use-timeline.ts';

const button =
  'inline-flex h-9 items-center gap-1.5 rounded-md border border-line bg-card px-3 font-medium whitespace-nowrap hover:bg-sunken';

export function Person({ project, id }: { project: string; id: string }) {
  const [list, onChange] = useListSearch('all');
  const type = oneOf(list.search.type);
  const timeline = useTimeline(project, { id, range: list.scope, type });
  const { data, error, isPlaceholderData, hasNextPage, isFetchingNextPage } = timeline;
  const person = data?.pages[0]?.person ?? null;
  const events = data?.pages.flatMap((page) => page.events) ?? [];
  const zone = zoneOf(list.view);
  const ids = person === null ? [id] : idsOf(id, person, events);
  return (
    <>
      <Head project={project} id={id}>
        {person !== null && <Ways project={project} ids={ids} />}
      </Head>
      {error !== null && data === undefined ? (
        <Card>
          <Failure error={error} retry={() => void timeline.refetch()} />
        </Card>
      ) : data === undefined ? (
        <Loading />
      ) : person === null && list.view.range === 'all' ? (
        <Card>
          <Empty title="Nobody has this id">
            No event of this project names it as its user or anonymous id. Ids are compared letter by letter,
            large or small.
          </Empty>
        </Card>
      ) : (
        <div className="grid items-start gap-5 lg:grid-cols-[18rem_minmax(0,1fr)]">
          <Facts person={person} ids={ids} newest={events[0]} zone={zone} isAll={list.view.range === 'all'} />
          <div className="min-w-0">
            <div className="mb-3 flex flex-wrap items-center gap-2">
              <TypeMenu
                project={project}
                plan={{ ...list.scope, bots: 'include', filter: eventsOf(ids) }}
                type={type}
                onChoose={(next) => onChange({ type: next }, true)}
              />
              <div className="ml-auto">
                <PlanRange
                  plan={{ kind: 'user', ...list.scope }}
                  onChange={(next) => onChange(rangeSearch(next), true)}
                />
              </div>
            </div>
            <div className={classes(isPlaceholderData && 'opacity-60')}>
              {events.length === 0 ? (
                <Card>
                  <Empty title="Nothing in this range">
                    Choose a longer range{type !== undefined && ', or all events'}.
                  </Empty>
                </Card>
              ) : (
                <Timeline project={project} events={events} zone={zone} />
              )}
            </div>
            {hasNextPage && (
              <div className="flex justify-center">
                <Button disabled={isFetchingNextPage} onClick={() => void timeline.fetchNextPage()}>
                  {isFetchingNextPage ? 'Loading' : 'Older events'}
                </Button>
              </div>
            )}
            {!hasNextPage && events.length >= eventsMax && (
              <p className="text-center text-faint">
                These are {fullNumber(events.length)} events. For older ones choose a range that ends earlier.
              </p>
            )}
          </div>
        </div>
      )}
    </>
  );
}

function Head({ project, id, children }: { project: string; id: string; children: ReactNode }) {
  return (
    <div className="mb-4">
      <Link
        to="/p/$project/people"
        params={{ project }}
        className="mb-1 inline-flex items-center gap-1 text-[13px] text-soft hover:text-ink"
      >
        <ArrowLeft aria-hidden className="size-3.5" />
        People
      </Link>
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        <h1 className="line-clamp-3 min-w-0 flex-1 basis-60 text-xl font-semibold" title={id}>
          <Given text={id} isWhole />
        </h1>
        <div className="flex flex-wrap gap-2">{children}</div>
      </div>
    </div>
  );
}

/** In a filter; who has more is known by the first of them. */
const idsAskedMax = 100;

/** Events that name one of the ids. */
function eventsOf(ids: readonly string[]) {
  const asked = ids.slice(0, idsAskedMax);
  const named = (field: string) =>
    asked.length === 1 ? { field, op: 'eq', value: asked[0] } : { field, op: 'in', value: asked };
  return { or: [named('userId'), named('anonymousId')] };
}

/** On to the same person elsewhere. */
function Ways({ project, ids }: { project: string; ids: readonly string[] }) {
  const filter = eventsOf(ids);
  const plan = { kind: 'trend', range: '90d', interval: 'day', metrics: ['events'], by: 'type', filter };
  return (
    <>
      <Link
        to="/p/$project/explore"
        params={{ project }}
        search={exploreSearch(plan) as never}
        className={button}
      >
        <ChartLine aria-hidden className="size-4" />
        Explore
      </Link>
      <Link
        to="/p/$project/events"
        params={{ project }}
        search={{ filter: filterText(filter) } as never}
        className={button}
      >
        As events
      </Link>
    </>
  );
}

function Loading() {
  return (
    <div className="grid gap-5 lg:grid-cols-[18rem_minmax(0,1fr)]">
      <Skeleton className="h-72 rounded-xl" />
      <Skeleton className="h-96 rounded-xl" />
    </div>
  );
}
