/**
 * The contract of store.ts on PostgreSQL. A batch is one transaction (insert-rows.ts), so rows, rollups, progress and versions
 * always agree, and several processes may write different partitions of the log at once (claims.ts). Questions are the
 * reader's. What a table is for stands in migrations/001-tables.ts.
 */
import type { Clock } from '../../clock.ts';
import { failure } from '../../errors.ts';
import type { EventRow } from '../../event/event-row.ts';
import { openHasher } from '../../event/hasher.ts';
import { exclusively } from '../../postgres/exclusively.ts';
import { migrate } from '../../postgres/migrate.ts';
import type { PostgresPools } from '../../postgres/postgres-pools.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Analyses } from '../analyses.ts';
import type {
  BackfillStep,
  BackfillTask,
  Batch,
  Budget,
  Corrections,
  EventKey,
  EventsQuestion,
  MaintenanceReport,
  MaintenanceTasks,
  OffsetRanges,
  PartitionReport,
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
import { Attempts } from './attempts.ts';
import { backfillStep } from './backfill.ts';
import { Claims } from './claims.ts';
import type { IdHash } from './copy-encoder.ts';
import { correctionsOf } from './corrections.ts';
import { DiskUsage } from './disk-usage.ts';
import { readSetUp, type SetUp } from './features.ts';
import { foldRollups } from './fold.ts';
import { Folding } from './folding.ts';
import { Health } from './health.ts';
import { type Hash64, Identity } from './identity.ts';
import { insertRows } from './insert-rows.ts';
import { knownKeys, recentKeys } from './keys.ts';
import {
  keptInterval,
  type MaintenanceParts,
  maintain,
  makeAhead,
  oddities,
  partitionReport,
} from './maintenance.ts';
import { Pieces } from './make-pieces.ts';
import { migrations } from './migrations/migrations.ts';
import type { PieceInterval } from './piece.ts';
import { PostgresAnalyses } from './postgres-analyses.ts';
import { PostgresReader } from './postgres-reader.ts';
import { listQuarantined, releaseQuarantined } from './quarantine.ts';
import { readBack } from './read-back.ts';
import { dayFrom, daysToRebuild, rebuildStretch, storedStretches } from './rebuild.ts';
import { removeExperiment } from './remove-experiment.ts';
import { removeProject } from './remove-project.ts';
import { expireEvents } from './retention.ts';
import { exactUsersMax, usersError } from './sketch.ts';
import { isWithoutPartition, unavailable, writeFailure } from './store-errors.ts';
import { verifyStretches } from './verify.ts';

export interface PostgresStoreOptions {
  /** Whoever opened them closes them, after the store. */
  readonly pools: PostgresPools;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Decides when the tables are made, and never again. */
  readonly interval?: PieceInterval;
  /** False: the extensions hll and timescaledb are not used for tables that are made now. */
  readonly extensions?: boolean;
  /** How long a fence waits before it ends the backends in its way. */
  readonly patienceMs?: number;
  readonly random?: () => number;
}

/** A batch of a large window, with its rollups. */
const insertTimeoutMs = 110_000;

export class PostgresStore implements Store {
  readonly supports: StoreSupports;
  readonly analyses: Analyses;
  readonly #options: PostgresStoreOptions;
  readonly #setUp: SetUp;
  readonly #idHash: IdHash;
  readonly #reader: PostgresReader;
  readonly #pieces: Pieces;
  readonly #claims: Claims;
  readonly #attempts = new Attempts();
  readonly #folding: Folding;
  readonly #health: Health;
  readonly #disk: DiskUsage;
  #closed = false;

  private constructor(options: PostgresStoreOptions, setUp: SetUp, hash64: Hash64) {
    const { clock, pools, patienceMs, random = Math.random } = options;
    const pool = pools.write;
    this.#options = options;
    this.#setUp = setUp;
    this.#idHash = (project, eventId) => hash64(`${project}\0${eventId}`);
    this.supports = supportsOf(setUp);
    const reading = { pool: pools.read, features: setUp, identity: new Identity(hash64) };
    this.#reader = new PostgresReader({ ...reading, clock });
    this.analyses = new PostgresAnalyses({ ...reading, assertOpen: () => this.#assertOpen() });
    this.#pieces = new Pieces(pool, setUp.cut);
    this.#claims = new Claims({ pool, clock, ...(patienceMs !== undefined && { patienceMs }) });
    this.#folding = new Folding({
      fold: (signal) => foldRollups(pool, setUp, signal),
      onError: (error) => this.#told(unavailable(error)),
      random,
    });
    this.#health = new Health(pool, clock);
    this.#disk = new DiskUsage(pool, clock, setUp.pieces);
  }

  /** Makes or migrates the tables, and partitions ahead of time. Errors: store_unavailable, schema_newer. */
  static async open(options: PostgresStoreOptions): Promise<PostgresStore> {
    const { clock, pools, interval = 'month', extensions = true } = options;
    try {
      await migrate(pools, 'store', migrations({ interval, extensions, now: clock.now() }));
      const setUp = await readSetUp(pools.write);
      const { hash64 } = await openHasher();
      const store = new PostgresStore(options, setUp, hash64);
      await makeAhead(store.#maintenanceParts());
      store.#note([
        ...keptInterval(setUp, interval),
        ...oddities(await partitionReport(store.#maintenanceParts())),
      ]);
      return store;
    } catch (error) {
      throw unavailable(error);
    }
  }

  state(): StoreState {
    if (this.#closed) return { status: 'down', reason: 'it is closed', bytes: 0 };
    return { ...this.#health.state(), bytes: this.#disk.bytes() };
  }

  async progress(partition: number, token?: number): Promise<Progress> {
    return this.#asking(() => this.#claims.progress(partition, token));
  }

  async insert(batch: Batch): Promise<void> {
    this.#assertOpen();
    try {
      await this.#attempts.run(batch.partition, (signal) =>
        this.#insert(batch, signal).catch((error: unknown) => {
          if (!isWithoutPartition(error)) throw error;
          // retention has removed it since, and nothing of the batch is stored
          this.#pieces.forget();
          return this.#insert(batch, signal);
        }),
      );
      this.#health.worked();
    } catch (error) {
      throw this.#told(writeFailure(error));
    }
    if (batch.rows.length > 0) this.#folding.added();
  }

  async #insert(batch: Batch, signal: AbortSignal): Promise<void> {
    const { partition, rows, token } = batch;
    if (!this.#claims.isKnown(partition)) await this.#claims.claim(partition, token ?? 0);
    if (this.#setUp.pieces === 'partitions')
      await this.#pieces.coverTimes(rows.map(({ timestamp }) => timestamp));
    await this.#options.pools.write.transaction(
      async (connection) => {
        await this.#claims.move(connection, batch);
        await insertRows(connection, this.#setUp, batch, { idHash: this.#idHash, signal });
      },
      { timeoutMs: insertTimeoutMs, totalMs: insertTimeoutMs, signal },
    );
    this.#claims.moved(batch);
  }

  async reconcile(partition: number, from: number, to: number): Promise<OffsetRanges> {
    this.#assertOpen();
    this.#attempts.end(partition);
    return this.#asking(() =>
      this.#claims.locked(partition, undefined, (connection) => readBack(connection, partition, from, to)),
    );
  }

  async known(keys: readonly EventKey[], among?: 'rows'): Promise<readonly boolean[]> {
    return this.#asking(() => knownKeys(this.#pool, this.#idHash, keys, among));
  }

  async *recent(
    partition: number,
    since: number,
  ): AsyncGenerator<readonly (EventKey & { readonly receivedAt: number })[]> {
    this.#assertOpen();
    try {
      yield* recentKeys(this.#pool, partition, since);
    } catch (error) {
      throw this.#told(unavailable(error));
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
    return this.#asking(() => this.#reader.version(project, from, to));
  }

  async quarantined(
    query: QuarantineQuery,
  ): Promise<{ readonly items: readonly Quarantined[]; readonly total: number; readonly next?: string }> {
    return this.#asking(() => listQuarantined(this.#pool, query));
  }

  async release(places: readonly Place[], end: QuarantineEnd = 'discarded'): Promise<void> {
    return this.#asking(() => releaseQuarantined(this.#pool, places, end));
  }

  async corrections(partition: number): Promise<Corrections> {
    return this.#asking(() => correctionsOf(this.#pool, partition));
  }

  async rowsBelow(partition: number, offset: number): Promise<number> {
    return this.#asking(async () => {
      const sql = 'SELECT count(*) FROM events WHERE _partition = $1 AND _offset < $2';
      const { rows } = await this.#pool.query<{ count: string }>(sql, [partition, offset]);
      return Number(rows[0]!.count);
    });
  }

  async deleteProject(project: string): Promise<void> {
    return this.#asking(() => removeProject(this.#pool, project));
  }

  async deleteExperiment(project: string, experimentId: string): Promise<number> {
    return this.#asking(() => removeExperiment(this.#pool, this.#setUp, project, experimentId));
  }

  async verifyRollups(days?: readonly string[]): Promise<readonly RollupDifference[]> {
    return this.#asking(async () => {
      const asked = days?.map((day) => dayFrom(Date.parse(day)));
      const stretches = asked ?? (await storedStretches(this.#pool, this.#setUp.cut));
      return verifyStretches(this.#pool, this.#setUp, stretches);
    });
  }

  async rebuildRollups(days?: readonly string[]): Promise<number> {
    return this.#asking(async () => {
      const asked = days?.map((day) => Date.parse(day)) ?? (await daysToRebuild(this.#pool, this.#setUp.cut));
      for (const day of asked) await rebuildStretch(this.#pool, this.#setUp, dayFrom(day));
      return asked.length;
    });
  }

  async expire(before: number): Promise<number> {
    const { cut } = this.#setUp;
    return this.#asking(() => expireEvents({ pool: this.#pool, features: this.#setUp, cut }, before));
  }

  async backfill(task: BackfillTask): Promise<BackfillStep> {
    return this.#asking(() => backfillStep(this.#pool, this.#setUp, task));
  }

  /** Errors: conflict, always: the files are the server's. */
  async freeze(): Promise<void> {
    this.#assertOpen();
    const detail =
      'the events are in PostgreSQL, whose files a backup of this process cannot hold: back the database up with pg_dump, pg_basebackup or the snapshots of whoever runs it';
    throw failure('conflict', { detail });
  }

  async maintain(tasks: MaintenanceTasks): Promise<MaintenanceReport> {
    const done = await this.#asking(() =>
      exclusively(this.#pool, 'maintenance', () => maintain(this.#maintenanceParts(), tasks)),
    );
    if (done === undefined) {
      const detail = 'another process maintains this store at the moment; try again when it has ended';
      throw failure('conflict', { detail });
    }
    this.#note(oddities(done.result.partitions));
    return done.result;
  }

  /** Beyond the contract: for readiness, doctor and metrics. Errors: store_unavailable. */
  async partitions(): Promise<PartitionReport> {
    return this.#asking(() => partitionReport(this.#maintenanceParts()));
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    await Promise.all([this.#folding.close(), this.#disk.close(), this.#health.close()]);
  }

  get #pool() {
    return this.#options.pools.write;
  }

  #maintenanceParts(): MaintenanceParts {
    return {
      pool: this.#pool,
      setUp: this.#setUp,
      pieces: this.#pieces,
      now: this.#options.clock.now(),
    };
  }

  #note(messages: readonly string[]): void {
    for (const message of messages) this.#options.telemetry.publish('note', { level: 'warn', message });
  }

  async #asking<T>(work: () => Promise<T>): Promise<T> {
    this.#assertOpen();
    try {
      const result = await work();
      this.#health.worked();
      return result;
    } catch (error) {
      throw this.#told(unavailable(error));
    }
  }

  #told<E extends Error & { readonly code: string }>(error: E): E {
    this.#health.failed(error);
    this.#options.telemetry.publish('store.failed', { code: error.code, detail: error.message });
    return error;
  }

  #assertOpen(): void {
    if (this.#closed) throw failure('store_unavailable', { detail: 'it is closed' });
  }
}

/** What a store does whose tables are set up like this. */
export const supportsOf = ({ users }: Pick<SetUp, 'users'>): StoreSupports => ({
  atomicProgress: true,
  exactUsersMax: users === 'hll' ? exactUsersMax : Number.POSITIVE_INFINITY,
  usersError: users === 'hll' ? usersError : 0,
  durable: true,
});
