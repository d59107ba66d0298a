/** All statistics of an experiment's numbers, put together. Pure: the same numbers, the same answer. */
import { analyzeMeans } from './analyze-means.ts';
import { analyzeRates } from './analyze-rates.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import type { ExperimentAnalysis, ExperimentNumbers, MetricSums, RatioCheck } from './experiment.ts';
import { assignedOf, ratioCheck } from './sample-ratio.ts';
import { verdictsOf } from './verdict.ts';

const confidenceDefault = 0.95;

/** Variants in the order given; goals and currencies too. Never throws for numbers that can be counted. */
export function analyzeExperiment(numbers: ExperimentNumbers): ExperimentAnalysis {
  const {
    variants,
    goals,
    currencies,
    confidence = confidenceDefault,
    exact,
    beganEarlier = false,
  } = numbers;
  const level = 1 - confidence;
  const control = variants.find(({ key, exposed }) => key === numbers.control && exposed > 0)?.key;
  const analysis = adjusted({
    control: control ?? null,
    confidence,
    ratio: exact ? ratioOf(numbers) : null,
    goals: goals.map((goal, g) => {
      const rates = variants.map(({ key, exposed, converted }) => ({
        variant: key,
        exposed,
        converted: converted[g]!,
      }));
      const first = rates.find(({ variant }) => variant === control);
      return { goal, variants: analyzeRates(rates, first, level, exact) };
    }),
    money: currencies.map((currency, c) => {
      const sums = variants.map(({ key, exposed, money }) => ({
        variant: key,
        exposed,
        sums: beganEarlier ? withoutBefore(money[c]!) : money[c]!,
      }));
      return { currency, variants: analyzeMeans(sums, control, level, exact) };
    }),
    verdicts: [],
  });
  return { ...analysis, verdicts: verdictsOf(numbers, analysis) };
}

const withoutBefore = ({ units, sum, sumOfSquares }: MetricSums): MetricSums => ({
  units,
  sum,
  sumOfSquares,
});

/** A variant with a weight that nobody saw is the worst of mismatches. */
function ratioOf({ variants, weights }: ExperimentNumbers): RatioCheck | null {
  const unitsOf = new Map<string, number>();
  for (const variant of variants) {
    const units = assignedOf(variant);
    if (units === null) return null;
    unitsOf.set(variant.key, units);
  }
  const meant =
    weights === undefined ? variants.map(({ key }) => [key, 1] as const) : Object.entries(weights);
  return ratioCheck(meant.map(([key, weight]) => ({ key, weight, exposed: unitsOf.get(key) ?? 0 })));
}

/** With the p-values of all comparisons adjusted together. */
function adjusted(analysis: ExperimentAnalysis): ExperimentAnalysis {
  const rates = analysis.goals.flatMap(({ variants }) =>
    variants.map(({ comparison }) => comparison?.pValue ?? null),
  );
  const means = analysis.money.flatMap(({ variants }) =>
    variants.map(({ comparison }) => comparison?.cuped?.pValue ?? comparison?.pValue ?? null),
  );
  const values = benjaminiHochberg([...rates, ...means]).values();
  const withNext = <V extends { comparison: object | null }>(variant: V): V => {
    const adjustedPValue = values.next().value ?? null;
    return variant.comparison === null
      ? variant
      : { ...variant, comparison: { ...variant.comparison, adjustedPValue } };
  };
  return {
    ...analysis,
    goals: analysis.goals.map((goal) => ({ ...goal, variants: goal.variants.map(withNext) })),
    money: analysis.money.map((money) => ({ ...money, variants: money.variants.map(withNext) })),
  };
}
