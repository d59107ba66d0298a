/**
 * What a question is: data, checked once (`parsePlan`) and frozen. Ranges are half-open [from, to) in epoch milliseconds.
 * Nothing here knows a store, SQL or HTTP. Kinds of later versions are added to the union; old ones keep their meaning.
 */
import type { JsonValue } from '../event/event.ts';

export type Bots = 'exclude' | 'include' | 'only';
/** `events`: how many; `users`: distinct persons; `amount`: sum, avg, min, max of `amount` by currency. */
export type Metric = 'events' | 'users' | 'amount';
export type Interval = '15m' | 'hour' | 'day' | 'week' | 'month';
/** A field of the event row ('country') or a path into properties ('properties.plan', 'properties.cart.size'). */
export type FieldName = string;
export type Scalar = string | number | boolean;

/** Two-valued logic: a comparison with an absent field, or of another type, is false; `not` turns it round. */
export type Filter =
  | { readonly and: readonly Filter[] }
  | { readonly or: readonly Filter[] }
  | { readonly not: Filter }
  | { readonly field: FieldName; readonly op: 'eq'; readonly value: Scalar }
  | { readonly field: FieldName; readonly op: 'in'; readonly value: readonly Scalar[] }
  | { readonly field: FieldName; readonly op: 'contains' | 'startsWith'; readonly value: string }
  | { readonly field: FieldName; readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: string | number }
  | { readonly field: FieldName; readonly op: 'exists' };

/** Groups the answer by one field; past `limit` groups (most events first, ties by bytes) the rest is one group "other". */
export interface By {
  readonly field: FieldName;
  readonly limit: number;
}

/** Which events a question is about. */
export interface Scope {
  readonly version: 1;
  readonly project: string;
  readonly from: number;
  readonly to: number;
  /** IANA name; decides where days, weeks and months begin. */
  readonly timeZone: string;
  readonly bots: Bots;
  readonly filter?: Filter;
}

interface Common extends Scope {
  readonly metrics: readonly Metric[];
  /** Asks for true distinct counts instead of sketches. */
  readonly exact: boolean;
}

export interface SummaryPlan extends Common {
  readonly kind: 'summary';
  readonly by?: By;
}

export interface TrendPlan extends Common {
  readonly kind: 'trend';
  readonly interval: Interval;
  readonly by?: By;
}

/** The first groups by several fields together: a group is one value of each. Ordered and cut like `By`. */
export interface BreakdownPlan extends Common {
  readonly kind: 'breakdown';
  readonly by: readonly { readonly field: FieldName }[];
  readonly limit: number;
}

/** A question whose answer is numbers, by group and bucket: what a store's `run` answers. */
export type Plan = SummaryPlan | TrendPlan | BreakdownPlan;

/** A question whose answer is the events themselves, newest first, page by page. */
export interface EventsPlan extends Scope {
  readonly kind: 'events';
  /** Events of a page. */
  readonly limit: number;
  /** The `next` of the page before; see position.ts. */
  readonly after?: string;
}

export type AnyPlan = Plan | EventsPlan;
export type PlanKind = AnyPlan['kind'];
export type { JsonValue };
