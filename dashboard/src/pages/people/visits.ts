/**
 * A person's events as visits, by day: those with a session's id are of that session, those without follow each other within 30 minutes,
 * as docs/semantics.md says. Newest first, as the events are.
 */
import type { EventData } from '../../../../src/query/wire.ts';
import { dayKey } from '../../format/dates.ts';

const gapMs = 30 * 60_000;

export interface Visit {
  readonly key: string;
  /** Newest first. */
  readonly events: readonly EventData[];
}

export interface Day {
  /** Of its zone: '2026-01-31'. */
  readonly key: string;
  /** A time in it. */
  readonly at: string;
  readonly visits: readonly Visit[];
}

/** `events`: newest first. A visit over midnight stands on the day on which it ended. */
export function daysOf(events: readonly EventData[], zone: string): readonly Day[] {
  const byDay = Map.groupBy(visitsOf(events), (visit) => dayKey(endOf(visit), zone));
  return [...byDay].map(([key, visits]) => ({ key, at: endOf(visits[0]!), visits }));
}

/** Newest first, by their last events. */
export function visitsOf(events: readonly EventData[]): readonly Visit[] {
  const visits: EventData[][] = [];
  const named = new Map<string, EventData[]>();
  let unnamed: EventData[] | undefined;
  for (const event of events) {
    const { sessionId } = event;
    const own = sessionId === undefined ? within(unnamed, event) : named.get(sessionId);
    const visit = own ?? [];
    visit.push(event);
    if (own !== undefined) continue;
    visits.push(visit);
    if (sessionId === undefined) unnamed = visit;
    else named.set(sessionId, visit);
  }
  return visits.map((own) => ({ key: `${own[0]!.timestamp} ${own[0]!.eventId}`, events: own }));
}

function within(visit: EventData[] | undefined, { timestamp }: EventData): EventData[] | undefined {
  const earliest = visit?.at(-1);
  if (earliest === undefined) return undefined;
  return Date.parse(earliest.timestamp) - Date.parse(timestamp) <= gapMs ? visit : undefined;
}

export const endOf = ({ events }: Visit): string => events[0]!.timestamp;
export const beginOf = ({ events }: Visit): string => events.at(-1)!.timestamp;
export const lengthMs = (visit: Visit): number => Date.parse(endOf(visit)) - Date.parse(beginOf(visit));
