/** Day by day and visit by visit what a person did, newest first; each event unfolds. */
import { ChevronRight } from 'lucide-react';
import { useState } from 'react';
import type { EventData } from '../../../../src/query/wire.ts';
import { clock, clockWithSeconds, dayAndClock, dayKey, exactTime, fullDay } from '../../format/dates.ts';
import { flag, valueName } from '../../format/names.ts';
import { duration, fullNumber } from '../../format/numbers.ts';
import { Card } from '../../ui/card.tsx';
import { classes } from '../../ui/classes.ts';
import { Given } from '../../ui/given.tsx';
import { cellText } from '../events/columns.ts';
import { EventDetails } from '../events/event-details.tsx';
import { eventKey } from '../events/feed.ts';
import { beginOf, daysOf, endOf, lengthMs, type Visit } from './visits.ts';

interface TimelineProps {
  readonly project: string;
  /** Newest first. */
  readonly events: readonly EventData[];
  readonly zone: string;
}

export function Timeline({ project, events, zone }: TimelineProps) {
  return daysOf(events, zone).map(({ key, at, visits }) => (
    <section key={key} aria-label={fullDay(at, zone)} className="mb-5">
      <h2 className="mb-2 font-semibold">{fullDay(at, zone)}</h2>
      <div className="grid gap-3">
        {visits.map((visit) => (
          <VisitCard key={visit.key} project={project} visit={visit} day={key} zone={zone} />
        ))}
      </div>
    </section>
  ));
}

interface VisitProps {
  readonly project: string;
  readonly visit: Visit;
  readonly day: string;
  readonly zone: string;
}

function VisitCard({ project, visit, day, zone }: VisitProps) {
  const { events } = visit;
  const isOverMidnight = dayKey(beginOf(visit), zone) !== day;
  const begin = (isOverMidnight ? dayAndClock : clock)(beginOf(visit), zone);
  return (
    <Card className="overflow-hidden">
      <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5 border-b border-line px-4 py-2.5">
        <h3 className="tabular font-medium">
          {begin}
          {lengthMs(visit) >= shownLengthMs && ` – ${clock(endOf(visit), zone)}`}
        </h3>
        <span className="text-[13px] text-soft">
          {fullNumber(events.length)} {events.length === 1 ? 'event' : 'events'}
          {lengthMs(visit) >= shownLengthMs && `, ${duration(lengthMs(visit))}`}
        </span>
        <VisitTraits event={events.at(-1)!} />
      </div>
      <ol>
        {events.map((event) => (
          <TimelineEvent key={eventKey(event)} project={project} event={event} zone={zone} />
        ))}
      </ol>
    </Card>
  );
}

const shownLengthMs = 60_000;

/** Where from and by what means, as the visit began. */
function VisitTraits({ event }: { event: EventData }) {
  const { country, city, browser, os, device, referrerHost, bot } = event;
  const place = [city, country === undefined ? undefined : valueName('country', country)]
    .filter(Boolean)
    .join(', ');
  const means =
    [browser, os].filter(Boolean).join(' on ') || (device === undefined ? '' : valueName('device', device));
  const words = [
    ...(place === '' ? [] : [`${country === undefined ? '' : flag(country)} ${place}`]),
    ...(means === '' ? [] : [means]),
    ...(referrerHost === undefined ? [] : [`from ${referrerHost}`]),
    ...(bot ? ['taken for a bot'] : []),
  ].join(' · ');
  return words === '' ? null : <Given text={words} className="max-w-full min-w-0 text-[13px] text-faint" />;
}

function TimelineEvent({ project, event, zone }: { project: string; event: EventData; zone: string }) {
  const [isOpen, setOpen] = useState(false);
  const about = cellText(event, 'about');
  return (
    <li className="border-b border-line last:border-0">
      <button
        type="button"
        aria-expanded={isOpen}
        onClick={() => setOpen(!isOpen)}
        className="flex w-full min-w-0 items-start gap-2 px-4 py-2 text-left hover:bg-sunken"
      >
        <ChevronRight
          aria-hidden
          className={classes('mt-1 size-3.5 shrink-0 text-faint transition-transform', isOpen && 'rotate-90')}
        />
        <span
          className="tabular w-24 shrink-0 whitespace-nowrap text-soft"
          title={exactTime(event.timestamp, zone)}
        >
          {clockWithSeconds(event.timestamp, zone)}
        </span>
        <span className="grid min-w-0 flex-1 gap-x-3 sm:grid-cols-[minmax(0,11rem)_minmax(0,1fr)]">
          <Given text={event.type} className="font-medium" />
          {about !== undefined && <Given text={about} className="text-soft" />}
        </span>
      </button>
      {isOpen && (
        <div className="border-t border-line bg-sunken/50 p-4">
          <EventDetails project={project} event={event} zone={zone} hasPersonLink={false} />
        </div>
      )}
    </li>
  );
}
