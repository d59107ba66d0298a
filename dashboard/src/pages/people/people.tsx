/** The people of a project: who they are, when they came first and last, how much they did; searched by any of their ids. */
import { Link, useNavigate } from '@tanstack/react-router';
import type { PersonData, SummaryData } from '../../../../src/query/wire.ts';
import { ago } from '../../format/dates.ts';
import { fullNumber } from '../../format/numbers.ts';
import { zoneOf } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Given } from '../../ui/given.tsx';
import { ChoiceMenu } from '../../ui/menu.tsx';
import { Empty, Failure, Skeleton } from '../../ui/states.tsx';
import { anyContains, together } from '../lists/filters.ts';
import { ListTools } from '../lists/list-tools.tsx';
import { oneOf, useListSearch } from '../lists/use-list-search.ts';
import { useSteadyAnswer } from '../lists/use-steady-answer.ts';
import { PeopleTable } from './people-table.tsx';
import { peopleMax, useExactly, usePeople, useTraits } from './use-people.ts';

const orders = [
  { value: 'lastSeen', label: 'By last seen' },
  { value: 'firstSeen', label: 'By first seen' },
  { value: 'events', label: 'By events' },
] as const;
type Order = (typeof orders)[number]['value'];

export function People({ project }: { project: string }) {
  const [list, onChange] = useListSearch();
  const navigate = useNavigate();
  const text = oneOf(list.search.q) ?? '';
  const order: Order = orders.find(({ value }) => value === oneOf(list.search.order))?.value ?? 'lastSeen';
  const parts = [
    ...(list.filter ? [list.filter] : []),
    ...(text === '' ? [] : [anyContains(['userId', 'anonymousId'], text)]),
  ];
  const filter = together(parts);
  const scope = { ...list.scope, ...(filter && { filter }) };
  const people = usePeople(project, { kind: 'users', ...scope, order });
  const { data, error, isPending, isPlaceholderData, hasNextPage, isFetchingNextPage } = people;
  const pages = data?.pages ?? [];
  const traits = useTraits(
    project,
    list.scope,
    pages.map((page) => page.people),
  );
  const rows = pages.flatMap((page) => page.people);
  const exactly = useExactly(project, text);
  const zone = zoneOf(list.view);
  return (
    <>
      <div className="mb-3 flex min-h-9 flex-wrap items-baseline gap-x-3">
        <h1 className="text-lg font-semibold">People</h1>
        <Count project={project} scope={scope} />
      </div>
      <ListTools
        project={project}
        list={list}
        onChange={onChange}
        searchHint="Search by id"
        searchTitle="Finds a part of a user id or an anonymous id; letters count as they are, large or small. Enter opens who has exactly this id."
        onEnter={(person) =>
          person !== '' &&
          person === text &&
          exactly.data &&
          navigate({ to: '/p/$project/people/$person', params: { project, person } })
        }
      >
        <ChoiceMenu
          label="Order"
          value={order}
          choices={orders}
          quiet
          onChoose={(next) => onChange({ order: next === 'lastSeen' ? undefined : next }, true)}
        />
      </ListTools>
      {text !== '' && exactly.data && <Exactly project={project} id={text} person={exactly.data} />}
      <Card className={classes('overflow-hidden', isPlaceholderData && 'opacity-60')}>
        {error !== null && rows.length === 0 ? (
          <Failure error={error} retry={() => void people.refetch()} />
        ) : isPending ? (
          <Loading />
        ) : rows.length === 0 ? (
          <Empty title="Nobody here">
            Choose a longer range, or take filters away. People are known by a user id or an anonymous id of
            their events.
          </Empty>
        ) : (
          <PeopleTable project={project} people={rows} traits={traits} zone={zone} />
        )}
        {hasNextPage && (
          <div className="flex justify-center p-3">
            <Button look="quiet" disabled={isFetchingNextPage} onClick={() => void people.fetchNextPage()}>
              {isFetchingNextPage ? 'Loading' : 'More people'}
            </Button>
          </div>
        )}
        {rows.length >= peopleMax && (
          <p className="p-4 text-center text-faint">
            These are {fullNumber(peopleMax)} people. For others choose a filter, another range or order.
          </p>
        )}
      </Card>
    </>
  );
}

function Count({ project, scope }: { project: string; scope: Readonly<Record<string, unknown>> }) {
  const { data } = useSteadyAnswer<SummaryData>(project, { kind: 'summary', ...scope, metrics: ['users'] });
  const users = data?.data.total.users;
  if (users === undefined) return null;
  const isRough = data?.meta.approximate ?? false;
  return (
    <span
      className="tabular text-faint"
      title={isRough ? 'Counted by a sketch: within some percent' : undefined}
    >
      {isRough && 'about '}
      {fullNumber(users)}
    </span>
  );
}

function Exactly({ project, id, person }: { project: string; id: string; person: PersonData }) {
  return (
    <Link
      to="/p/$project/people/$person"
      params={{ project, person: id }}
      className="mb-3 flex flex-wrap items-baseline gap-x-3 rounded-xl border border-line bg-accent-soft px-4 py-3 hover:border-accent"
    >
      <span className="text-soft">Exactly this id:</span>
      <Given text={id} className="max-w-full min-w-0 font-medium" />
      <span className="text-soft">
        {fullNumber(person.events)} events, seen {ago(person.lastSeen, Date.now())}
      </span>
    </Link>
  );
}

const rowsDrawn = 10;
const Loading = () => (
  <div className="grid gap-3 p-4">
    {Array.from({ length: rowsDrawn }, (_, at) => (
      <Skeleton key={String(at)} className="h-7" />
    ))}
  </div>
);
