/**
 * Questions about what people do one after another: funnels, retention, paths, sessions, people. As plan.ts: data only, checked
 * once and frozen. Events of one person stand in the order of position.ts: by time, then by arrival.
 */
import type { ExperimentPlan } from './experiment.ts';
import type { FieldName, Filter, Interval, Scalar, Scope } from './plan.ts';

/** Whose events make one sequence: a person's, or a session's (its `sessionId`, else cut at gaps of 30 minutes). */
export type Per = 'user' | 'session';

/** A longer pause between two events of a person begins a new session, unless the events name their session. */
export const sessionGapMs = 30 * 60_000;
/** Conditions that the events of one question may be held against: steps and exclusions of a funnel. */
export const tagsMax = 32;

/** The value of a field on the first event of a sequence that matches the first step; past `limit` values: other. */
export interface FirstTouch {
  readonly field: FieldName;
  readonly limit: number;
}

export interface FunnelStep {
  readonly name: string;
  readonly filter: Filter;
  /** The longest time since the step before. */
  readonly withinMs?: number;
}

/** Ends an attempt that stands between the steps `after` and `before` (from 1) when an event matches. */
export interface FunnelExclusion {
  readonly filter: Filter;
  readonly after: number;
  readonly before: number;
}

/**
 * Step k is reached when there are k different events, each matching its step, all within `windowMs` of the first:
 *  ordered  in the order of the steps, with anything between them;
 *  strict   in the order of the steps, with no other event of the sequence between them;
 *  any      in any order: k is how many different steps were done.
 */
export type FunnelOrder = 'ordered' | 'strict' | 'any';

export interface FunnelPlan extends Scope {
  readonly kind: 'funnel';
  readonly steps: readonly FunnelStep[];
  readonly order: FunnelOrder;
  readonly windowMs: number;
  readonly exclude: readonly FunnelExclusion[];
  readonly per: Per;
  readonly by?: FirstTouch;
  /** Asks for the people instead of the numbers: who reached a step, or reached it and not the next one. */
  readonly people?: {
    readonly step: number;
    readonly outcome: 'reached' | 'dropped';
    readonly limit: number;
    readonly after?: string;
  };
}

export type RetentionPeriod = Extract<Interval, 'day' | 'week' | 'month'>;

/**
 * People by the period of their first `start` event, and in which later periods they did a `return` event.
 *  first: ever    the first start event of all time must lie in the range: nobody old is called new;
 *         range   the first one within the range.
 *  mode:  on          they returned in that very period;
 *         onOrAfter   in that period or any later one of the range.
 */
export interface RetentionPlan extends Scope {
  readonly kind: 'retention';
  readonly start: Filter;
  readonly return: Filter;
  readonly period: RetentionPeriod;
  readonly mode: 'on' | 'onOrAfter';
  readonly first: 'ever' | 'range';
}

/** Which value follows which: from `start` on, or backward from `end`, or from the beginning of each sequence. */
export interface PathsPlan extends Scope {
  readonly kind: 'paths';
  readonly field: FieldName;
  readonly start?: Scalar;
  readonly end?: Scalar;
  readonly steps: number;
  readonly limit: number;
  readonly per: Per;
}

/** Where a session's own value comes from: the first or last page, or a field of its first event. */
export type SessionDimension = 'entryPath' | 'exitPath' | FieldName;

export interface SessionsPlan extends Scope {
  readonly kind: 'sessions';
  readonly by?: { readonly dimension: SessionDimension; readonly limit: number };
}

export interface UsersPlan extends Scope {
  readonly kind: 'users';
  readonly order: 'lastSeen' | 'firstSeen' | 'events';
  readonly limit: number;
  readonly after?: string;
}

/** One person's timeline, newest first, over every id that is theirs. */
export interface UserPlan extends Scope {
  readonly kind: 'user';
  /** Any id of theirs: a `userId`, an `anonymousId`. */
  readonly person: string;
  readonly limit: number;
  readonly after?: string;
}

/** The last 30 minutes by minute, the people of the last five, and what they look at. */
export interface LivePlan extends Scope {
  readonly kind: 'live';
  readonly limit: number;
}

export type AnalysisPlan =
  | FunnelPlan
  | RetentionPlan
  | PathsPlan
  | SessionsPlan
  | UsersPlan
  | UserPlan
  | LivePlan
  | ExperimentPlan;
