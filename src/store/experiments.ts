/**
 * What a store gives for the question about an experiment (plan/experiment.ts), part of the contract of analyses.ts:
 * 13. The numbers of an experiment are those of the evaluator (store/memory/evaluate-experiment.ts), of the same rows.
 */
import type { ExperimentPlan } from '../plan/experiment.ts';
import type { Scope } from '../plan/plan.ts';

export interface ExperimentQuestion
  extends Pick<
    ExperimentPlan,
    'experiment' | 'per' | 'goals' | 'reach' | 'money' | 'includeMixed' | 'exact'
  > {
  /** Without `sample`. */
  readonly scope: Scope;
  /** Borders of the days, ascending, epoch ms; without days the range's own. */
  readonly edges: readonly number[];
}

/** Those with an exposure of a variant, whatever other variants they saw, and how many of them did what in the range. */
export interface Reach {
  readonly exposed: number;
  readonly pageviews: number;
  readonly conversions: number;
}

/** Money of one currency: of each unit the sum of its amounts, then over units. Units without any count as 0. */
export interface MoneyCell {
  /** '' where events name none. */
  readonly currency: string;
  /** Units with an amount at or after their first exposure. */
  readonly units: number;
  /** Ten-thousandths. */
  readonly sum: bigint;
  /** Squares of ten-thousandths. */
  readonly squares: bigint;
  /** Of the same units, in the time before the range that is as long as the range; 0 per session. */
  readonly before: bigint;
  readonly beforeSquares: bigint;
  /** Of what each unit had after and before. */
  readonly products: bigint;
}

export interface VariantCell {
  readonly variant: string;
  /** There only when the question asks for reach. */
  readonly users?: Reach;
  readonly sessions?: Reach;
  /** The units that are compared: those that saw this variant alone, or all that saw it. */
  readonly units: number;
  /** Of these, with a conversion (of one of the goals asked for) at or after their first exposure. */
  readonly converted: number;
  /** Goals in the order of `ExperimentRows.goals`. */
  readonly goals: readonly number[];
  /** Ascending by currency. */
  readonly money: readonly MoneyCell[];
  /** By bucket of the question's edges: units by their first exposure, and by their first conversion after it. */
  readonly entered: readonly number[];
  readonly convertedFirst: readonly number[];
}

export interface ExperimentRows {
  /** Ascending by bytes; at most `variantsMax`: those with most units. */
  readonly variants: readonly VariantCell[];
  /** Those asked for; else those with most converted units, then by bytes, at most `goalsMax`. '': conversions that name none. */
  readonly goals: readonly string[];
  /** Units that saw more than one variant. */
  readonly mixed: number;
  /** Exposures of the experiment that name no variant. */
  readonly unassigned: number;
  readonly rowsRead: number;
  readonly source: string;
}
