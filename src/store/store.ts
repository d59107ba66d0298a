/**
 * Where events become columns and questions become numbers. The writer is its only source, the query stage its only asker.
 * Promises, each a test of `testing/store-suite.ts` by its number:
 *  1. After `insert` resolves, every row of the batch is in every answer, once, and survives any crash.
 *  2. An error of `insert` says nothing about what landed, except by its code: `store_refused` means the rows themselves
 *     are at fault (bisect), `store_fenced` that another writer was first, any other that the same may be tried again.
 *     After any error the writer calls `reconcile` before it inserts that window again.
 *  3. `reconcile` first makes sure that no earlier attempt can still land, then gives the offsets of the window that are
 *     stored as rows (quarantined ones are not among them); when it resolves, rollups and rows agree. A batch may have no
 *     rows. The same quarantined place given again is kept once, so the writer may repeat it.
 *  4. `progress` never claims more than what is durable; it may be older than the last insert unless `atomicProgress`.
 *  5. `run` gives the same numbers as the evaluator (store/memory); an approximate number is marked with its error.
 *  6. `run` keeps its budget: `over_time`, `over_memory`, `over_rows`; inserts go on meanwhile.
 *  7. `known` tells which event ids of a project are stored or quarantined already.
 *  8. `version` of a range changes whenever an answer about that range may have changed.
 *  9. Nothing of one project is ever in another's answer.
 * 10. `events` gives every stored row that was asked for once, in order, also while others arrive; in bounded pieces, and
 *     holds nothing of the store while nobody takes the next one. Rows are as they were stored (also the key of a person whom
 *     identity joins with another), but properties have the form of `canonicalProperties`.
 */
import type { EventRow } from '../event/event-row.ts';
import type { Plan, Scope } from '../plan/plan.ts';
import type { Position } from '../plan/position.ts';
import type { Analyses } from './analyses.ts';
import type { Budget, Group } from './asking.ts';

export type { Budget, Group, GroupValue } from './asking.ts';

export interface StoreSupports {
  /** Rows, rollups and progress change in one transaction. Default true; false: `reconcile` after every unclear outcome. */
  readonly atomicProgress: boolean;
  /** Distinct counts beyond this many persons may be approximate; Infinity: always exact. */
  readonly exactUsersMax: number;
  /** Standard error of an approximate distinct count, as a share (0.008 is 0.8 %). 0: always exact. */
  readonly usersError: number;
  /** Survives a restart of the process. */
  readonly durable: boolean;
}

/** Where the writer of a partition goes on, and the ledger up to there: next = first + stored + duplicates + quarantined. */
export interface Progress {
  readonly next: number;
  readonly stored: number;
  readonly duplicates: number;
  readonly quarantined: number;
}

/** An event that could not be stored, with all that is needed to look at it and to replay it. */
export interface Quarantined {
  readonly partition: number;
  readonly offset: number;
  readonly project: string;
  readonly eventId: string;
  readonly receivedAt: number;
  /** From a closed list: see writer/quarantine.ts. */
  readonly reason: string;
  readonly detail: string;
  /** The event as the log had it: JSON when it could be decoded, else base64 of its bytes. */
  readonly body: string;
}

export interface Batch {
  readonly partition: number;
  /** Of the writer's lease. Below the one that claimed the partition, `insert` is refused with `store_fenced`. */
  readonly token?: number;
  /** Of at most 50 calendar months (UTC) of `timestamp`; in offset order, but for a few. */
  readonly rows: readonly EventRow[];
  /** The rows as the store's own `packer` packed them; then `rows` has none. */
  readonly packed?: PackedRows;
  readonly quarantined: readonly Quarantined[];
  /** The progress once this batch is stored; undefined for a part of a window that is not complete yet, or a replay. */
  readonly progress?: Progress;
}

/** Rows on their way into the form in which a store takes them: one at a time, so that none is kept as an object. */
export interface RowPack {
  readonly count: number;
  /** About the bytes that its rows take; 0 when they are kept as they are. */
  readonly bytes: number;
  /** Errors: RangeError or TypeError for a value that the store cannot hold, also of a row before; the pack is of no use then. */
  add(row: EventRow): void;
  /** Takes out the rows at these offsets. Errors: as `add`. */
  drop(offsets: ReadonlySet<number>): void;
  /** All rows that are left; nothing is added any more. Errors: as `add`. */
  seal(): PackedRows;
}

/** Plain data that may pass between threads; what else is in it only the store knows. */
export interface PackedRows {
  readonly count: number;
  /** Memory that passes without being copied. */
  readonly buffers: readonly ArrayBuffer[];
}

