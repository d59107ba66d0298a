/**
 * Rollups compared and rebuilt on demand, and retention: whole UTC days that are past their time go from rows and rollups
 * together, once an hour. A late event older than the bound is stored and countable, and goes with the next run.
 */
import { type Clock, millisecondsPerDay } from '../clock.ts';
import { failure } from '../errors.ts';
import type { RollupDifference, Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { OneAtATime } from './one-at-a-time.ts';

export interface MaintenanceOptions {
  readonly store: Pick<Store, 'verifyRollups' | 'rebuildRollups' | 'expire'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly turns: OneAtATime;
  /** Undefined: nothing expires. */
  readonly retentionDays: number | undefined;
}

export interface ExpiryReport {
  /** Events removed. */
  readonly expired: number;
  /** ISO 8601: everything from before is gone. */
  readonly before: string;
}

const intervalMs = 60 * 60_000;
/** After a start the store has other things to do. */
const firstAfterMs = 60_000;
const retryAfterMs = 5 * 60_000;

export class Maintenance {
  readonly #options: MaintenanceOptions;

  constructor(options: MaintenanceOptions) {
    this.#options = options;
  }

  /** `days` as 2026-01-31; all when absent. Empty: they agree. Errors: store_unavailable. */
  verifyRollups(days?: readonly string[]): Promise<readonly RollupDifference[]> {
    return this.#options.store.verifyRollups(days);
  }

  /** Resolves with the number of days. Errors: conflict, store_unavailable. */
  rebuildRollups(days?: readonly string[]): Promise<number> {
    return this.#options.turns.now('a rebuild of rollups', () => this.#options.store.rebuildRollups(days));
  }

  /** Errors: conflict, also when no retention is set; store_unavailable. */
  async expire(): Promise<ExpiryReport> {
    const before = this.#bound();
    if (before === undefined)
      throw failure('conflict', { detail: 'nothing expires: MILLRACE_RETENTION_DAYS is not set' });
    const expired = await this.#options.turns.now('retention', () => this.#options.store.expire(before));
    return { expired, before: new Date(before).toISOString() };
  }

  /** Once an hour until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, telemetry, store, turns } = this.#options;
    if (this.#options.retentionDays === undefined) return;
    await clock.sleep(firstAfterMs, signal);
    while (!signal.aborted) {
      let pauseMs = intervalMs;
      try {
        const before = this.#bound()!;
        const expired = await turns.later('retention', async () =>
          signal.aborted ? 0 : store.expire(before),
        );
        const message = `retention removed ${expired} events from before ${new Date(before).toISOString()}`;
        if (expired > 0) telemetry.publish('note', { level: 'info', message });
      } catch (error) {
        pauseMs = retryAfterMs;
        const message = `retention failed and is tried again in ${retryAfterMs / 60_000} minutes`;
        telemetry.publish('note', { level: 'warn', message, fields: { error: String(error) } });
      }
      await clock.sleep(pauseMs, signal);
    }
  }

  /** The begin of a UTC day. */
  #bound(): number | undefined {
    const { clock, retentionDays } = this.#options;
    if (retentionDays === undefined) return undefined;
    const day = Math.floor(clock.now() / millisecondsPerDay) - retentionDays;
    return day * millisecondsPerDay;
  }
}
