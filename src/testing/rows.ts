/** Rows for tests: everything absent but what is given, and a batch per calendar month, as the writer makes them. */
import type { EventRow } from '../event/event-row.ts';
import type { Batch, Progress, Store } from '../store/store.ts';

const textFields = {
  userId: '',
  anonymousId: '',
  previousId: '',
  sessionId: '',
  viewId: '',
  url: '',
  host: '',
  path: '',
  referrer: '',
  referrerHost: '',
  channel: '',
  utmSource: '',
  utmMedium: '',
  utmCampaign: '',
  utmTerm: '',
  utmContent: '',
  title: '',
  screen: '',
  language: '',
  appVersion: '',
  os: '',
  device: '',
  browser: '',
  country: '',
  region: '',
  city: '',
  productId: '',
  currency: '',
  experimentId: '',
  variantKey: '',
};

/** A row of partition 0, offset 0, project 'p', type 'pageview' at 2025-06-15T12:00Z, unless `given` says otherwise. */
export function eventRow(given: Partial<EventRow> = {}): EventRow {
  const timestamp = given.timestamp ?? Date.UTC(2025, 5, 15, 12);
  const partition = given.partition ?? 0;
  const offset = given.offset ?? 0;
  return {
    ...textFields,
    partition,
    offset,
    project: 'p',
    type: 'pageview',
    timestamp,
    receivedAt: timestamp,
    eventId: `e-${partition}-${offset}`,
    personKey: 0n,
    source: 'server',
    bot: false,
    amount: null,
    properties: {},
    ...given,
  };
}

/** The row without what is absent: for messages. */
export function briefRow(row: EventRow): Record<string, unknown> {
  const entries = Object.entries(row).filter(([, value]) => value !== '' && value !== null && value !== 0n);
  return Object.fromEntries(
    entries.map(([name, value]) => [
      name,
      name === 'timestamp' ? new Date(row.timestamp).toISOString() : value,
    ]),
  );
}

/** The rows in batches of one month (UTC), each in offset order; the last one carries the progress. */
export function batchesOf(
  partition: number,
  rows: readonly EventRow[],
  progress?: Progress,
): readonly Batch[] {
  const months = Map.groupBy(
    [...rows].sort((a, b) => a.offset - b.offset),
    (row) => new Date(row.timestamp).toISOString().slice(0, -'dd-T00:00:00.000Z'.length),
  );
  const batches: Batch[] = [...months.values()].map((some) => ({ partition, rows: some, quarantined: [] }));
  const last = batches.pop() ?? { partition, rows: [], quarantined: [] };
  return [...batches, progress === undefined ? last : { ...last, progress }];
}

/** Stores the rows as the writer would, one batch after the other. Without rows nothing is stored: a progress never goes back. */
export async function insertRows(store: Store, partition: number, rows: readonly EventRow[]): Promise<void> {
  if (rows.length === 0) return;
  const next = rows.reduce((max, row) => Math.max(max, row.offset + 1), 0);
  const progress = { next, stored: rows.length, duplicates: 0, quarantined: 0 };
  for (const batch of batchesOf(partition, rows, progress)) await store.insert(batch);
}
