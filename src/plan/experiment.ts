/**
 * The question about an experiment: data only. A unit (a person, or a session) is in the variant that it was exposed to; what it
 * does at or after the time of its first exposure counts for the variant. docs/semantics.md says it with examples.
 */
import type { Per } from './analysis.ts';
import type { Scope } from './plan.ts';

/** Each built-in type and the same in capitals; no other spelling is one. */
export const exposureTypes: readonly string[] = ['EXPOSURE', 'exposure'];
export const conversionTypes: readonly string[] = ['CONVERSION', 'conversion'];
export const pageviewTypes: readonly string[] = ['PAGEVIEW', 'pageview'];

/** Goals that are told by themselves: those asked for, or those with most converted units. */
export const goalsMax = 10;
/** Variants of one experiment: those with most exposed users; past it what is sent as a variant is none. */
export const variantsMax = 50;
/** Days of one answer. */
export const experimentDaysMax = 400;

/** The filter chooses exposures: one that it does not let through is none. All that units do besides is looked at unfiltered. */
export interface ExperimentPlan extends Scope {
  readonly kind: 'experiment';
  /** The `experimentId`. */
  readonly experiment: string;
  readonly per: Per;
  /** Values of `properties.goal`; absent: every conversion counts. */
  readonly goals?: readonly string[];
  /** Asks for the users and the sessions of each variant, and what else they did: it costs as much again as all the rest. */
  readonly reach: boolean;
  /** Asks for `amount` by currency. */
  readonly money: boolean;
  /** Counts units that saw several variants for each of them, from its first exposure on; else they are left out. */
  readonly includeMixed: boolean;
  /** The variant that the others are compared with. */
  readonly control?: string;
  /** Shares of the variants as they were meant, of any sum; absent: all the same. A variant without one is not checked. */
  readonly weights?: Readonly<Record<string, number>>;
  readonly byDay: boolean;
  /** Asks for numbers out of rows. */
  readonly exact: boolean;
}
