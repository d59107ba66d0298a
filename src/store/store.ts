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
 */
import type { EventRow } from '../event/event-row.ts';
import type { Plan } from '../plan/plan.ts';

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
  /** Rows in offset order; all within one calendar month (UTC) of `timestamp`. */
  readonly rows: readonly EventRow[];
  readonly quarantined: readonly Quarantined[];
  /** The progress once this batch is stored; undefined for a part of a window that is not complete yet, or a replay. */
  readonly progress?: Progress;
}

/** Half-open ranges of offsets, ascending, not touching. */
export type OffsetRanges = readonly (readonly [from: number, to: number])[];

export interface EventKey {
  readonly project: string;
  readonly eventId: string;
}

export interface Budget {
  readonly timeMs: number;
  readonly memoryBytes: number;
  readonly rowsMax: number;
}

/** A plan with everything decided that a store must not decide by itself. */
export interface Question {
  readonly plan: Plan;
  /** Bucket borders, ascending, epoch ms: bucket i is [edges[i], edges[i+1]). A summary has one bucket [from, to). */
  readonly edges: readonly number[];
}

export type GroupValue = string | number | boolean | null;
/** The whole (`all`), a group (`value`; null: the field is absent), or what is past the limit (`other`). */
export type Group = { readonly kind: 'all' } | { readonly kind: 'value'; readonly value: GroupValue } | { readonly kind: 'other' };

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
  /** Empty unless the plan asks for amounts; ascending by currency. */
  readonly amounts: readonly AmountCell[];
}

export interface Rows {
  /** `all` cells always; with `by` also the groups, most events over the whole range first, then by bytes, `other` last; a group's cells by bucket. */
  readonly cells: readonly Cell[];
  /** Whether any `users` may be off, and the standard error as a share (0 when exact). */
  readonly approximate: boolean;
  readonly error: number;
  readonly explain: { readonly source: string; readonly rowsRead: number; readonly durationMs: number };
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

export interface Store {
  readonly supports: StoreSupports;
  state(): StoreState;
  progress(partition: number): Promise<Progress>;
  insert(batch: Batch): Promise<void>;
  reconcile(partition: number, from: number, to: number): Promise<OffsetRanges>;
  known(keys: readonly EventKey[]): Promise<readonly boolean[]>;
  /** Ids of events received at or after `since`, for rebuilding the dedupe index; in no order. */
  recent(partition: number, since: number): AsyncIterable<readonly (EventKey & { readonly receivedAt: number })[]>;
  run(question: Question, budget: Budget, signal: AbortSignal): Promise<Rows>;
  version(project: string, from: number, to: number): Promise<string>;
  quarantined(query: { readonly project?: string; readonly limit: number; readonly after?: string }): Promise<{ readonly items: readonly Quarantined[]; readonly total: number; readonly next?: string }>;
  /** Ends the quarantine of these places: their events were stored by a replay, or given up. */
  release(places: readonly { readonly partition: number; readonly offset: number }[]): Promise<void>;
  /** Removes all of a project: rows, rollups, quarantine. */
  deleteProject(project: string): Promise<void>;
  /** Compares rollups with rows, for all days or those given; empty when they agree. */
  verifyRollups(days?: readonly string[]): Promise<readonly RollupDifference[]>;
  close(): Promise<void>;
}
