/** What an experiment answers, as schemas: the types of query/wire.ts and experiment/experiment.ts. */
import { absences, verdictCodes, verdictTones } from '../../experiment/experiment.ts';
import {
  count,
  decimal,
  flag,
  list,
  mapOf,
  named,
  number,
  object,
  oneOf,
  orNull,
  ref,
  type Schema,
  text,
} from './describe.ts';

type Members = Readonly<Record<string, Schema>>;

const orNullRef = (name: string): Schema => ({ anyOf: [ref(name), { type: 'null' }] });
const perhaps = orNull(number);

const interval = object({ low: number, high: number });
const comparison: Members = {
  difference: named(number, 'Of the variant to the control.'),
  differenceInterval: orNullRef('ConfidenceInterval'),
  lift: named(perhaps, 'variant / control − 1'),
  liftInterval: orNullRef('ConfidenceInterval'),
  pValue: named(perhaps, 'Two-sided, for one look at the end.'),
  adjustedPValue: named(
    perhaps,
    'After Benjamini-Hochberg over all comparisons of the answer; verdicts go by it.',
  ),
  sequential: named(
    { anyOf: [object({ interval: ref('ConfidenceInterval'), pValue: number }), { type: 'null' }] },
    'Valid at whatever moment one looks.',
  ),
  absent: {
    enum: [...absences, null],
    description: 'Why a number is null, when one is.',
  },
};
const mean: Members = {
  variant: text,
  exposed: count,
  mean: perhaps,
  standardDeviation: perhaps,
  interval: orNullRef('ConfidenceInterval'),
  comparison: orNullRef('MeanComparison'),
};

export const experimentSchemas: Members = {
  ConfidenceInterval: interval,
  Comparison: object(comparison),
  MeanComparison: object({
    ...comparison,
    t: named(perhaps, "Of Welch's test."),
    degreesOfFreedom: perhaps,
    cuped: orNullRef('CupedComparison'),
  }),
  CupedComparison: object({
    theta: number,
    varianceReduction: number,
    difference: number,
    differenceInterval: ref('ConfidenceInterval'),
    pValue: number,
  }),
  RateResult: object({
    variant: text,
    exposed: count,
    converted: count,
    rate: perhaps,
    interval: orNullRef('ConfidenceInterval'),
    chanceToBeBest: perhaps,
    expectedLoss: perhaps,
    comparison: orNullRef('Comparison'),
  }),
  ExperimentMoney: object({ ...mean, units: named(count, 'Who paid.'), sum: decimal }),
  RatioCheck: object({
    expected: mapOf(number),
    chiSquare: number,
    degreesOfFreedom: number,
    pValue: number,
    off: named(flag, 'The variants do not have the shares that were meant.'),
  }),
  Reach: object({ exposed: count, pageviews: count, exposures: count, conversions: count }),
  ExperimentVariant: object({ variant: text }, { users: ref('Reach'), sessions: ref('Reach') }),
  ExperimentDays: object({
    timeZone: text,
    buckets: list(ref('Bucket')),
    variants: list(
      object({ variant: text, entered: list(count), exposed: list(count), converted: list(count) }),
    ),
  }),
  Verdict: object({
    code: oneOf(...verdictCodes),
    tone: oneOf(...verdictTones),
    text,
    params: mapOf({ type: ['string', 'number', 'boolean'] }),
  }),
  ExperimentData: object(
    {
      kind: { const: 'experiment' },
      experiment: text,
      per: oneOf('user', 'session'),
      control: named(orNull(text), 'What the others are compared with.'),
      confidence: number,
      variants: list(ref('ExperimentVariant')),
      mixed: object({ units: count, included: flag }),
      unassigned: named(count, 'Exposures that name no variant.'),
      ratio: orNullRef('RatioCheck'),
      conversion: list(ref('RateResult')),
      goals: list(object({ goal: orNull(text), variants: list(ref('RateResult')) })),
      verdicts: named(list(ref('Verdict')), 'What it all says, the most important first.'),
    },
    {
      money: list(object({ currency: orNull(text), variants: list(ref('ExperimentMoney')) })),
      days: ref('ExperimentDays'),
    },
  ),
};
