/** An experiment's answer as lines for a terminal: first what it says in words, then a table for each goal and each currency. */
import type { Comparison, Interval, MeanComparison, RateResult } from '../experiment/experiment.ts';
import { percent, pValue, signedMoney, signedPercent } from '../experiment/words.ts';
import type { ExperimentData } from '../query/wire.ts';
import { type Column, grouped, printable, table } from './table.ts';

/** Verdicts hold names of senders, whole; a sentence is not cut. */
const sentenceCharactersMax = 1_000;
const right = (title: string): Column => ({ title, align: 'right' });

export function experimentLines(data: ExperimentData): string[] {
  const total = { goal: data.goals.length > 0 ? 'any conversion' : 'conversion', variants: data.conversion };
  return [
    ...data.verdicts.map(({ tone, text }) => `${marks[tone]} ${printable(text, sentenceCharactersMax)}`),
    ...[total, ...data.goals].flatMap(({ goal, variants }) => [
      '',
      ...goalLines(goal ?? 'without a goal', variants, data),
    ]),
    ...(data.money ?? []).flatMap(({ currency, variants }) => [
      '',
      ...moneyLines(currency ?? 'no currency', variants, data),
    ]),
    ...remarks(data),
  ];
}

const marks = { good: '+', bad: '-', open: '·', stop: '!', note: '*' } as const;

function goalLines(goal: string, variants: readonly RateResult[], data: ExperimentData): string[] {
  const columns = [
    { title: printable(goal) },
    ...['exposed', 'converted', 'rate', sureOf(data), 'lift'].map(right),
  ];
  const rows = variants.map(({ variant, exposed, converted, rate, interval, comparison, chanceToBeBest }) => [
    nameOf(variant, data),
    grouped(exposed),
    grouped(converted),
    rate === null ? '' : rateText(rate),
    interval === null ? '' : between(interval, rateText),
    comparison === null || comparison.lift === null ? '' : signedPercent(comparison.lift),
    p(comparison),
    chanceToBeBest === null ? '' : `${(chanceToBeBest * 100).toFixed(1)} %`,
  ]);
  return table([...columns, right('adjusted p'), right('best with chance')], rows);
}

function moneyLines(
  currency: string,
  variants: NonNullable<ExperimentData['money']>[number]['variants'],
  data: ExperimentData,
): string[] {
  const columns = [
    { title: printable(currency) },
    ...['exposed', 'with amounts', 'sum', `mean per ${data.per}`].map(right),
  ];
  const rows = variants.map(({ variant, exposed, units, sum, mean, comparison }) => [
    nameOf(variant, data),
    grouped(exposed),
    grouped(units),
    grouped(sum),
    mean === null ? '' : String(Number(mean.toPrecision(4))),
    ...differenceOf(comparison),
    p(comparison),
  ]);
  return table([...columns, right('difference'), right(sureOf(data)), right('adjusted p')], rows);
}

function differenceOf(comparison: MeanComparison | null): [string, string] {
  if (comparison === null) return ['', ''];
  const { difference, differenceInterval } = comparison.cuped ?? comparison;
  return [
    signedMoney(difference),
    differenceInterval === null ? '' : between(differenceInterval, signedMoney),
  ];
}

function remarks({ mixed, unassigned, per, money }: ExperimentData): string[] {
  const how = mixed.included ? 'counted for each of them' : 'left out';
  const cuped = money?.some(({ variants }) => variants.some(({ comparison }) => comparison?.cuped));
  const lines = [
    ...(mixed.units > 0 ? [`${grouped(mixed.units)} ${per}s saw several variants: ${how}`] : []),
    ...(unassigned > 0 ? [`${grouped(unassigned)} exposures name no variant`] : []),
    ...(cuped ? ['differences of money are adjusted by what the same users had before (CUPED)'] : []),
  ];
  return lines.length > 0 ? ['', ...lines] : [];
}

const nameOf = (variant: string, { control }: ExperimentData) =>
  `${printable(variant)}${variant === control ? ' (control)' : ''}`;

const sureOf = ({ confidence }: ExperimentData) => `${percent(confidence)} interval`;
const rateText = (rate: number) => `${(rate * 100).toFixed(2)} %`;
const between = ({ low, high }: Interval, text: (value: number) => string) => `${text(low)} to ${text(high)}`;
const p = (comparison: Comparison | null) =>
  comparison?.adjustedPValue == null ? '' : pValue(comparison.adjustedPValue);
