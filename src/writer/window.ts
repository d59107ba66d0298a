/**
 * A window is a stretch of one partition's log, [from, to), with a fate for each of its events. It is stored as a whole:
 * only then does the progress move to `to`.
 */
import type { Event } from '../event/event.ts';
import type { EventRow } from '../event/event-row.ts';
import type { Quarantined } from '../store/store.ts';

export interface Prepared {
  readonly row: EventRow;
  /** As the log had it, for the quarantine. */
  readonly event: Event;
}

export interface Window {
  readonly from: number;
  readonly to: number;
  /** To be inserted, in offset order. */
  readonly prepared: readonly Prepared[];
  readonly quarantined: readonly Quarantined[];
  readonly duplicates: number;
  /** Stored already, by an earlier attempt before a restart. */
  readonly landed: number;
  readonly lost: number;
  /** Epoch ms of the earliest and the latest `receivedAt`; equal to the time of reading when there is none. */
  readonly receivedMin: number;
  readonly receivedMax: number;
  /** Ids of the events that are not copies; kept until the window is stored. */
  readonly ids: ReadonlySet<string>;
}

/**
 * A batch may hold rows of so many calendar months (UTC). Each month is a part of the store's tables of its own, which cost
 * 46 ms as a batch by itself and 10 ms among others: 1,500 months in one request held everybody up for 70 seconds. The
 * engine takes 100 parts at most from one insert.
 */
export const batchMonthsMax = 50;

/** Groups of at most `batchMonthsMax` months, each in offset order. The newest months go first: most people look at them. */
export function byMonths(prepared: readonly Prepared[]): Prepared[][] {
  const months = [...new Set(prepared.map(monthOf))].sort((a, b) => b - a);
  const places = new Map(months.map((month, index) => [month, Math.floor(index / batchMonthsMax)]));
  const groups: Prepared[][] = [];
  for (const each of prepared) {
    const place = places.get(monthOf(each))!;
    groups[place] ??= [];
    groups[place].push(each);
  }
  return groups;
}

/** Months since the year 0. */
function monthOf({ row }: Prepared): number {
  const date = new Date(row.timestamp);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
