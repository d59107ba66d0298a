/**
 * When the disk fills: what is free, what grows, and how fast it has grown over the last hours. The rate is that of stored events times
 * what an event takes so far, because the bytes of a store go up and down with its merges.
 */
import type { Clock } from '../clock.ts';
import type { Log } from '../log/log.ts';
import type { Store } from '../store/store.ts';
import type { CorrectedLedger } from './queue-status.ts';

export interface DiskReport {
  /** Of the disk that has the data directory. */
  readonly bytes: number;
  readonly freeBytes: number;
  /** Below it no events are taken. */
  readonly freeBytesMin: number;
  /** Of all projects; null when the store is another service's, with a disk of its own. */
  readonly storeBytes: number | null;
  readonly logBytes: number;
  readonly logBytesMax: number;
  /** What an event has taken so far, and how many came; null while nothing is known. */
  readonly bytesPerEvent: number | null;
  readonly eventsPerSecond: number | null;
  /** Over how long the rate was measured. */
  readonly overMs: number;
  /** Events that are older are removed; null: none are. */
  readonly retentionDays: number | null;
  /** ISO 8601; null: at this rate it does not fill. */
  readonly fullAt: string | null;
}

export interface DiskForecastOptions {
  readonly disk: () => Promise<{ readonly freeBytes: number; readonly bytes: number }>;
  readonly freeBytesMin: number;
  readonly log: Pick<Log, 'usage'>;
  /** Undefined: another service keeps it. */
  readonly store: Pick<Store, 'state'> | undefined;
  /** Null while nobody can say. */
  readonly ledger: () => Promise<CorrectedLedger | null>;
  readonly retentionDays: number | undefined;
  readonly clock: Clock;
}

interface Sample {
  readonly at: number;
  readonly stored: number;
}

const sampleEveryMs = 60_000;
/** Six hours. */
const samplesMax = 360;
const dayMs = 86_400_000;
/** Nobody plans for longer. */
const forecastDaysMax = 3_650;

export class DiskForecast {
  readonly #options: DiskForecastOptions;
  #samples: readonly Sample[] = [];

  constructor(options: DiskForecastOptions) {
    this.#options = options;
  }

  /** Looks once a minute until it is told to stop. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    while (!signal.aborted) {
      await this.#look();
      await clock.sleep(sampleEveryMs, signal);
    }
  }

  /** Errors: those of the disk. */
  async report(): Promise<DiskReport> {
    const { disk, freeBytesMin, log, store, retentionDays, clock } = this.#options;
    const [{ freeBytes, bytes }, ledger] = await Promise.all([disk(), this.#ledger()]);
    const usage = log.usage();
    const storeBytes = store?.state().bytes ?? null;
    const rate = this.#rate(ledger);
    const bytesPerEvent = ledger && storeBytes !== null ? perEvent(storeBytes, ledger) : null;
    const days = daysLeft({
      room: Math.max(0, freeBytes - freeBytesMin),
      storeBytes: storeBytes ?? 0,
      bytesPerDay: ((bytesPerEvent ?? 0) * (rate?.eventsPerSecond ?? 0) * dayMs) / 1000,
      retentionDays,
    });
    return {
      bytes,
      freeBytes,
      freeBytesMin,
      storeBytes,
      logBytes: usage.bytes,
      logBytesMax: usage.bytesMax,
      bytesPerEvent,
      eventsPerSecond: rate?.eventsPerSecond ?? null,
      overMs: rate?.overMs ?? 0,
      retentionDays: retentionDays ?? null,
      fullAt: days > forecastDaysMax ? null : new Date(clock.now() + days * dayMs).toISOString(),
    };
  }

  async #look(): Promise<void> {
    const ledger = await this.#ledger();
    if (ledger === null) return;
    const sample = { at: this.#options.clock.monotonic(), stored: ledger.stored };
    this.#samples = [...this.#samples, sample].slice(-samplesMax);
  }

  /** A store that is away says nothing of the disk. */
  async #ledger(): Promise<CorrectedLedger | null> {
    return this.#options.ledger().catch(() => null);
  }

  #rate(ledger: CorrectedLedger | null): { eventsPerSecond: number; overMs: number } | undefined {
    const [oldest] = this.#samples;
    if (ledger === null || oldest === undefined) return undefined;
    const overMs = Math.round(this.#options.clock.monotonic() - oldest.at);
    if (overMs <= 0) return undefined;
    return { eventsPerSecond: Math.max(0, ((ledger.stored - oldest.stored) * 1000) / overMs), overMs };
  }
}

function perEvent(storeBytes: number, { stored, expired, deleted }: CorrectedLedger): number | null {
  const events = stored - expired - deleted;
  return events <= 0 ? null : storeBytes / events;
}

interface Growth {
  readonly room: number;
  readonly storeBytes: number;
  readonly bytesPerDay: number;
  readonly retentionDays: number | undefined;
}

/** Where old events go, a store grows to `retentionDays` of the rate and stays there. */
function daysLeft({ room, storeBytes, bytesPerDay, retentionDays }: Growth): number {
  if (room === 0) return 0;
  if (bytesPerDay === 0) return Number.POSITIVE_INFINITY;
  const most = retentionDays === undefined ? Number.POSITIVE_INFINITY : bytesPerDay * retentionDays;
  return most <= storeBytes + room ? Number.POSITIVE_INFINITY : room / bytesPerDay;
}
