/** The verdicts of one goal: all variants together where there is nothing to tell, else each against the control. */
import { enough, expectedMin } from './analyze-rates.ts';
import type { Comparison, ExperimentAnalysis, ExperimentNumbers, RateResult, Verdict } from './experiment.ts';
import { unitsForRate } from './sample-size.ts';
import { together } from './verdict-order.ts';
import { about, count, percent, pText, signedPercent, signedPoints } from './words.ts';

/** An interval of the lift within ± this tells that there is no difference worth waiting for. */
const smallLift = 0.05;
/** A need of more than this many times the units of now is no help to anybody. */
const moreTimesMax = 1000;

type Goal = ExperimentAnalysis['goals'][number];

export function rateVerdicts(
  { goal, variants }: Goal,
  numbers: ExperimentNumbers,
  analysis: ExperimentAnalysis,
): Verdict[] {
  const named = goal === null ? {} : { goal };
  const label = labelOf(goal, numbers);
  const seen = variants.filter(({ exposed }) => exposed > 0);
  if (seen.every(({ converted }) => converted === 0)) {
    return [
      { code: 'none_converted', tone: 'open', text: `${label}nobody has converted yet`, params: named },
    ];
  }
  if (seen.every(({ converted, exposed }) => converted === exposed)) {
    const text = `${label}everybody converted, whatever they saw: this goal cannot tell the variants apart`;
    return [{ code: 'all_converted', tone: 'note', text, params: named }];
  }
  const control = variants.find(({ variant }) => variant === analysis.control)!;
  const verdicts = seen.flatMap((variant) => {
    const { comparison } = variant;
    if (comparison === null) return [];
    const verdict = compared({ control, variant, comparison, numbers, analysis });
    const params = { ...named, variant: variant.variant, control: control.variant, ...verdict.params };
    return [{ ...verdict, text: `${label}${verdict.text}`, params }];
  });
  return together(
    verdicts,
    'too_few',
    (names) => `${label}too early to compare ${names} with ${control.variant}: ${needs}`,
  );
}

const needs = `about ${expectedMin} that convert and ${expectedMin} that don't are needed in each`;

function labelOf(goal: string | null, { goals }: ExperimentNumbers): string {
  if (goal) return `${goal}: `;
  if (goals.length === 1) return '';
  return goal === null ? 'any conversion: ' : 'without a goal: ';
}

/** Whoever looks every day needs more: the test that allows it must agree. */
export const holdsAnytime = ({ sequential }: Comparison, { confidence }: ExperimentAnalysis): boolean =>
  sequential !== null && sequential.pValue < 1 - confidence;

export const untilTheEnd =
  '; not yet clear enough for those who look again and again: wait for the planned end';

interface Pair {
  readonly control: RateResult;
  readonly variant: RateResult;
  readonly comparison: Comparison;
  readonly numbers: ExperimentNumbers;
  readonly analysis: ExperimentAnalysis;
}

function compared(pair: Pair): Verdict {
  const { control, variant, comparison, analysis } = pair;
  if (!enough(control, variant)) return tooFew(pair);
  const { low, high } = comparison.differenceInterval!;
  const pValue = comparison.adjustedPValue!;
  const shown = pValue < 1 - analysis.confidence && (low > 0 || high < 0);
  if (!shown) return notShown(pair);
  const up = comparison.difference > 0;
  const anytime = holdsAnytime(comparison, analysis);
  const text = `${variant.variant} converts ${up ? 'better' : 'worse'} than ${control.variant}: ${effect(pair)}, ${pText(pValue)}`;
  return {
    code: up ? 'better' : 'worse',
    // nothing is good or bad before the ratio is understood
    tone: analysis.ratio?.off ? 'open' : up ? 'good' : 'bad',
    text: anytime ? text : `${text}${untilTheEnd}`,
    params: { ...numbersOf(comparison), anytime },
  };
}

function tooFew({ control, variant }: Pair): Verdict {
  const of = (each: RateResult) => `${count(each.converted)} of ${count(each.exposed)} in ${each.variant}`;
  const text = `too early to compare ${variant.variant} with ${control.variant}: ${of(variant)} and ${of(control)} converted; ${needs}`;
  return { code: 'too_few', tone: 'open', text, params: {} };
}

function notShown(pair: Pair): Verdict {
  const { control, variant, comparison, numbers } = pair;
  const names = `between ${variant.variant} and ${control.variant}`;
  const params = numbersOf(comparison);
  const { liftInterval } = comparison;
  if (liftInterval !== null && liftInterval.low > -smallLift && liftInterval.high < smallLift) {
    const text = `no difference shown ${names}; if there is one, it is small: ${effect(pair)}`;
    return { code: 'no_difference', tone: 'open', text, params };
  }
  const text = `no difference shown yet ${names}: ${effect(pair)}`;
  const more = moreUnits(pair);
  const now = numbers.variants.reduce((sum, { exposed }) => sum + exposed, 0);
  if (more === 0 || more > now * moreTimesMax)
    return { code: 'no_difference_yet', tone: 'open', text, params };
  const needed = `if that is the true difference, about ${about(more)} more ${numbers.unit}s are needed to show it`;
  return {
    code: 'no_difference_yet',
    tone: 'open',
    text: `${text}; ${needed}`,
    params: { ...params, moreUnits: more },
  };
}

/** Until the smaller of the two has what the difference of now takes, when all variants grow alike. 80 % power. */
function moreUnits({ control, variant, comparison, numbers, analysis }: Pair): number {
  const { lift } = comparison;
  if (lift === null || lift === 0 || variant.rate === 0) return Number.POSITIVE_INFINITY;
  const needed = unitsForRate(control.rate!, lift, { confidence: analysis.confidence });
  const seen = numbers.variants.filter(({ exposed }) => exposed > 0).length;
  return seen * Math.max(0, needed - Math.min(control.exposed, variant.exposed));
}

/** As a lift where there is one, else as a difference. */
function effect({ comparison, analysis }: Pair): string {
  const { lift, liftInterval, difference, differenceInterval } = comparison;
  const sure = percent(analysis.confidence);
  if (lift !== null && liftInterval !== null) {
    const { low, high } = liftInterval;
    return `${signedPercent(lift)} (${sure} interval ${signedPercent(low)} to ${signedPercent(high)})`;
  }
  const { low, high } = differenceInterval!;
  return `${signedPoints(difference)} percentage points (${sure} interval ${signedPoints(low)} to ${signedPoints(high)})`;
}

function numbersOf({
  lift,
  liftInterval,
  difference,
  differenceInterval,
  pValue,
  adjustedPValue,
}: Comparison) {
  return {
    difference,
    ...(differenceInterval && {
      differenceLow: differenceInterval.low,
      differenceHigh: differenceInterval.high,
    }),
    ...(lift !== null && { lift }),
    ...(liftInterval && { liftLow: liftInterval.low, liftHigh: liftInterval.high }),
    ...(pValue !== null && { pValue }),
    ...(adjustedPValue !== null && { adjustedPValue }),
  };
}
