/** Money per exposed unit in one currency: each variant's own, and each against the control's. */
import { expectedMin } from './analyze-rates.ts';
import { type Cuped, cuped } from './cuped.ts';
import type {
  Absence,
  CupedComparison,
  MeanComparison,
  MeanResult,
  MetricSums,
  SequentialComparison,
} from './experiment.ts';
import { meanInterval, meanLift, meanLiftInterval, type WelchTest, welchTest } from './means.ts';
import { type Moments, momentsOf } from './moments.ts';
import { sequentialComparison } from './sequential.ts';

/** Fewer units than this on a side say nothing about a mean of amounts, most of which are 0. */
export const meanUnitsMin = 30;

export interface NamedSums {
  readonly variant: string;
  readonly exposed: number;
  readonly sums: MetricSums;
}

interface Counted extends Moments {
  readonly variant: string;
  /** Units that have an amount. */
  readonly having: number;
}

/** p-values are adjusted later, when all comparisons are known. `control`: its key, undefined when it has no units. */
export function analyzeMeans(
  named: readonly NamedSums[],
  control: string | undefined,
  level: number,
  exact: boolean,
): MeanResult[] {
  const counted = named
    .filter(({ exposed }) => exposed > 0)
    .map(
      ({ variant, exposed, sums }): Counted => ({ variant, having: sums.units, ...momentsOf(exposed, sums) }),
    );
  const adjusted = exact ? cuped(counted) : null;
  const first = counted.findIndex(({ variant }) => variant === control);
  return named.map(({ variant, exposed }) => {
    const k = counted.findIndex((each) => each.variant === variant);
    const own = counted[k];
    return {
      variant,
      exposed,
      mean: own?.mean ?? null,
      standardDeviation: own === undefined || own.count < 2 || !exact ? null : Math.sqrt(own.variance),
      interval: own === undefined || !exact ? null : meanInterval(own, level),
      comparison:
        own === undefined || first === -1 || first === k
          ? null
          : compareMeans(counted[first]!, own, cupedTest(adjusted, first, k, level), level, exact),
    };
  });
}

function compareMeans(
  control: Counted,
  own: Counted,
  cupedComparison: CupedComparison | null,
  level: number,
  exact: boolean,
): MeanComparison {
  const test = exact ? welchTest(control, own, level) : null;
  const liftInterval = test && meanLiftInterval(control, own, test, level);
  return {
    difference: own.mean - control.mean,
    differenceInterval: test?.interval ?? null,
    lift: meanLift(control, own),
    liftInterval,
    pValue: test?.pValue ?? null,
    adjustedPValue: null,
    sequential: test && sequentialMeans(control, own, level),
    absent: exact ? absenceOf(control, own, test, liftInterval !== null) : 'approximate_counts',
    t: test?.t ?? null,
    degreesOfFreedom: test?.degreesOfFreedom ?? null,
    cuped: cupedComparison,
  };
}

function absenceOf(control: Counted, own: Counted, test: WelchTest | null, lifted: boolean): Absence | null {
  const fewest = Math.min(control.count, own.count);
  const having = (control.having + own.having) / (control.count + own.count);
  if (fewest < meanUnitsMin) return 'too_few_units';
  if (test === null) return 'no_variation';
  if (fewest * having < expectedMin) return 'too_few_units';
  return lifted ? null : 'mean_near_zero';
}

/** The comparison for who looks often; null as long as there are too few, or nothing varies. */
export function sequentialMeans(control: Moments, own: Moments, level: number): SequentialComparison | null {
  if (Math.min(control.count, own.count) < meanUnitsMin) return null;
  const variance = control.variance / control.count + own.variance / own.count;
  if (variance === 0) return null;
  return sequentialComparison(own.mean - control.mean, variance, control.count + own.count, level);
}

function cupedTest(
  adjusted: Cuped | null,
  control: number,
  own: number,
  level: number,
): CupedComparison | null {
  if (adjusted === null) return null;
  const test = welchTest(adjusted.adjusted[control]!, adjusted.adjusted[own]!, level);
  if (test === null) return null;
  const { theta, varianceReduction } = adjusted;
  const { difference, interval, pValue } = test;
  return { theta, varianceReduction, difference, differenceInterval: interval, pValue };
}
