/**
 * The public JSON of answers: what `POST /api/v1/query` returns, what the dashboard and the command line read. Types
 * only. Counts are integers; money is exact decimal text ('-12.5') without trailing zeros; times are ISO 8601 in UTC.
 */
import type { JsonObject } from '../event/event.ts';
import type { MeanResult, RateResult, RatioCheck, Verdict } from '../experiment/experiment.ts';
import type { Interval } from '../plan/plan.ts';

export interface Answer<Data extends AnswerData = AnswerData> {
  readonly data: Data;
  readonly meta: AnswerMeta;
}

export type NumbersData = (SummaryData | TrendData | BreakdownData | SeriesData) & Compared;

/** The same question about another range; bucket by bucket where there are buckets. */
export interface Compared {
  readonly compare?: { readonly from: string; readonly to: string; readonly data: NumbersData };
}
export type AnalysisData =
  | FunnelData
  | PeopleData
  | RetentionData
  | PathsData
  | SessionsData
  | UserData
  | LiveData
  | ExperimentData;
export type AnswerData = NumbersData | EventsData | AnalysisData;

type Value = string | number | boolean | null;
/** `other`: all values past the limit together. */
interface Named {
  readonly value: Value;
  readonly other?: true;
}

export interface FunnelStepData {
  readonly name: string;
  /** Persons, or sessions, that came here. */
  readonly count: number;
  /** Of those of the first step, and of the step before; null when nobody was there. */
  readonly rate: number | null;
  readonly rateFromPrevious: number | null;
  /** Null for the first step and where nobody came. Off by at most 0.6 %. */
  readonly medianFromPreviousMs: number | null;
  readonly medianFromStartMs: number | null;
}

export interface FunnelGroup extends Named {
  /** By step. */
  readonly counts: readonly number[];
  readonly rates: readonly (number | null)[];
}

export interface FunnelData {
  readonly kind: 'funnel';
  readonly steps: readonly FunnelStepData[];
  /** From the first step to the last: how many took so long, [fromMs, toMs). */
  readonly toConvert: readonly {
    readonly fromMs: number;
    readonly toMs: number | null;
    readonly count: number;
  }[];
  readonly groups?: readonly FunnelGroup[];
}

export interface PersonData {
  /** Stands for the person inside Millrace; it changes when ids are linked. */
  readonly key: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly firstSeen: string;
  readonly lastSeen: string;
  /** Within the range. */
  readonly events: number;
}

export interface PeopleData {
  readonly kind: 'people';
  readonly people: readonly PersonData[];
  readonly next?: string;
}

export interface UserData {
  readonly kind: 'user';
  /** Null when nobody has this id. */
  readonly person: PersonData | null;
  /** Newest first. */
  readonly events: readonly EventData[];
  readonly next?: string;
}

export interface RetentionData {
  readonly kind: 'retention';
  readonly period: Interval;
  readonly timeZone: string;
  readonly periods: readonly Bucket[];
  /** One for each period: who started in it, and how many of them came back 1, 2, … periods later. */
  readonly cohorts: readonly { readonly people: number; readonly returned: readonly number[] }[];
}

export interface PathsData {
  readonly kind: 'paths';
  readonly field: string;
  readonly direction: 'forward' | 'backward';
  readonly sequences: number;
  /** By step from 0; `ends`: how many of the sequences have no next step. */
  readonly nodes: readonly (Named & {
    readonly step: number;
    readonly sequences: number;
    readonly ends: number;
  })[];
  /** From a node of `step` to one of the next. */
  readonly links: readonly {
    readonly step: number;
    readonly from: Named;
    readonly to: Named;
    readonly sequences: number;
  }[];
}

export interface SessionNumbers {
  readonly sessions: number;
  readonly users: number;
  /** From the first event to the last; null when there is no session, as those that follow. */
  readonly averageMs: number | null;
  readonly medianMs: number | null;
  /** The share of sessions of one page view and nothing else. */
  readonly bounceRate: number | null;
  readonly pageviewsPerSession: number | null;
}

export interface SessionsData {
  readonly kind: 'sessions';
  readonly total: SessionNumbers;
  readonly groups?: readonly (Named & SessionNumbers)[];
}

export interface LiveGroup extends Named {
  readonly events: number;
  readonly users: number;
}

export interface LiveData {
  readonly kind: 'live';
  /** Persons of the last five minutes. */
  readonly now: number;
  readonly minutes: readonly { readonly from: string; readonly events: number; readonly users: number }[];
  readonly pages: readonly LiveGroup[];
  readonly referrers: readonly LiveGroup[];
  readonly countries: readonly LiveGroup[];
}

/** Those with an exposure of a variant, whatever other variants they saw, and how many of them did what in the range. */
export interface Reach {
  readonly exposed: number;
  readonly pageviews: number;
  readonly exposures: number;
  readonly conversions: number;
}

