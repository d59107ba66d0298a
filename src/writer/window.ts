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

/** One group for each calendar month (UTC) of `timestamp`, in the order of their first events. */
export function byMonth(prepared: readonly Prepared[]): Prepared[][] {
  const groups = new Map<number, Prepared[]>();
  const date = new Date(0);
  for (const each of prepared) {
    date.setTime(each.row.timestamp);
    const month = date.getUTCFullYear() * 12 + date.getUTCMonth();
    const group = groups.get(month);
    if (group === undefined) groups.set(month, [each]);
    else group.push(each);
  }
  return [...groups.values()];
}
