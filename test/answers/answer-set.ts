/** Hand-written answers as data: these events, this question, this answer. Read them to learn what a question means. */
import type { JsonObject } from '../../src/event/event.ts';
import type {
  BreakdownData,
  Compared,
  EventsData,
  Series,
  SummaryData,
  TrendData,
} from '../../src/query/wire.ts';
import type { ShownAnalysis } from './shown.ts';

/** An event as a case writes it; what is left out is absent. */
export interface GivenEvent {
  /** ISO 8601. */
  readonly at: string;
  /** 'pageview' unless said otherwise. */
  readonly type?: string;
  readonly userId?: string;
  readonly anonymousId?: string;
  readonly previousId?: string;
  readonly sessionId?: string;
  readonly source?: 'web' | 'mobile' | 'server';
  readonly bot?: boolean;
  readonly country?: string;
  readonly path?: string;
  readonly referrerHost?: string;
  /** Decimal text. */
  readonly amount?: string;
  readonly currency?: string;
  readonly properties?: JsonObject;
}

export type ExpectedAnswer =
  | (Omit<SummaryData, 'kind'> & Compared)
  | Omit<BreakdownData, 'kind'>
  | Omit<EventsData, 'kind'>
  | {
      /** Borders of the buckets, one more than there are buckets: '2025-03-30T22:00'. */
      readonly edges: readonly string[];
      /** Which buckets the range cuts; the others are complete. */
      readonly cut?: readonly number[];
      readonly total: Series;
      readonly groups?: TrendData['groups'];
    }
  /** What a case leaves out of these may be anything. */
  | Partial<ShownAnalysis>;

export interface AnswerCase {
  /** A sentence in the present tense. */
  readonly name: string;
  /** The plan as an asker sends it, over the set's own. */
  readonly question: Readonly<Record<string, unknown>>;
  readonly answer: ExpectedAnswer;
}

export interface AnswerSet {
  readonly about: string;
  readonly events: readonly GivenEvent[];
  /** Where its answers show places of the log. */
  readonly partition?: number;
  /** What all questions of the set have in common. */
  readonly question: Readonly<Record<string, unknown>>;
  readonly cases: readonly AnswerCase[];
}
