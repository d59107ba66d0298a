/** How far counting is behind accepting, and where every accepted event is: the ledger of promise 6, and what each writer does. */
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import type { Ledger } from '../writer/ledger.ts';
import type { PartitionStatus } from '../writer/partition-status.ts';
import type { Writer } from '../writer/writer.ts';

export interface QueueStatusOptions {
  readonly log: Pick<Log, 'usage'>;
  readonly writer: Pick<Writer, 'status'>;
  readonly store: Pick<Store, 'quarantined' | 'corrections'>;
  /** Above this many waiting events the status is `warning`. */
  readonly warningEvents: number;
  readonly now: () => number;
}

export interface QueueStatus {
  /** Events that are accepted and not countable yet. */
  readonly queueLength: number;
  /** `warning`: more wait than the setting allows, or a writer has failed, or an event was lost. */
  readonly status: 'ok' | 'warning';
  /** How long the oldest of them has waited. */
  readonly lagMs: number;
  /** Events in quarantine, of all projects; null while the store cannot say. */
  readonly deadLetters: number | null;
  /** ISO 8601. */
  readonly timestamp: string;
  /** Over the last ten seconds. */
  readonly eventsPerSecond: number;
  /** Null until the store has told the progress. */
  readonly ledger: CorrectedLedger | null;
  readonly log: { readonly bytes: number; readonly bytesMax: number };
  readonly partitions: readonly PartitionView[];
}

/**
 * With what happened since the writer counted: accepted = stored + duplicates + quarantined + discarded + lost + inFlight.
 * Of the stored ones, `expired` and `deleted` are no longer there.
 */
export interface CorrectedLedger extends Ledger {
  readonly discarded: number;
  readonly expired: number;
  readonly deleted: number;
}

/** `lastError` has the code alone: its message may name paths of the server. */
export interface PartitionView {
  readonly partition: number;
  readonly mode: PartitionStatus['mode'];
  readonly waiting: number;
  readonly lagMs: number;
  readonly eventsPerSecond: number;
  readonly ledger: Ledger | null;
  readonly lastBatch: { readonly rows: number; readonly durationMs: number; readonly at: string } | null;
  readonly lastError: { readonly code: string; readonly at: string } | null;
}

/** An engine that hangs answers nothing for a minute; who looks at the queue then must not wait for it. */
const storeWaitMs = 1_000;

export async function queueStatus(options: QueueStatusOptions): Promise<QueueStatus> {
  const { log, store, writer, warningEvents, now } = options;
  const { partitions, waiting, lagMs, eventsPerSecond, ledger } = writer.status();
  const { bytes, bytesMax } = log.usage();
  const worrying =
    waiting > warningEvents || (ledger?.lost ?? 0) > 0 || partitions.some(({ mode }) => mode === 'failed');
  const [letters, told] = await Promise.all([
    deadLetters(store),
    ledger === undefined ? null : corrected(ledger, store, partitions.length),
  ]);
  return {
    queueLength: waiting,
    status: worrying ? 'warning' : 'ok',
    lagMs,
    deadLetters: letters,
    timestamp: new Date(now()).toISOString(),
    eventsPerSecond,
    ledger: told,
    log: { bytes, bytesMax },
    partitions: partitions.map(viewOf),
  };
}

/** A store that cannot say leaves the writer's own numbers, which balance too. */
async function corrected(
  ledger: Ledger,
  store: Pick<Store, 'corrections'>,
  partitions: number,
): Promise<CorrectedLedger> {
  const sum = { replayed: 0, duplicate: 0, discarded: 0, expired: 0, deleted: 0 };
  try {
    const all = Array.from({ length: partitions }, (_, partition) => store.corrections(partition));
    for (const found of await soon(Promise.all(all))) {
      for (const name of Object.keys(sum) as (keyof typeof sum)[]) sum[name] += found[name];
    }
  } catch {
    return { ...ledger, discarded: 0, expired: 0, deleted: 0 };
  }
  const { replayed, duplicate, ...rest } = sum;
  return {
    ...ledger,
    ...rest,
    stored: ledger.stored + replayed,
    duplicates: ledger.duplicates + duplicate,
    quarantined: ledger.quarantined - replayed - duplicate - rest.discarded,
  };
}

function viewOf(status: PartitionStatus): PartitionView {
  const { partition, mode, waiting, lagMs, eventsPerSecond, ledger, lastBatch, lastError } = status;
  return {
    partition,
    mode,
    waiting,
    lagMs,
    eventsPerSecond,
    ledger: ledger ?? null,
    lastBatch: lastBatch ? { ...lastBatch, at: isoOf(lastBatch.at) } : null,
    lastError: lastError ? { code: lastError.code, at: isoOf(lastError.at) } : null,
  };
}

const isoOf = (at: number) => new Date(at).toISOString();

async function deadLetters(store: Pick<Store, 'quarantined'>): Promise<number | null> {
  try {
    return (await soon(store.quarantined({ limit: 1 }))).total;
  } catch {
    return null;
  }
}

/** Rejects when the store has not answered in time. */
async function soon<T>(answer: Promise<T>): Promise<T> {
  const late = Promise.withResolvers<never>();
  const timer = setTimeout(() => late.reject(new Error(`no answer within ${storeWaitMs} ms`)), storeWaitMs);
  try {
    return await Promise.race([answer, late.promise]);
  } finally {
    clearTimeout(timer);
  }
}
