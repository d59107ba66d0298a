/**
 * The contract of store.ts on ClickHouse, embedded or as a server. Rows are the authority and rollups follow by
 * materialized views, which are not atomic with them: so a day that an unclear insert touched is dirty, is answered from
 * rows, and is rebuilt by `reconcile`. One instance is the only writer of its database.
 */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import type { EventRow } from '../../event/event-row.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Analyses } from '../analyses.ts';
import { stringLiteral } from '../sql/clickhouse-literal.ts';
import type {
  BackfillStep,
  BackfillTask,
  Batch,
  Budget,
  Corrections,
  EventKey,
  EventsQuestion,
  OffsetRanges,
  Place,
  Progress,
  Quarantined,
  QuarantineEnd,
  QuarantineQuery,
  Question,
  RollupDifference,
  Rows,
  Store,
  StoreState,
  StoreSupports,
} from '../store.ts';
import { daysToFill, endMutations, fillMonth, monthsAfter } from './backfill.ts';
import type { ClickHouseClient } from './clickhouse-client.ts';
import { ClickHouseReader } from './clickhouse-reader.ts';
import { deleteRows } from './delete-rows.ts';
import { DirtyDays, dayOf } from './dirty-days.ts';
import { DiskUsage } from './disk-usage.ts';
import { daysBefore, daysWith, expirable, expireRows, isTaken } from './expire.ts';
import { type Attempt, type Fence, FencedCalls } from './fenced-calls.ts';
import { Gate } from './gate.ts';
import { insertBlocks } from './insert-rows.ts';
import { knownKeys, recentKeys } from './keys.ts';
import { migrate } from './migrate.ts';
import { findMissing, type Missing } from './missing-rows.ts';
import { ProgressTable } from './progress-table.ts';
import { QuarantineTable } from './quarantine-table.ts';
import { readBack } from './read-back.ts';
import { Removals } from './removals.ts';
import { dayText, deleteProjectRollups, monthOf, rebuildDays } from './repair.ts';
import { type PackedBlocks, packRows } from './row-pack.ts';
import { daysSetAside, dropSetAside, partsSetAside, type SetAside } from './set-aside.ts';
import { exactUsersMax, usersError } from './sketch.ts';
import { writeFailure } from './store-errors.ts';
import { SuspectDays } from './suspect-days.ts';
import { verifyDays } from './verify.ts';
import { Versions } from './versions.ts';

export interface ClickHouseStoreOptions {
  /** Closed with the store. */
  readonly client: ClickHouseClient;
  /** After it resolves, the statement with this id cannot change anything any more. */
  readonly fence: Fence;
  /** Whether the engine behind the client is there. Default: it is. */
  readonly health?: () => Pick<StoreState, 'status' | 'reason'>;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Unique for ever: names statements and the epoch of versions. */
  readonly makeId: () => string;
}

const ready = { status: 'ready', reason: '' } as const;

export const clickhousePacker = new URL(
  `./row-pack.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`,
  import.meta.url,
).href;

export const clickhouseSupports: StoreSupports = {
  atomicProgress: false,
  exactUsersMax,
  usersError,
  durable: true,
};

export class ClickHouseStore implements Store {
  readonly supports = clickhouseSupports;
  readonly packer = clickhousePacker;
  readonly #options: ClickHouseStoreOptions;
  readonly #client: ClickHouseClient;
  readonly #gate = new Gate();
  readonly #dirty = new DirtyDays();
  readonly #versions: Versions;
  readonly #reader: ClickHouseReader;
  readonly #progress: ProgressTable;
  readonly #quarantine: QuarantineTable;
  readonly #suspects: SuspectDays;
  readonly #removals: Removals;
  readonly #disk: DiskUsage;
  readonly #repairs: FencedCalls;
  /** By partition. */
  readonly #inserts = new Map<number, FencedCalls>();
  #repairing = 0;
  #closed = false;

