/**
 * What the list of events holds, and what a newer page does to it. While nobody reads in it the list is the newest page; while somebody
 * does it stands still, and what came meanwhile is counted. It never holds more than `rowsMax` events, however many come in.
 */
import type { EventData, EventsData } from '../../../../src/query/wire.ts';

export const pageSize = 100;
export const rowsMax = 500;

export interface Feed {
  /** A first page was there. */
  readonly isBegun: boolean;
  readonly rows: readonly EventData[];
  /** Of the page after the last row; absent: there is none. */
  readonly next?: string;
  /** The reader went back to older ones: the list stands still until the newest are asked for. */
  readonly hasOlder: boolean;
  /** Keys of the rows that came in last. */
  readonly arrived: ReadonlySet<string>;
  /** The newest page, where the list stands still. */
  readonly latest?: EventsData;
  /** How many of `latest` are not in the list. */
  readonly waiting: number;
  /** More came in between two pages than a page holds: the list is a sample of them. */
  readonly isSampled: boolean;
}

export const emptyFeed: Feed = {
  isBegun: false,
  rows: [],
  hasOlder: false,
  arrived: new Set(),
  waiting: 0,
  isSampled: false,
};

export type FeedNews =
  | { readonly kind: 'begun' | 'older'; readonly page: EventsData }
  | { readonly kind: 'told'; readonly page: EventsData; readonly isHeld: boolean }
  /** The newest are asked for, or nobody reads any more. */
  | { readonly kind: 'shown' | 'released' };

/** One id may come again after a day. */
export const eventKey = ({ eventId, timestamp }: EventData): string => `${timestamp} ${eventId}`;

export function feedAfter(feed: Feed, news: FeedNews): Feed {
  switch (news.kind) {
    case 'begun':
      return { ...emptyFeed, ...newest(news.page), isBegun: true };
    case 'older':
      return withOlder(feed, news.page);
    case 'told':
      return told(feed, news.page, news.isHeld || feed.hasOlder);
    case 'shown':
      return feed.latest === undefined ? { ...feed, hasOlder: false } : told(feed, feed.latest, false);
    case 'released':
      return feed.latest === undefined ? feed : told(feed, feed.latest, feed.hasOlder);
    default:
      return news satisfies never;
  }
}

const newest = ({ events, next }: EventsData): Pick<Feed, 'rows' | 'next'> => ({
  rows: events,
  ...(next !== undefined && { next }),
});

function told(feed: Feed, page: EventsData, isHeld: boolean): Feed {
  const known = new Set(feed.rows.map(eventKey));
  const unknown = page.events.map(eventKey).filter((key) => !known.has(key));
  const isSampled = feed.rows.length > 0 && unknown.length >= pageSize;
  if (isHeld) return { ...feed, latest: page, waiting: unknown.length, isSampled };
  return { ...emptyFeed, isBegun: true, ...newest(page), arrived: new Set(unknown), isSampled };
}

function withOlder({ next: _, ...feed }: Feed, { events, next }: EventsData): Feed {
  const known = new Set(feed.rows.map(eventKey));
  const rows = [...feed.rows, ...events.filter((event) => !known.has(eventKey(event)))].slice(0, rowsMax);
  return { ...feed, rows, hasOlder: true, ...(next !== undefined && rows.length < rowsMax && { next }) };
}

/** Events a second, by the times at which those of the list were taken; undefined where that says nothing. */
export function rateOf(rows: readonly EventData[]): number | undefined {
  const times = rows.map(({ receivedAt }) => Date.parse(receivedAt));
  const tookMs = Math.max(...times) - Math.min(...times);
  return rows.length < 2 || tookMs <= 0 ? undefined : ((rows.length - 1) * 1_000) / tookMs;
}