export interface ExperimentVariant {
  readonly variant: string;
  /** Both absent when the plan asks for no reach. */
  readonly users?: Reach;
  readonly sessions?: Reach;
}

/** Money of a variant: the sum over its units and how many of them paid, and the statistics of the mean per exposed unit. */
export interface ExperimentMoney extends MeanResult {
  readonly units: number;
  /** Exact decimal text. */
  readonly sum: string;
}

export interface ExperimentDays {
  readonly timeZone: string;
  readonly buckets: readonly Bucket[];
  /** Arrays as long as `buckets`. */
  readonly variants: readonly {
    readonly variant: string;
    /** Units by the day of their first exposure. */
    readonly entered: readonly number[];
    /** Since the range began: exposed units, and those of them with a conversion. */
    readonly exposed: readonly number[];
    readonly converted: readonly number[];
  }[];
}

/** An experiment in numbers and words. Variants stand in the order of their bytes, everywhere. */
export interface ExperimentData {
  readonly kind: 'experiment';
  readonly experiment: string;
  readonly per: 'user' | 'session';
  /** What the others are compared with; null when there is no variant. */
  readonly control: string | null;
  /** How sure the intervals are: 0.95. */
  readonly confidence: number;
  readonly variants: readonly ExperimentVariant[];
  /** Units that saw several variants: left out of all that follows, or counted for each of them. */
  readonly mixed: { readonly units: number; readonly included: boolean };
  /** Exposures that name no variant: `millrace backfill` fills them from properties. */
  readonly unassigned: number;
  readonly ratio: RatioCheck | null;
  /** Units with a conversion of any goal (asked for). */
  readonly conversion: readonly RateResult[];
  /** By goal, most converted units first, or as asked; null: conversions that name none. */
  readonly goals: readonly { readonly goal: string | null; readonly variants: readonly RateResult[] }[];
  /** There only when the plan asks for it; ascending by currency, null: amounts without one. */
  readonly money?: readonly {
    readonly currency: string | null;
    readonly variants: readonly ExperimentMoney[];
  }[];
  readonly days?: ExperimentDays;
  /** What it all says, the most important first. */
  readonly verdicts: readonly Verdict[];
}

export interface AnswerMeta {
  /** Whether any `users` may be off; `error` is then its standard error as a share (0.008 is 0.8 %), else 0. */
  readonly approximate: boolean;
  readonly error: number;
  /** The store cannot be asked now; this is the last good answer, as of `asOf`. */
  readonly stale: boolean;
  /** The answer holds every event that was countable at this time, and perhaps later ones. */
  readonly asOf: string;
  /** Whether it was computed for an earlier asker. */
  readonly cached: boolean;
  /** What the store read: its rollups or its rows; words for people. */
  readonly source: string;
  readonly rowsRead: number;
  /** The share of the persons that was looked at; numbers are scaled up to all of them. */
  readonly sample?: number;
  /** How the answer was found; there only when the plan asks for it. */
  readonly explain?: Explanation;
  /** How long this asker waited, in milliseconds. */
  readonly durationMs: number;
}

export interface Explanation {
  /** What the store was asked for, in order. */
  readonly passes: readonly string[];
  readonly tables: readonly string[];
  readonly rowsRead: number;
  /** What computing it took; of an answer out of the cache, then. */
  readonly computedInMs: number;
  /** `none`: events themselves are read anew each time. */
  readonly cache: 'hit' | 'miss' | 'shared' | 'stale' | 'none';
}

/** Sum and friends of `amount` for one currency; null where events name an amount and no currency. */
export interface Money {
  readonly currency: string | null;
  /** How many events have an amount. */
  readonly count: number;
  readonly sum: string;
  /** sum / count, rounded half away from zero to six places. */
  readonly avg: string;
  readonly min: string;
  readonly max: string;
}

export interface Numbers {
  readonly events: number;
  /** Distinct persons; there only when the plan asks for `users`. */
  readonly users?: number;
  readonly sessions?: number;
  /** By 'p95(properties.load)'; null where no event has a number there. */
  readonly measures?: Readonly<Record<string, number | null>>;
  /** By currency, ascending; there only when the plan asks for `amount`. */
  readonly amount?: readonly Money[];
}

/** Which group: a value of the field (null: the field is absent), or, with `other`, all groups past the limit together. */
export interface GroupName {
  readonly value: string | number | boolean | null;
  readonly other?: true;
}

/** One set of numbers for the whole range. */
export interface SummaryData {
  readonly kind: 'summary';
  readonly total: Numbers;
  /** With `by`: most events first; `other`, when there is one, is the last. */
  readonly groups?: readonly (GroupName & Numbers)[];
}

