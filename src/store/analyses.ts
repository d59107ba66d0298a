/**
 * What a store gives for questions about people over time (plan/analysis.ts). A person is what identity makes of an event's ids; it is
 * resolved here, so that everything above sees one key for one person. Part of the contract of store.ts:
 * 11. Sequences, retention, sessions and people are those of the evaluator (store/memory), of the same rows.
 * 12. Identity is resolved for each question over all link events of the project: what is linked or undone later counts for the past.
 */
import type { RetentionPlan, SessionDimension, UsersPlan } from '../plan/analysis.ts';
import type { Scope } from '../plan/plan.ts';
import type { Budget, Group } from './asking.ts';
import type { ExperimentQuestion, ExperimentRows } from './experiments.ts';
import type { SequenceBlock, SequenceQuestion, WalkBlock, WalkShape } from './sequences.ts';

export interface RetentionQuestion extends Pick<RetentionPlan, 'start' | 'return' | 'first'> {
  readonly scope: Scope;
  /** Borders of the periods, ascending, epoch ms; at most 91. */
  readonly edges: readonly number[];
}

/** Some persons: when each started, and in which periods each returned. */
export interface RetentionBlock {
  /** The index of the period of the first start event. */
  readonly starts: Uint8Array;
  /** Bit p: a return event in period p; periods 0…63, and 64 on. */
  readonly low: BigUint64Array;
  readonly high: BigUint64Array;
}

/** Sessions in which an event matches the scope's filter; their numbers are over all events of the session in the range. */
export interface SessionsQuestion {
  readonly scope: Scope;
  readonly by?: { readonly dimension: SessionDimension; readonly limit: number };
}

export interface SessionCell {
  /** Most sessions first, then by bytes, `other` last; `all` is the first. */
  readonly group: Group;
  readonly sessions: number;
  /** Distinct persons; sessions of nobody have none. */
  readonly users: number;
  /** From the first event to the last, ms: all together, and the one in the middle (interpolated). */
  readonly durationMs: number;
  readonly medianDurationMs: number;
  /** Sessions of one event, which is a page view. */
  readonly bounces: number;
  /** Events of type `pageview`. */
  readonly pageviews: number;
}

export interface PeopleQuestion {
  readonly scope: Scope;
  /** Latest, latest or most first; ties by key, ascending. */
  readonly order: UsersPlan['order'];
  readonly limit: number;
  /** Only who comes after. */
  readonly after?: { readonly value: number; readonly key: bigint };
  /** Only these; at most 1,000. */
  readonly keys?: readonly bigint[];
}

export interface PersonRow {
  readonly key: bigint;
  /** Epoch ms. */
  readonly firstSeen: number;
  readonly lastSeen: number;
  readonly events: number;
  /** Of the last of these events that have one; '' when none has. */
  readonly userId: string;
  readonly anonymousId: string;
}

export interface Analyses {
  sequences(question: SequenceQuestion, budget: Budget, signal: AbortSignal): AsyncIterable<SequenceBlock>;
  /** The sequences of a question with a field, folded as far as the store does it cheaper than its asker. Absent: it does not. */
  walks?(
    question: SequenceQuestion,
    shape: WalkShape,
    budget: Budget,
    signal: AbortSignal,
  ): AsyncIterable<SequenceBlock | WalkBlock>;
  retention(question: RetentionQuestion, budget: Budget, signal: AbortSignal): AsyncIterable<RetentionBlock>;
  sessions(question: SessionsQuestion, budget: Budget, signal: AbortSignal): Promise<readonly SessionCell[]>;
  people(question: PeopleQuestion, budget: Budget, signal: AbortSignal): Promise<readonly PersonRow[]>;
  experiment(question: ExperimentQuestion, budget: Budget, signal: AbortSignal): Promise<ExperimentRows>;
  /** The person that an id (a `userId`, an `anonymousId`) belongs to now. */
  person(project: string, id: string): Promise<bigint>;
}
