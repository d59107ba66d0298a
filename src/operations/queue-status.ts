/**
 * How far counting is behind accepting, and where every accepted event is: the ledger of promise 6,
 * `accepted = stored + duplicates + quarantined + inFlight`, over all partitions and the log's whole life.
 */
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import type { PartitionView, WriterView } from './writer-view.ts';

export interface QueueStatusOptions {
  readonly log: Pick<Log, 'ends' | 'usage' | 'partitions'>;
  readonly writer: WriterView;
  readonly store: Pick<Store, 'quarantined'>;
  /** Above this many waiting events the status is `warning`. */
  readonly warningEvents: number;
  readonly now: () => number;
}

export interface Ledger {
  readonly accepted: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly quarantined: number;
  readonly inFlight: number;
}

export interface QueueStatus {
  readonly queueLength: number;
  readonly status: 'ok' | 'warning';
  readonly lagMs: number;
  /** Events in quarantine; null while the store cannot say. */
  readonly deadLetters: number | null;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly ledger: Ledger;
  readonly log: { readonly bytes: number; readonly bytesMax: number };
  readonly partitions: readonly (PartitionView & { readonly first: number; readonly end: number })[];
}

export async function queueStatus(options: QueueStatusOptions): Promise<QueueStatus> {
  const { log, store, writer, warningEvents, now } = options;
  const { partitions, lagMs } = writer.status();
  const views = partitions.map((view) => {
    const ends = log.ends(view.partition);
    return { ...view, first: ends.first, end: ends.next };
  });
  const ledger = ledgerOf(views);
  const { bytes, bytesMax } = log.usage();
  return {
    queueLength: ledger.inFlight,
    status: ledger.inFlight > warningEvents ? 'warning' : 'ok',
    lagMs,
    deadLetters: await deadLetters(store),
    timestamp: new Date(now()).toISOString(),
    ledger,
    log: { bytes, bytesMax },
    partitions: views,
  };
}

/** `end` and `next` are read one after the other, so an event may move between the two; in flight is never negative. */
export function ledgerOf(views: readonly (PartitionView & { readonly end: number })[]): Ledger {
  const sum = (of: (view: PartitionView & { readonly end: number }) => number) =>
    views.reduce((total, view) => total + of(view), 0);
  const inFlight = sum((view) => Math.max(0, view.end - view.next));
  const [stored, duplicates, quarantined] = [
    sum((view) => view.stored),
    sum((view) => view.duplicates),
    sum((view) => view.quarantined),
  ];
  return {
    accepted: stored + duplicates + quarantined + inFlight,
    stored,
    duplicates,
    quarantined,
    inFlight,
  };
}

async function deadLetters(store: Pick<Store, 'quarantined'>): Promise<number | null> {
  try {
    return (await store.quarantined({ limit: 1 })).total;
  } catch {
    return null;
  }
}
