/**
 * What a question is: data, checked once (`parsePlan`) and frozen. Ranges are half-open [from, to) in epoch milliseconds.
 * Nothing here knows a store, SQL or HTTP. Kinds of later versions are added to the union; old ones keep their meaning.
 */
import type { JsonValue } from '../event/event.ts';
import type { AnalysisPlan } from './analysis.ts';

export type Bots = 'exclude' | 'include' | 'only';
/**
 * `events`: how many; `users`: distinct persons; `sessions`: distinct sessions, see analysis.ts; `amount`: sum, avg, min, max of
 * `amount` by currency.
 */
export type Metric = 'events' | 'users' | 'sessions' | 'amount';
export type Aggregate = 'sum' | 'avg' | 'min' | 'max' | 'median' | 'p90' | 'p95' | 'p99' | 'distinct';
/**
 * One number out of the values of a field: over the events on which it is a number (`distinct`: on which it is there at all).
 * Percentiles interpolate linearly between the two values that they fall between, as spreadsheets' PERCENTILE.INC.
 */
export interface Measure {
  readonly agg: Aggregate;
  /** A property; `amount`, then of one currency; for `distinct` any field. */
  readonly of: FieldName;
  readonly currency?: string;
}
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
  /** A regular expression, found anywhere in the text: see pattern.ts. */
  | { readonly field: FieldName; readonly op: 'matches'; readonly value: string }
  | { readonly field: FieldName; readonly op: 'gt' | 'gte' | 'lt' | 'lte'; readonly value: string | number }
  | { readonly field: FieldName; readonly op: 'exists' }
  | { readonly cohort: Cohort };

/** Events of the persons who have at least so many events that match, in [from, to). */
export interface Cohort {
  readonly project: string;
  readonly bots: Bots;
  readonly filter: Filter;
  readonly atLeast: number;
  readonly from: number;
  readonly to: number;
}

/** Groups the answer by one field; past `limit` groups (most events first, ties by bytes) the rest is one group "other". */
export interface By {
  readonly field: FieldName;
  readonly limit: number;
  /** What is told of each group, some of the plan's metrics; absent: all of them. Persons by group cost the most. */
  readonly metrics?: readonly Metric[];
}

export type WeekDay = 'monday' | 'tuesday' | 'wednesday' | 'thursday' | 'friday' | 'saturday' | 'sunday';

/** Which events a question is about. */
export interface Scope {
  readonly version: 1;
  readonly project: string;
  readonly from: number;
  readonly to: number;
  /** IANA name; decides where days, weeks and months begin. */
  readonly timeZone: string;
  /** Absent: Monday. */
  readonly weekStart?: WeekDay;
  readonly bots: Bots;
  readonly filter?: Filter;
  /** Only this share of the persons, by their keys (events of nobody: by their places): 0.1 is a tenth. In steps of 0.0001. */
  readonly sample?: number;
  /** Asks how the answer was found. */
  readonly explain?: true;
}

/** Another range that the same question is asked of, to stand beside the first. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One line of an answer: one number of the events that match the plan's filter and this one. */
export interface Series {
  readonly name: string;
  readonly filter?: Filter;
  readonly metric: Exclude<Metric, 'amount'> | Measure;
}

/** Arithmetic over the numbers of series, bucket by bucket: 'A / B * 100'. */
export interface Formula {
  readonly name: string;
  readonly formula: string;
}

interface Common extends Scope {
  readonly metrics: readonly Metric[];
  readonly measures?: readonly Measure[];
  readonly compare?: Range;
  /** Asks for true distinct counts instead of sketches. */
  readonly exact: boolean;
}

/** With `series`, which stand in the place of metrics and `by`. */
interface WithSeries {
  readonly series?: readonly Series[];
  readonly formulas?: readonly Formula[];
}

export interface SummaryPlan extends Common, WithSeries {
  readonly kind: 'summary';
  readonly by?: By;
}

export interface TrendPlan extends Common, WithSeries {
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

export type AnyPlan = Plan | EventsPlan | AnalysisPlan;
export type PlanKind = AnyPlan['kind'];
export type { JsonValue };
