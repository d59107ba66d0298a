/**
 * What the statistics of an experiment read, and what they make of it (analyze.ts). Data only. A unit is what was exposed: a person, or
 * a session. Numbers that do not exist (a lift over nothing, a test of one unit) are null, and `absent` says why.
 * Counts must be exact: an estimate that is off by half a percent looks just like a broken split (`exact` below).
 */
/** Amounts per unit, of every exposed unit: who has none counts as 0. Whole ten-thousandths (of a euro, a yen), so that sums are exact. */
export interface MetricSums {
  /** Units that have an amount at all. */
  readonly units: number;
  readonly sum: bigint;
  readonly sumOfSquares: bigint;
  /** The same metric of the same units before their exposure, for CUPED; without it there is no adjustment. */
  readonly before?: {
    readonly sum: bigint;
    readonly sumOfSquares: bigint;
    /** Of each unit's amount before and after. */
    readonly sumOfProducts: bigint;
  };
}

export interface VariantNumbers {
  readonly key: string;
  /** Units that saw this variant (and, unless mixed units are included, no other). */
  readonly exposed: number;
  /**
   * Units by which the ratio is checked, when they are others: users, when sessions are compared. Sessions of one person come together,
   * so their counts vary more than chance allows to independent units. Null: not known, the ratio is not checked.
   */
  readonly assigned?: number | null;
  /** Of the exposed, with a conversion at or after their first exposure: by goal, in the order of `goals`. At most `exposed`. */
  readonly converted: readonly number[];
  /** By currency, in the order of `currencies`. */
  readonly money: readonly MetricSums[];
}

export interface ExperimentNumbers {
  readonly unit: 'user' | 'session';
  /** Null is any conversion, '' those that name no goal. */
  readonly goals: readonly (string | null)[];
  /** '' is money without a currency. */
  readonly currencies: readonly string[];
  readonly variants: readonly VariantNumbers[];
  /** The key of the variant that the others are compared with. When it is not among the variants, nothing is compared. */
  readonly control: string;
  /** Units that saw two variants or more. */
  readonly mixed: number;
  /** Whether these are among the exposed (of each variant that they saw). */
  readonly mixedIncluded: boolean;
  /** Whether units saw the experiment before the range: then what they had before is an effect of it, and there is no CUPED. */
  readonly beganEarlier?: boolean;
  /** False when any count is an estimate: then rates are given, but no test, interval or warning. */
  readonly exact: boolean;
  /** Expected shares of the variants by key, of any sum; equal when absent. A variant that has no weight (or 0) is not checked. */
  readonly weights?: Readonly<Record<string, number>>;
  /** How sure intervals and verdicts are: 0.95 when absent. Above 0.5, below 1. */
  readonly confidence?: number;
}

/** Ends of an interval, both included. */
export interface Interval {
  readonly low: number;
  readonly high: number;
}

/** Why a number is null. */
export const absences = [
  'no_control',
  'no_units',
  'too_few_units',
  'none_converted',
  'all_converted',
  'no_variation',
  'mean_near_zero',
  'approximate_counts',
] as const;

export type Absence = (typeof absences)[number];

/** Sample-ratio check: do the variants have the shares that were meant? */
export interface RatioCheck {
  /** As expected of all checked units, by variant. */
  readonly expected: Readonly<Record<string, number>>;
  readonly chiSquare: number;
  readonly degreesOfFreedom: number;
  readonly pValue: number;
  /** Below the level of the warning (sample-ratio.ts). */
  readonly off: boolean;
}

/** Valid at whatever moment, and however often, one looks. */
export interface SequentialComparison {
  /** Of the difference. */
  readonly interval: Interval;
  readonly pValue: number;
}

/** A variant against the control. Differences are variant − control; lifts are variant / control − 1. */
export interface Comparison {
  readonly difference: number;
  readonly differenceInterval: Interval | null;
  readonly lift: number | null;
  readonly liftInterval: Interval | null;
  /** Two-sided, for one look at the end. */
  readonly pValue: number | null;
  /** The same (CUPED's where there is one), after Benjamini-Hochberg over all comparisons of the answer; verdicts go by it. */
  readonly adjustedPValue: number | null;
  readonly sequential: SequentialComparison | null;
  /** Why something is null, when it is. */
  readonly absent: Absence | null;
}

export interface RateResult {
  readonly variant: string;
  readonly exposed: number;
  readonly converted: number;
  readonly rate: number | null;
  readonly interval: Interval | null;
  /** Beta-Binomial with a flat prior: the chance that this variant's rate is the highest of all. Null beyond 20 variants. */
  readonly chanceToBeBest: number | null;
  /** What choosing this variant costs on average against the best one, as a rate (0.001: one conversion in 1,000 units). */
  readonly expectedLoss: number | null;
  /** Null for the control itself, and when there is none. */
  readonly comparison: Comparison | null;
}

/** A comparison of means after CUPED. */
export interface CupedComparison {
  readonly theta: number;
  /** 0.4: two fifths of the variance are explained by what units did before. */
  readonly varianceReduction: number;
  readonly difference: number;
  readonly differenceInterval: Interval;
  readonly pValue: number;
}

export interface MeanComparison extends Comparison {
  /** Of Welch's test. */
  readonly t: number | null;
  readonly degreesOfFreedom: number | null;
  readonly cuped: CupedComparison | null;
}

/** Money per exposed unit, in units of the currency (not ten-thousandths). */
export interface MeanResult {
  readonly variant: string;
  readonly exposed: number;
  readonly mean: number | null;
  readonly standardDeviation: number | null;
  readonly interval: Interval | null;
  readonly comparison: MeanComparison | null;
}

/** Rules of docs/experiments.md; their names stay. */
export const verdictCodes = [
  'no_exposures',
  'one_variant',
  'no_control',
  'approximate_counts',
  'ratio_off',
  'many_mixed',
  'sessions_depend',
  'began_earlier',
  'too_few',
  'none_converted',
  'all_converted',
  'no_variation',
  'better',
  'worse',
  'no_difference_yet',
  'no_difference',
] as const;

/** `stop`: do not read on before this is clear. `note`: good to know. */
export const verdictTones = ['good', 'bad', 'open', 'stop', 'note'] as const;
export type VerdictTone = (typeof verdictTones)[number];

/** What the numbers say, in words for people, and as data for a page that shows them (rules: docs/experiments.md). */
export interface Verdict {
  readonly code: (typeof verdictCodes)[number];
  readonly tone: VerdictTone;
  /** One sentence in English; lower-case start unless it begins with a name. */
  readonly text: string;
  /** What the text is made of: `variant`, `control`, `goal` or `currency`, numbers by name. */
  readonly params: Readonly<Record<string, string | number | boolean>>;
}

export interface ExperimentAnalysis {
  readonly control: string | null;
  readonly confidence: number;
  /** Null with fewer than two variants to check, no units, or approximate counts. */
  readonly ratio: RatioCheck | null;
  readonly goals: readonly { readonly goal: string | null; readonly variants: readonly RateResult[] }[];
  readonly money: readonly { readonly currency: string; readonly variants: readonly MeanResult[] }[];
  /** The most important first; never empty. */
  readonly verdicts: readonly Verdict[];
}