  private constructor(options: ClickHouseStoreOptions) {
    this.#options = options;
    this.#client = options.client;
    this.#versions = new Versions(options.makeId());
    this.#reader = new ClickHouseReader({
      ...options,
      dirty: this.#dirty,
      assertOpen: () => this.#assertOpen(),
    });
    this.#progress = new ProgressTable(options.client, options.clock);
    this.#quarantine = new QuarantineTable(options.client, options.clock);
    this.#suspects = new SuspectDays(options.client, options.makeId);
    this.#removals = new Removals(options.client, options.clock, options.makeId);
    this.#disk = new DiskUsage(options.client, options.clock);
    this.#repairs = new FencedCalls(options.fence, options.makeId);
  }

  /**
   * Makes or migrates the tables, and rebuilds the days that the end of an earlier process may have left wrong. No
   * statement of an earlier process may run any more. Errors: store_unavailable, store_unclear.
   */
  static async open(options: ClickHouseStoreOptions): Promise<ClickHouseStore> {
    const store = new ClickHouseStore(options);
    try {
      await store.#prepare();
      return store;
    } catch (error) {
      await options.client.close();
      throw writeFailure(error);
    }
  }

  async #prepare(): Promise<void> {
    await migrate(this.#client);
    await this.#reader.identity.open();
    await endMutations(this.#client, this.#options.clock);
    const progress = await this.#progress.load();
    const aside = await partsSetAside(this.#client);
    this.#dirty.mark(opening, await this.#suspects.find(opening, progress));
    this.#dirty.mark(opening, await daysSetAside(this.#client, aside));
    await this.#repair(opening);
    await this.#removals.load();
    for (const missing of await this.#examine(aside)) this.#progress.correct(missing);
  }

  /**
   * To be called when the engine has started anew: looks whether it has left something out, says what is missing, and makes
   * rollups right again. The next opening counts what is missing as lost. Errors: store_unavailable.
   */
  async engineRestarted(): Promise<void> {
    this.#assertOpen();
    await this.#reading(async () => {
      const aside = await partsSetAside(this.#client);
      if (aside.length === 0) return;
      this.#dirty.mark(restarted, await daysSetAside(this.#client, aside));
      await this.#repair(restarted);
      await this.#gate.alone(() => this.#examine(aside));
    });
  }

  async #examine(aside: readonly SetAside[]): Promise<readonly Missing[]> {
    if (this.#removals.isOpen) await this.#removals.settle();
    const missing = await findMissing(this.#client, this.#progress.all(), (partition) =>
      this.#removals.totals(partition),
    );
    for (const { partition, rows, quarantined } of missing) {
      const parts = aside.map(({ table, name }) => `${table}/detached/${name}`).join(', ') || 'nothing';
      const message = `partition ${partition}: ${rows} stored and ${quarantined} quarantined events are not in the store any more and count as lost; the engine set aside: ${parts}. A backup may have them`;
      this.#options.telemetry.publish('note', {
        level: 'error',
        message,
        fields: { partition, rows, quarantined },
      });
    }
    await dropSetAside(this.#client, aside, missing.length === 0);
    return missing;
  }

  get analyses(): Analyses {
    return this.#reader.analyses;
  }

  state(): StoreState {
    if (this.#closed) return { status: 'down', reason: 'it is closed', bytes: 0 };
    const { status, reason } = this.#options.health?.() ?? ready;
    if (status !== 'ready') return { status, reason, bytes: this.#disk.lastBytes };
    const bytes = this.#disk.bytes();
    if (this.#repairing === 0) return { status, reason, bytes };
    return { status: 'repairing', reason: 'rollups are rebuilt after an unclear insert', bytes };
  }

  /** What it tells is written first: the log is trimmed by it, so a crash must not take it back. */
  async progress(partition: number): Promise<Progress> {
    this.#assertOpen();
    try {
      await this.#progress.flush();
    } catch (error) {
      throw this.#told(writeFailure(error));
    }
    return this.#progress.of(partition);
  }

  async insert(batch: Batch): Promise<void> {
    this.#assertOpen();
    // an attempt that still waits at the gate when it is reconciled must not enter it later
    const attempt = this.#callsOf(batch.partition).begin();
    try {
      await this.#gate.shared(() => attempt.during(() => this.#insert(batch, attempt)));
    } catch (error) {
      throw this.#told(writeFailure(error));
    }
  }

  async #insert(batch: Batch, calls: Attempt): Promise<void> {
    const { partition, rows, quarantined, progress } = batch;
    // what a removal left must be counted before more comes
    if (this.#removals.isOpen) await this.#removals.settle();
    const { blocks, days, linking, offsetMin } =
      (batch.packed as PackedBlocks | undefined) ?? (await packRows(rows));
    const allDays = new Set([...days.values()].flatMap((some) => [...some]));
    const marker = markerOf(partition);
    // a crash amid rows below the progress (a replay's) would not be noticed by it
    const below = offsetMin < this.#progress.of(partition).next;
    const announced = below ? [await this.#suspects.announce(marker, allDays)] : [];
    try {
      await insertBlocks(this.#client, calls, blocks);
      if (quarantined.length > 0) await calls.run((queryId) => this.#quarantine.insert(quarantined, queryId));
      await this.#suspects.withdraw(marker, announced);
      if (progress !== undefined) this.#progress.note(partition, progress);
    } catch (error) {
      this.#dirty.mark(marker, allDays);
      throw error;
    } finally {
      for (const [project, some] of days) this.#versions.changed(project, some);
      for (const project of linking) this.#relinked(project);
    }
  }

  /** What is linked or undone now changes answers about any time. */
  #relinked(project: string): void {
    this.#reader.identity.forget(project);
    this.#versions.changedAlways(project);
  }

  async reconcile(partition: number, from: number, to: number): Promise<OffsetRanges> {
    this.#assertOpen();
    try {
      await this.#callsOf(partition).settle();
      const stored = await readBack(this.#client, partition, from, to);
      await this.#repair(markerOf(partition));
      return stored;
    } catch (error) {
      throw this.#told(writeFailure(error));
    }
  }

  /**
   * Alone, and nobody is let in before all that `work` began has ended: a swap of rollups that came in late would take away
   * what was inserted after it had been prepared.
   */
  #mending<T>(work: () => Promise<T>): Promise<T> {
    return this.#gate.alone(async () => {
      await this.#repairs.settle();
      try {
        return await work();
      } finally {
        await this.#repairs.settle();
      }
    });
  }

  /** Rebuilds the days that `marker` has marked. */
  async #repair(marker: string): Promise<void> {
    if (this.#dirty.of(marker).length === 0) return;
    const startedAt = this.#options.clock.monotonic();
    this.#repairing++;
    try {
      await this.#mending(async () => {
        const days = this.#dirty.of(marker);
        await rebuildDays(this.#client, this.#repairs, days);
        await this.#suspects.withdraw(marker);
        this.#dirty.clean(marker, days);
        this.#versions.changedEverywhere(days);
        const durationMs = this.#options.clock.monotonic() - startedAt;
        this.#options.telemetry.publish('store.repaired', { days: days.length, durationMs });
      });
    } finally {
      this.#repairing--;
    }
  }

  async known(keys: readonly EventKey[], among?: 'rows'): Promise<readonly boolean[]> {
    this.#assertOpen();
    return this.#reading(() => knownKeys(this.#client, keys, among));
  }

  async *recent(
    partition: number,
    since: number,
  ): AsyncGenerator<readonly (EventKey & { readonly receivedAt: number })[]> {
    this.#assertOpen();
    try {
      yield* recentKeys(this.#client, partition, since);
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  async run(question: Question, budget: Budget, signal: AbortSignal): Promise<Rows> {
    this.#assertOpen();
    return this.#reader.run(question, budget, signal);
  }

  events(question: EventsQuestion, budget: Budget, signal: AbortSignal): AsyncIterable<readonly EventRow[]> {
    this.#assertOpen();
    return this.#reader.events(question, budget, signal);
  }

  async version(project: string, from: number, to: number): Promise<string> {
    this.#assertOpen();
    return this.#versions.of(project, from, to);
  }

  async quarantined(
    query: QuarantineQuery,
  ): Promise<{ readonly items: readonly Quarantined[]; readonly total: number; readonly next?: string }> {
    this.#assertOpen();
    return this.#reading(() => this.#quarantine.list(query));
  }

  async release(places: readonly Place[], end: QuarantineEnd = 'discarded'): Promise<void> {
    this.#assertOpen();
    return this.#reading(() => this.#quarantine.release(places, end));
  }

  async corrections(partition: number): Promise<Corrections> {
    this.#assertOpen();
    return this.#reading(async () => ({
      ...(await this.#quarantine.ends(partition)),
      ...(await this.#removals.totals(partition)),
    }));
  }

  async rowsBelow(partition: number, offset: number): Promise<number> {
    this.#assertOpen();
    const sql = `SELECT toString(count()) FROM events WHERE _partition = ${partition} AND _offset < ${offset}`;
    return this.#reading(async () => Number((await this.#client.rows<[string]>(sql))[0]?.[0]));
  }

  async deleteProject(project: string): Promise<void> {
    this.#assertOpen();
    try {
      const rows = `project = ${stringLiteral(project)}`;
      // rows past the durable progress would be taken for missing after a crash, and be stored again
      await this.#progress.flush();
      await this.#removals.run('deleted', rows, () =>
        deleteRows(this.#client, this.#options.clock, 'events', rows),
      );
      await this.#mending(() => deleteProjectRollups(this.#client, this.#repairs, project));
      await this.#quarantine.deleteProject(project);
    } catch (error) {
      throw this.#unavailable(error);
    } finally {
      this.#reader.identity.forget(project);
      this.#versions.changedAll();
    }
  }

  async deleteExperiment(project: string, experimentId: string): Promise<number> {
    this.#assertOpen();
    if (experimentId === '') return 0;
    return this.#reading(() => this.#mending(() => this.#deleteExperiment(project, experimentId)));
  }

  /** As `#expire`: what is broken off is made good at the next start. */
  async #deleteExperiment(project: string, experimentId: string): Promise<number> {
    await this.#progress.flush();
    const own = `project = ${stringLiteral(project)} AND experiment_id = ${stringLiteral(experimentId)}`;
    const rows = `${own} AND ${isTaken(this.#progress.all())}`;
    const days = await daysWith(this.#client, rows);
    if (days.length === 0) return 0;
    this.#dirty.mark(deleting, days);
    await this.#suspects.announce(deleting, days);
    try {
      const gone = await this.#removals.run('deleted', rows, () =>
        deleteRows(this.#client, this.#options.clock, 'events', rows),
      );
      await rebuildDays(this.#client, this.#repairs, days);
      await this.#suspects.withdraw(deleting);
      this.#dirty.clean(deleting, days);
      return gone;
    } finally {
      this.#versions.changedEverywhere(days);
      this.#relinked(project);
    }
  }

  async verifyRollups(days?: readonly string[]): Promise<readonly RollupDifference[]> {
    this.#assertOpen();
    const asked = days?.map((day) => dayOf(Date.parse(day)));
    return this.#reading(() => verifyDays(this.#client, this.#gate, asked));
  }

  /** A month at a time, so that inserts wait for one at most. */
  async rebuildRollups(days?: readonly string[]): Promise<number> {
    this.#assertOpen();
    return this.#reading(async () => {
      const asked = days?.map((day) => dayOf(Date.parse(day))) ?? (await daysBefore(this.#client));
      for (const month of Map.groupBy(asked, monthOf).values()) {
        await this.#mending(() => rebuildDays(this.#client, this.#repairs, month));
        this.#versions.changedEverywhere(month);
      }
      return asked.length;
    });
  }

  async expire(time: number): Promise<number> {
    this.#assertOpen();
    return this.#reading(() => this.#mending(() => this.#expire(dayOf(time))));
  }

  async #expire(day: number): Promise<number> {
    const days = await daysBefore(this.#client, day);
    if (days.length === 0) return 0;
    // broken off, these days are rebuilt at the next start from what is left of them
    this.#dirty.mark(expiring, days);
    await this.#suspects.announce(expiring, days);
    try {
      // a row past the durable progress would be taken for one that never landed, and stored once more
      await this.#progress.flush();
      const rows = expirable(day, this.#progress.all());
      const gone = await this.#removals.run('expired', rows, () =>
        expireRows(this.#client, this.#options.clock, day, rows),
      );
      await rebuildDays(this.#client, this.#repairs, days);
      await this.#suspects.withdraw(expiring);
      this.#dirty.clean(expiring, days);
      return gone;
    } finally {
      this.#reader.identity.forgetAll();
      this.#versions.changedEverywhere(days);
    }
  }

  /** A month. No rollup holds a field that may be filled, so none is made anew. */
  async backfill(task: BackfillTask): Promise<BackfillStep> {
    this.#assertOpen();
    return this.#reading(async () => {
      // of a step that failed half-way
      await endMutations(this.#client, this.#options.clock);
      const [month, next] = await monthsAfter(this.#client, task.after);
      if (month === undefined) return { events: 0, stepsLeft: 0 };
      const found = await daysToFill(this.#client, task, month);
      const days = found.map(([day]) => day);
      if (!task.dryRun && days.length > 0) await this.#fill(task, month, days);
      return {
        ...(days.length > 0 && { days: [dayText(days[0]!), dayText(days.at(-1)!)] as const }),
        events: found.reduce((sum, [, events]) => sum + events, 0),
        ...(next !== undefined && { next: month }),
        stepsLeft: next === undefined ? 0 : (await monthsAfter(this.#client, month)).length,
      };
    });
  }

  async #fill(task: BackfillTask, month: string, days: readonly number[]): Promise<void> {
    try {
      await fillMonth(this.#client, this.#options.clock, task, month);
    } finally {
      this.#versions.changedEverywhere(days);
    }
  }

  async freeze(name: string): Promise<void> {
    this.#assertOpen();
    const as = `FREEZE WITH NAME ${stringLiteral(name)}`;
    const tables = `SELECT name FROM system.tables WHERE database = currentDatabase() AND engine LIKE '%MergeTree'`;
    await this.#reading(() =>
      this.#gate.alone(async () => {
        if (this.#removals.isOpen) await this.#removals.settle();
        for (const [table] of await this.#client.rows<[string]>(tables))
          await this.#client.command(`ALTER TABLE ${table} ${as}`);
      }),
    );
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    // the bound is only lower when it cannot be written any more
    await this.#progress.flush().catch(() => {});
    await this.#disk.close();
    await this.#client.close();
  }

  #callsOf(partition: number): FencedCalls {
    let calls = this.#inserts.get(partition);
    if (calls === undefined) {
      calls = new FencedCalls(this.#options.fence, this.#options.makeId);
      this.#inserts.set(partition, calls);
    }
    return calls;
  }

  async #reading<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#unavailable(error);
    }
  }

  #unavailable(error: unknown): Error {
    const detail = error instanceof Error ? error.message : String(error);
    return this.#told(failure('store_unavailable', { detail }, error));
  }

  #told(error: Error & { readonly code: string }): Error {
    this.#options.telemetry.publish('store.failed', { code: error.code, detail: error.message });
    return error;
  }

  #assertOpen(): void {
    if (this.#closed) throw failure('store_unavailable', { detail: 'it is closed' });
  }
}

/** Marks what was found at opening, or when the engine had started anew. */
const opening = 'opening';
const restarted = 'restarted';
const expiring = 'expiring';
const deleting = 'deleting';
const markerOf = (partition: number): string => `partition ${partition}`;
