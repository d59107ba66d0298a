/** The events themselves, newest first, live: what comes in slides in while nobody reads, and waits behind a number while somebody does. */
import { Pause, Play } from 'lucide-react';
import { useCallback, useState } from 'react';
import type { EventData } from '../../../../src/query/wire.ts';
import { zoneOf } from '../../state/view.ts';
import { Button } from '../../ui/button.tsx';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { ChoiceMenu } from '../../ui/menu.tsx';
import { anyContains, filterText, together, withValue } from '../lists/filters.ts';
import { ListTools } from '../lists/list-tools.tsx';
import { allOf, oneOf, useListSearch } from '../lists/use-list-search.ts';
import { ColumnMenu, columnsOf } from './column-menu.tsx';
import { propertyColumns } from './columns.ts';
import { EventDetails } from './event-details.tsx';
import { EventTable } from './event-table.tsx';
import { ExportMenu } from './export-menu.tsx';
import { List, Older } from './list-states.tsx';
import { LiveSign, Waiting } from './live-sign.tsx';
import { Reading, useScrolled } from './reading.tsx';
import { TypeMenu } from './type-menu.tsx';
import { useFeed } from './use-feed.ts';

/** Where the search looks. */
const searched = ['type', 'path', 'title', 'userId', 'anonymousId', 'productId', 'referrerHost'];
const propertiesOffered = 40;
/** Ranges that go on: what comes in now belongs to them. */
const openRanges = ['today', '7d', '30d', '90d', '12mo', 'mtd', 'qtd', 'ytd', 'all'];

const botChoices = [
  { value: 'include', label: 'With bots' },
  { value: 'exclude', label: 'Without bots' },
  { value: 'only', label: 'Bots alone' },
] as const;
type Bots = (typeof botChoices)[number]['value'];

export function Events({ project }: { project: string }) {
  const [list, onChange] = useListSearch();
  const { search, view, scope } = list;
  const [isPaused, setPaused] = useState(false);
  const [open, setOpen] = useState<string>();
  const [isOver, setOver] = useState(false);
  const isScrolled = useScrolled();
  const isReading = isOver || isScrolled || open !== undefined;
  const bots: Bots = botChoices.find(({ value }) => value === oneOf(search.bots))?.value ?? 'include';
  const [type, text] = [oneOf(search.type), oneOf(search.q)];
  const others = together([
    ...(list.filter ? [list.filter] : []),
    ...(text ? [anyContains(searched, text)] : []),
  ]);
  const filter = type === undefined ? others : withValue(others, 'type', type);
  const plan = { kind: 'events', ...scope, bots, ...(filter && { filter }) };
  const canFollow = view.range !== undefined && openRanges.includes(view.range);
  const used = useFeed(project, plan, {
    isFollowing: canFollow && !isPaused,
    isHeld: isPaused || isReading,
  });
  const columns = columnsOf(allOf(search.column));
  const zone = zoneOf(view);
  const only = useCallback(
    (field: string, value: string | number | boolean) => {
      setOpen(undefined);
      if (field === 'type') onChange({ type: String(value) });
      else onChange({ filter: filterText(withValue(list.filter, field, value)) });
    },
    [list.filter, onChange],
  );
  const alike = (event: EventData) => {
    setOpen(undefined);
    const page = event.path === undefined ? list.filter : withValue(list.filter, 'path', event.path);
    onChange({ type: event.type, filter: filterText(page) });
  };
  return (
    <>
      <div className="mb-3 flex min-h-9 flex-wrap items-center gap-x-3 gap-y-1">
        <h1 className="text-lg font-semibold">Events</h1>
        {canFollow && <LiveSign used={used} isPaused={isPaused} isReading={isReading} />}
        <div className="ml-auto flex items-center">
          {canFollow && (
            <Button
              look="quiet"
              small
              onClick={() => {
                setPaused(!isPaused);
                if (isPaused) {
                  setOpen(undefined);
                  used.showNewest();
                }
              }}
            >
              {isPaused ? <Play aria-hidden className="size-4" /> : <Pause aria-hidden className="size-4" />}
              {isPaused ? 'Go on' : 'Pause'}
            </Button>
          )}
          <ColumnMenu
            columns={columns}
            properties={propertyColumns(used.feed.rows, propertiesOffered)}
            onChange={(next) => onChange({ column: next }, true)}
          />
          <ExportMenu
            project={project}
            range={{ range: view.range, from: view.from, to: view.to, timeZone: zone }}
            bots={bots}
            filter={filter}
          />
        </div>
      </div>
      <ListTools
        project={project}
        list={list}
        onChange={onChange}
        searchHint="Search type, page, title, person"
        searchTitle="Finds a part of the type, page, title, person, product or referrer; letters count as they are, large or small"
      >
        <TypeMenu
          project={project}
          plan={{ ...scope, bots, ...(others && { filter: others }) }}
          type={type}
          onChoose={(next) => onChange({ type: next })}
        />
        <ChoiceMenu
          label="Bots"
          value={bots}
          choices={botChoices}
          quiet
          onChoose={(next) => onChange({ bots: next === 'include' ? undefined : next }, true)}
        />
      </ListTools>
      <Waiting
        feed={used.feed}
        onShow={() => {
          setOpen(undefined);
          scrollTo({ top: 0 });
          used.showNewest();
        }}
      />
      <Card className="overflow-hidden">
        <Reading onChange={setOver} className={classes(used.isOld && 'opacity-60')}>
          <List used={used}>
            <EventTable
              rows={used.feed.rows}
              arrived={used.feed.arrived}
              columns={columns}
              zone={zone}
              open={open}
              onOpen={setOpen}
              details={(event) => (
                <EventDetails
                  project={project}
                  event={event}
                  zone={zone}
                  onOnly={only}
                  onAlike={() => alike(event)}
                />
              )}
            />
          </List>
        </Reading>
        <Older used={used} />
      </Card>
    </>
  );
}
