/**
 * A window is a stretch of one partition's log, [from, to), with a fate for each of its events. It is stored as a whole:
 * only then does the progress move to `to`.
 */
import type { Event } from '../event/event.ts';
import type { EventRow } from '../event/event-row.ts';
import type { OffsetRanges, PackedRows, Quarantined } from '../store/store.ts';

/** A row with the event that it was made of, for the quarantine. */
export interface Prepared {
  readonly row: EventRow;
  readonly event: Event;
}

/** Rows of a few months, as the store takes them: packed, or as they are where the store has no packer. */
export interface WindowPart {
  readonly count: number;
  readonly rows: readonly EventRow[];
  readonly packed?: PackedRows;
}

/** What became of the events of a window. */
export interface Fates {
  /** Rows to be inserted, in parts of at most `batchMonthsMax` months; the newest months first. */
  readonly parts: readonly WindowPart[];
  /** Why the parts hold no rows although there are some: one of these fits no column. */
  readonly unpackable?: string;
  /** How many rows there are. */
  readonly rows: number;
  readonly quarantined: readonly Quarantined[];
  /** Offsets of events that are copies of one before them. */
  readonly copies: OffsetRanges;
  readonly duplicates: number;
  /** Stored already, by an earlier attempt before a restart. */
  readonly landed: number;
  /** Epoch ms of the earliest and the latest `receivedAt`; Infinity and -Infinity when no event could be read. */
  readonly receivedMin: number;
  readonly receivedMax: number;
}

export interface Window extends Fates {
  readonly from: number;
  readonly to: number;
  readonly lost: number;
  /** Its ids confirm copies until it is released. */
  readonly release: () => void;
}

/**
 * A batch may hold rows of so many calendar months (UTC). Each month is a part of the store's tables of its own, which cost
 * 46 ms as a batch by itself and 10 ms among others: 1,500 months in one request held everybody up for 70 seconds. The
 * engine takes 100 parts at most from one insert.
 */
export const batchMonthsMax = 50;

/** Puts each row into the first group that has its month, or room for one more. */
export class ByMonths<G> {
  readonly #open: () => G;
  readonly #groups: { readonly group: G; readonly months: Set<number> }[] = [];
  readonly #places = new Map<number, G>();
  #day = Number.NaN;
  #group: G | undefined;

  constructor(open: () => G) {
    this.#open = open;
  }

  /** `timestamp`: epoch ms. */
  groupOf(timestamp: number): G {
    const day = Math.floor(timestamp / millisecondsPerDay);
    // mostly the next row is of the same day
    if (day === this.#day) return this.#group!;
    this.#day = day;
    this.#group = this.#ofMonth(monthOf(timestamp));
    return this.#group;
  }

  /** Those with the newest months first: most people look at them. */
  groups(): G[] {
    const newest = (months: ReadonlySet<number>) => Math.max(...months);
    return this.#groups.toSorted((a, b) => newest(b.months) - newest(a.months)).map(({ group }) => group);
  }

  #ofMonth(month: number): G {
    const known = this.#places.get(month);
    if (known !== undefined) return known;
    let last = this.#groups.at(-1);
    if (last === undefined || last.months.size === batchMonthsMax) {
      last = { group: this.#open(), months: new Set() };
      this.#groups.push(last);
    }
    last.months.add(month);
    this.#places.set(month, last.group);
    return last.group;
  }
}

const millisecondsPerDay = 86_400_000;

/** Groups of at most `batchMonthsMax` months, each in offset order. */
export function byMonths(prepared: readonly Prepared[]): Prepared[][] {
  const groups = new ByMonths<Prepared[]>(() => []);
  for (const each of prepared) groups.groupOf(each.row.timestamp).push(each);
  return groups.groups();
}

/** Months since the year 0. */
function monthOf(timestamp: number): number {
  const date = new Date(timestamp);
  return date.getUTCFullYear() * 12 + date.getUTCMonth();
}
