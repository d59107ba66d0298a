/** The verdicts of money in one currency, each variant against the control; by CUPED's numbers where there are some. */
import { meanUnitsMin } from './analyze-means.ts';
import { expectedMin } from './analyze-rates.ts';
import type { ExperimentAnalysis, ExperimentNumbers, MeanComparison, Verdict } from './experiment.ts';
import { together } from './verdict-order.ts';
import { holdsAnytime, untilTheEnd } from './verdict-rates.ts';
import { percent, pText, signedMoney } from './words.ts';

type Money = ExperimentAnalysis['money'][number];

export function meanVerdicts(
  { currency, variants }: Money,
  { unit }: ExperimentNumbers,
  analysis: ExperimentAnalysis,
): Verdict[] {
  const control = analysis.control!;
  const label = currency === '' ? 'money without a currency' : currency;
  const verdicts = variants.flatMap(({ variant, comparison }) => {
    if (comparison === null) return [];
    const names = { variant, control, currency, unit };
    const { text, ...verdict } = compared(names, comparison, analysis);
    const anytime = holdsAnytime(comparison, analysis);
    const params = { currency, variant, control, anytime, ...numbersOf(comparison) };
    return [{ ...verdict, text: `${label}: ${text}`, params }];
  });
  const tooFew = together(
    verdicts,
    'too_few',
    (names) => `${label}: ${tooEarly({ variant: names, control, unit })}`,
  );
  return together(
    tooFew,
    'no_variation',
    (names) => `${label}: ${noVariation({ variant: names, control, unit })}`,
  );
}

const tooEarly = ({ variant, control, unit }: Names) =>
  `too early to compare ${variant} with ${control}: at least ${meanUnitsMin} ${unit}s of each are needed, and about ${expectedMin} of them with amounts`;

const noVariation = ({ variant, control }: Names) =>
  `no amount of ${variant} or ${control} differs from another: there is nothing to test`;

interface Names {
  readonly variant: string;
  readonly control: string;
  readonly unit: string;
}

function compared(
  names: Names,
  comparison: MeanComparison,
  analysis: ExperimentAnalysis,
): Pick<Verdict, 'code' | 'tone' | 'text'> {
  if (comparison.absent === 'too_few_units') {
    return { code: 'too_few', tone: 'open', text: tooEarly(names) };
  }
  if (comparison.pValue === null) {
    return { code: 'no_variation', tone: 'open', text: noVariation(names) };
  }
  const { variant, control, unit } = names;
  const { difference, differenceInterval } = comparison.cuped ?? comparison;
  const { low, high } = differenceInterval!;
  const by = `${signedMoney(difference)} per ${unit} (${percent(analysis.confidence)} interval ${signedMoney(low)} to ${signedMoney(high)})`;
  const pValue = comparison.adjustedPValue!;
  if (!(pValue < 1 - analysis.confidence && (low > 0 || high < 0))) {
    const text = `no difference shown yet between ${variant} and ${control}: ${by}`;
    return { code: 'no_difference_yet', tone: 'open', text };
  }
  const up = difference > 0;
  const text = `${variant} brings ${up ? 'more' : 'less'} than ${control}: ${by}, ${pText(pValue)}`;
  return {
    code: up ? 'better' : 'worse',
    tone: analysis.ratio?.off ? 'open' : up ? 'good' : 'bad',
    text: holdsAnytime(comparison, analysis) ? text : `${text}${untilTheEnd}`,
  };
}

function numbersOf({ cuped, difference, differenceInterval, pValue, adjustedPValue }: MeanComparison) {
  const shown = cuped ?? { difference, differenceInterval, pValue };
  return {
    cuped: cuped !== null,
    difference: shown.difference,
    ...(shown.differenceInterval && {
      differenceLow: shown.differenceInterval.low,
      differenceHigh: shown.differenceInterval.high,
    }),
    ...(shown.pValue !== null && { pValue: shown.pValue }),
    ...(adjustedPValue !== null && { adjustedPValue }),
  };
}