/** The first groups by several fields together, and the rest. */
export interface BreakdownData {
  readonly kind: 'breakdown';
  /** The fields, in the order of the plan and of each group's `values`. */
  readonly by: readonly string[];
  readonly total: Numbers;
  /** Most events first, then by the bytes of the values; `other`, when there is one, is the last. */
  readonly groups: readonly (GroupValues & Numbers)[];
}

/** One value for each field (null: it is absent), or, with `other`, all groups past the limit together. */
export interface GroupValues {
  readonly values: readonly (string | number | boolean | null)[];
  readonly other?: true;
}

/** Events, newest first. */
export interface EventsData {
  readonly kind: 'events';
  readonly events: readonly EventData[];
  /** The `after` of the next page; absent on the last one. */
  readonly next?: string;
}

/**
 * One event: what was sent and what was derived from it. What is absent is left out. `POST /api/collect` takes it as it is;
 * see docs/decisions/030.
 */
export interface EventData {
  readonly eventId: string;
  readonly type: string;
  readonly timestamp: string;
  readonly receivedAt: string;
  readonly source: 'web' | 'mobile' | 'server';
  readonly bot: boolean;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly sessionId?: string;
  readonly viewId?: string;
  readonly url?: string;
  readonly host?: string;
  readonly path?: string;
  readonly referrer?: string;
  readonly referrerHost?: string;
  readonly channel?: string;
  readonly utmSource?: string;
  readonly utmMedium?: string;
  readonly utmCampaign?: string;
  readonly utmTerm?: string;
  readonly utmContent?: string;
  readonly title?: string;
  readonly screen?: string;
  readonly language?: string;
  readonly appVersion?: string;
  readonly os?: string;
  readonly device?: string;
  readonly browser?: string;
  readonly country?: string;
  readonly region?: string;
  readonly city?: string;
  readonly productId?: string;
  /** Exact decimal text. */
  readonly amount?: string;
  readonly currency?: string;
  readonly experimentId?: string;
  readonly variantKey?: string;
  /** The same paths and values as sent; keys with dots are nested. */
  readonly properties?: JsonObject;
}

export interface Bucket {
  /** Half-open [from, to). */
  readonly from: string;
  readonly to: string;
  /** False when the range cuts the bucket, or when it was not over at `meta.asOf`. */
  readonly complete: boolean;
}

/** Arrays as long as `buckets`. `sum` is '0', the others are null, where no event of the bucket has an amount. */
export interface MoneySeries {
  readonly currency: string | null;
  readonly count: readonly number[];
  readonly sum: readonly string[];
  readonly avg: readonly (string | null)[];
  readonly min: readonly (string | null)[];
  readonly max: readonly (string | null)[];
}

/** Arrays as long as `buckets`; 0 where nothing happened. */
export interface Series {
  readonly events: readonly number[];
  /** Distinct persons within each bucket; they do not add up over buckets. */
  readonly users?: readonly number[];
  readonly sessions?: readonly number[];
  readonly measures?: Readonly<Record<string, readonly (number | null)[]>>;
  readonly amount?: readonly MoneySeries[];
}

/** Numbers over time. */
export interface TrendData {
  readonly kind: 'trend';
  readonly interval: Interval;
  readonly timeZone: string;
  readonly buckets: readonly Bucket[];
  readonly total: Series;
  /** With `by`: most events over the whole range first; `other`, when there is one, is the last. */
  readonly groups?: readonly (GroupName & Series)[];
}

export interface NamedSeries {
  readonly name: string;
  /** As long as `buckets`, or one value. */
  readonly values: readonly (number | null)[];
}

/** The series asked for, then the formulas, in their order. */
export interface SeriesData {
  readonly kind: 'series';
  /** Of a trend; absent for a summary. */
  readonly interval?: Interval;
  readonly timeZone?: string;
  readonly buckets?: readonly Bucket[];
  readonly series: readonly NamedSeries[];
}

/** What `GET /api/v1/analytics/summary` returns. */
export interface SummaryBody {
  readonly data: {
    readonly totalEvents: number;
    readonly uniqueUsers: number;
    /** Events by type, most first, then by the type's bytes. An object without a prototype. */
    readonly eventsByType: Readonly<Record<string, number>>;
  };
  readonly cached: boolean;
  readonly meta: {
    readonly approximate: boolean;
    readonly error: number;
    readonly stale: boolean;
    readonly asOf: string;
    /** True when there are more types than `eventsByType` lists. */
    readonly truncated?: true;
  };
}

/** What `GET /api/v2/analytics/summary` returns. */
export interface SummaryBodyV2 {
  readonly data: {
    readonly total_events: number;
    readonly unique_users: number;
    /** As `eventsByType` of `SummaryBody`. */
    readonly events_by_type: Readonly<Record<string, number>>;
    /** The first and the last millisecond that were asked about. */
    readonly period: { readonly from: string; readonly to: string };
  };
  readonly meta: SummaryBody['meta'] & { readonly cached: boolean };
}
