/**
 * Rollups compared and rebuilt on demand, and what a store needs as time passes: retention once an hour (whole UTC days that are past
 * their time go from rows and rollups together; a late event older than the bound is stored and countable, and goes with the
 * next run), and once a day what a store cannot see to by itself: partitions ahead, statistics.
 */
import { type Clock, millisecondsPerDay } from '../clock.ts';
import { failure, isFailure } from '../errors.ts';
import type {
  BackfillStep,
  MaintenanceReport,
  MaintenanceTasks,
  RollupDifference,
  Store,
} from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { type BackfillOrder, backfillTask } from './backfill.ts';
import type { OneAtATime } from './one-at-a-time.ts';

export interface MaintenanceOptions {
  readonly store: Pick<Store, 'verifyRollups' | 'rebuildRollups' | 'expire' | 'maintain' | 'backfill'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  readonly turns: OneAtATime;
  /** Undefined: nothing expires. */
  readonly retentionDays: number | undefined;
  /** False: `run` does nothing, as something else orders it. Default true. */
  readonly schedule?: boolean;
}

/** What a person may have done; the rest is left out. */
export type UpkeepTasks = Omit<MaintenanceTasks, 'dropBefore'>;

export interface ExpiryReport {
  /** Events removed. */
  readonly expired: number;
  /** ISO 8601: everything from before is gone. */
  readonly before: string;
}

const intervalMs = 60 * 60_000;
const upkeepIntervalMs = millisecondsPerDay;
const upkeepTasks: UpkeepTasks = {
  createPartitions: true,
  refreshViews: true,
  analyze: true,
  // the server's own autovacuum does it, where it is not switched off
  vacuum: false,
};
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

  /** One step: whoever orders it goes on with its `next`. Errors: request_invalid, conflict, store_unavailable. */
  async backfill(order: BackfillOrder): Promise<BackfillStep> {
    const task = backfillTask(order);
    const { store, turns } = this.#options;
    return turns.now('a backfill', async () => {
      const step = await store.backfill?.(task);
      if (step === undefined) throw failure('conflict', { detail: 'this store fills nothing afterwards' });
      return step;
    });
  }

  /** Undefined: this store sees to all of it by itself. Errors: conflict, while another process is at it; store_unavailable. */
  upkeep(tasks: UpkeepTasks): Promise<MaintenanceReport | undefined> {
    const { store, turns } = this.#options;
    return turns.now('maintenance', async () => store.maintain?.(tasks));
  }

  /** By the schedule until `signal` aborts. Never rejects. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock, retentionDays, schedule, store } = this.#options;
    if (schedule === false || (retentionDays === undefined && store.maintain === undefined)) return;
    let upkeepAt = clock.monotonic() + firstAfterMs;
    await clock.sleep(firstAfterMs, signal);
    while (!signal.aborted) {
      let done = await this.#tried('retention', () => this.#expireBySchedule(signal));
      if (!signal.aborted && clock.monotonic() >= upkeepAt) {
        const upkept = await this.#tried('maintenance', () => this.#upkeepBySchedule(signal));
        if (upkept) upkeepAt = clock.monotonic() + upkeepIntervalMs;
        done &&= upkept;
      }
      await clock.sleep(done ? intervalMs : retryAfterMs, signal);
    }
  }

  async #expireBySchedule(signal: AbortSignal): Promise<void> {
    const { store, telemetry, turns } = this.#options;
    const before = this.#bound();
    if (before === undefined) return;
    const expired = await turns.later('retention', async () => (signal.aborted ? 0 : store.expire(before)));
    const message = `retention removed ${expired} events from before ${new Date(before).toISOString()}`;
    if (expired > 0) telemetry.publish('note', { level: 'info', message });
  }

  async #upkeepBySchedule(signal: AbortSignal): Promise<void> {
    const { store, telemetry, turns } = this.#options;
    const report = await turns.later('maintenance', async () =>
      signal.aborted ? undefined : store.maintain?.(upkeepTasks),
    );
    const message = `maintenance made ${report?.partitionsMade} partitions`;
    if (report !== undefined && report.partitionsMade > 0)
      telemetry.publish('note', { level: 'info', message });
  }

  /** Resolves with whether it was done, by us or by another process. */
  async #tried(what: string, work: () => Promise<void>): Promise<boolean> {
    try {
      await work();
      return true;
    } catch (error) {
      if (isFailure(error, 'conflict')) return true;
      const message = `${what} failed and is tried again in ${retryAfterMs / 60_000} minutes`;
      this.#options.telemetry.publish('note', { level: 'warn', message, fields: { error: String(error) } });
      return false;
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