/** Half-open ranges of offsets, ascending, not touching. */
export type OffsetRanges = readonly (readonly [from: number, to: number])[];

export interface EventKey {
  readonly project: string;
  readonly eventId: string;
}

/** A plan with everything decided that a store must not decide by itself. */
export interface Question {
  readonly plan: Plan;
  /** Bucket borders, ascending, epoch ms: bucket i is [edges[i], edges[i+1]). A summary has one bucket [from, to). */
  readonly edges: readonly number[];
}

/** Asks for rows in the order of plan/position.ts, or its reverse. */
export interface EventsQuestion {
  readonly scope: Scope;
  readonly order: 'asc' | 'desc';
  /** Only what comes after it, in the order asked. */
  readonly after?: Position;
  /** No more rows than this. */
  readonly limit?: number;
  /** Only events of this person, as identity resolves them. */
  readonly person?: bigint;
}

export interface AmountCell {
  /** '' when the events name no currency. */
  readonly currency: string;
  readonly count: number;
  /** Ten-thousandths. */
  readonly sum: bigint;
  readonly min: bigint;
  readonly max: bigint;
}

/** The numbers of one group in one bucket. Cells without events are left out. Averages are made from sum and count later. */
export interface Cell {
  readonly bucket: number;
  readonly group: Group;
  readonly events: number;
  /** Undefined unless the plan asks for users. */
  readonly users?: number;
  /** Undefined unless the plan asks for sessions. */
  readonly sessions?: number;
  /** One for each of the plan's measures; null where no event of the cell has such a value. */
  readonly values?: readonly (number | null)[];
  /** Empty unless the plan asks for amounts; ascending by currency. */
  readonly amounts: readonly AmountCell[];
}

export interface Rows {
  /** `all` cells always; with `by` also the groups, most events over the whole range first, then by bytes, `other` last; a group's cells by bucket. */
  readonly cells: readonly Cell[];
  /** Whether any `users` may be off, and the standard error as a share (0 when exact). */
  readonly approximate: boolean;
  readonly error: number;
  /** Of the range, as these rows saw it: they may be older than what `version` told before. Absent: they are not. */
  readonly version?: string;
  readonly explain: { readonly source: string; readonly rowsRead: number; readonly durationMs: number };
}

/** Which quarantined events; all bounds must hold. */
export interface QuarantineQuery {
  readonly project?: string;
  /** With `project`: also those that could not be decoded, whose project nobody knows. */
  readonly withUnknown?: boolean;
  readonly reason?: string;
  /** Received within [from, to), epoch ms. */
  readonly from?: number;
  readonly to?: number;
  /** At most 1,000. */
  readonly places?: readonly Place[];
  readonly limit: number;
  /** The `next` of the page before. */
  readonly after?: string;
}

export interface Place {
  readonly partition: number;
  readonly offset: number;
}

/** How a quarantine ended: by a replay that stored the event, that found it stored already, or by giving it up. */
export type QuarantineEnd = 'replayed' | 'duplicate' | 'discarded';

/** What became of a partition's events after the writer had counted them in its progress; numbers of events, since ever. */
export interface Corrections extends Readonly<Record<QuarantineEnd, number>> {
  /** Rows that retention removed. */
  readonly expired: number;
  /** Rows that went with their project. */
  readonly deleted: number;
}

export interface RollupDifference {
  readonly project: string;
  readonly day: string;
  readonly detail: string;
}

export interface StoreState {
  readonly status: 'starting' | 'ready' | 'repairing' | 'down';
  readonly reason: string;
  /** What the store holds on disk; 0 when unknown. */
  readonly bytes: number;
}

/** What `maintain` is to do, in this order. */
export interface MaintenanceTasks {
  /** Partitions of the next twelve months. */
  readonly createPartitions: boolean;
  /** The rollups that views and answers read: rows of one key are added up. */
  readonly refreshViews: boolean;
  readonly analyze: boolean;
  readonly vacuum: boolean;
  /** Removes what is older, epoch ms, the begin of a UTC day. */
  readonly dropBefore?: number;
}

export interface MaintenanceReport {
  readonly partitionsMade: number;
  /** Events removed. */
  readonly expired: number;
  readonly partitions: PartitionReport;
}

export interface PartitionReport {
  readonly attached: number;
  /** Days from now on that have a partition; Infinity when others make them. */
  readonly daysAhead: number;
  /** Rows in a default partition, which somebody else must have made; up to 1,000. */
  readonly rowsInDefault: number;
}

/** A text column of a row that may be filled from properties afterwards. */
export type BackfillField =
  | 'experimentId'
  | 'variantKey'
  | 'productId'
  | 'sessionId'
  | 'viewId'
  | 'title'
  | 'screen'
  | 'language'
  | 'appVersion'
  | 'os'
  | 'device'
  | 'browser'
  | 'country'
  | 'region'
  | 'city';

/** Fills fields where they are absent with the first text, neither empty nor over `charactersMax`, at one of the paths. */
export interface BackfillTask {
  readonly fields: readonly {
    readonly field: BackfillField;
    /** As fields of plans, without `properties.`. */
    readonly paths: readonly string[];
    readonly charactersMax: number;
  }[];
  /** Absent: of every project. */
  readonly project?: string;
  /** The `next` of the step before; absent: from the beginning. */
  readonly after?: string;
  /** Only counts. */
  readonly dryRun: boolean;
}

/** A part of the rows, some days or a month, is done. */
export interface BackfillStep {
  /** ISO dates of the first and the last day on which something was to do; absent: on none. */
  readonly days?: readonly [first: string, last: string];
  readonly events: number;
  /** Absent: nothing is left to look at. */
  readonly next?: string;
  /** About how many steps there are after this one. */
  readonly stepsLeft: number;
}

export interface Store {
  readonly supports: StoreSupports;
  /** Undefined: the store answers no questions about people over time yet. */
  readonly analyses?: Analyses | undefined;
  /** URL of a module that exports `openPacker(): () => RowPack`, for the writer's thread. Absent: `insert` takes rows alone. */
  readonly packer?: string;
  state(): StoreState;
  /**
   * With the token of a lease it claims the partition: from then on nothing of a lower token can land. Errors: store_fenced,
   * when a higher one has claimed it. A store that only one process can have open ignores tokens.
   */
  progress(partition: number, token?: number): Promise<Progress>;
  insert(batch: Batch): Promise<void>;
  reconcile(partition: number, from: number, to: number): Promise<OffsetRanges>;
  /** `among` rows: those in quarantine do not count. */
  known(keys: readonly EventKey[], among?: 'rows'): Promise<readonly boolean[]>;
  /** Ids of events received at or after `since`, for rebuilding the dedupe index; in no order. */
  recent(
    partition: number,
    since: number,
  ): AsyncIterable<readonly (EventKey & { readonly receivedAt: number })[]>;
  run(question: Question, budget: Budget, signal: AbortSignal): Promise<Rows>;
  /** Each piece is read within the budget. Errors: those of `run`. */
  events(question: EventsQuestion, budget: Budget, signal: AbortSignal): AsyncIterable<readonly EventRow[]>;
  version(project: string, from: number, to: number): Promise<string>;
  quarantined(
    query: QuarantineQuery,
  ): Promise<{ readonly items: readonly Quarantined[]; readonly total: number; readonly next?: string }>;
  /** Ends the quarantine of these places; without `end` they were given up. */
  release(places: readonly Place[], end?: QuarantineEnd): Promise<void>;
  corrections(partition: number): Promise<Corrections>;
  /** How many rows a partition has below this offset. */
  rowsBelow(partition: number, offset: number): Promise<number>;
  /** Removes all of a project: rows, rollups, quarantine. */
  deleteProject(project: string): Promise<void>;
  /** Removes the stored events with this `experimentId`, from rows and rollups; resolves with how many. What is not stored yet stays. */
  deleteExperiment(project: string, experimentId: string): Promise<number>;
  /** Compares rollups with rows, for all days or those given; empty when they agree. */
  verifyRollups(days?: readonly string[]): Promise<readonly RollupDifference[]>;
  /** Makes the rollups of these days, or of all, anew from the rows; resolves with how many days that were. */
  rebuildRollups(days?: readonly string[]): Promise<number>;
  /** Removes events from before this time, the begin of a UTC day, from rows and rollups; resolves with how many. */
  expire(before: number): Promise<number>;
  /** What a schedule or a person has it do to stay in shape; absent, or undefined: it sees to that itself. Errors: conflict, while another process is at it. */
  maintain?(tasks: MaintenanceTasks): Promise<MaintenanceReport | undefined>;
  /** One step; a step that was broken off, by a crash too, is made good by the same one again. Errors: store_unavailable. */
  backfill?(task: BackfillTask): Promise<BackfillStep>;
  /** Keeps the files as they are now, between two inserts, as `shadow/NAME` in the store's directory until that is removed. */
  freeze(name: string): Promise<void>;
  close(): Promise<void>;
}
