/**
 * What an experiment's numbers say, in words for people. The rules are in docs/experiments.md: first what makes a comparison
 * impossible, alone; else what makes it doubtful, and each goal and each currency, variant by variant.
 */
import type { ExperimentAnalysis, ExperimentNumbers, Verdict } from './experiment.ts';
import { assignedOf } from './sample-ratio.ts';
import { meanVerdicts } from './verdict-means.ts';
import { mostImportantFirst, namesMax } from './verdict-order.ts';
import { rateVerdicts } from './verdict-rates.ts';
import { count, counted, percent, pText } from './words.ts';

/** A larger share of units that saw several variants is worth a word. */
const mixedShareMin = 0.01;

/** The most important first; at least one. */
export function verdictsOf(numbers: ExperimentNumbers, analysis: ExperimentAnalysis): Verdict[] {
  const impossible = whyImpossible(numbers, analysis);
  if (impossible !== undefined) return [impossible, ...mixedVerdict(numbers)];
  const verdicts = [
    ...ratioVerdict(numbers, analysis),
    ...mixedVerdict(numbers),
    ...analysis.goals.flatMap((goal) => rateVerdicts(goal, numbers, analysis)),
    ...analysis.money.flatMap((money) => meanVerdicts(money, numbers, analysis)),
    ...earlierVerdict(numbers),
    ...sessionVerdict(numbers),
  ];
  return verdicts.length > 0 ? mostImportantFirst(verdicts) : [noResults];
}

function whyImpossible(
  { variants, control, unit, exact }: ExperimentNumbers,
  analysis: ExperimentAnalysis,
): Verdict | undefined {
  const seen = variants.filter(({ exposed }) => exposed > 0);
  if (seen.length === 0) {
    return stop(
      'no_exposures',
      `no ${unit} has seen a variant: there is no exposure of this experiment in the range`,
    );
  }
  if (seen.length === 1) {
    const { key, exposed } = seen[0]!;
    const all = exposed === 1 ? `the only ${unit}` : `all ${counted(exposed, unit)}`;
    return stop('one_variant', `${all} saw ${key}: there is nothing to compare it with`, {
      variant: key,
      exposed,
    });
  }
  if (analysis.control === null) {
    return stop(
      'no_control',
      `no ${unit} saw the control ${control}: name a variant that was seen as the control`,
      {
        control,
      },
    );
  }
  if (exact) return undefined;
  return stop('approximate_counts', 'these counts are estimates; ask for exact numbers to compare variants');
}

function ratioVerdict({ variants }: ExperimentNumbers, { ratio }: ExperimentAnalysis): Verdict[] {
  if (ratio === null || !ratio.off) return [];
  const seen = Object.entries(ratio.expected).map(([key, expected]) => {
    const variant = variants.find((one) => one.key === key);
    const exposed = variant === undefined ? 0 : (assignedOf(variant) ?? 0);
    const text = `${key} ${count(exposed)} (${count(expected)} expected)`;
    return { text, off: (exposed - expected) ** 2 / expected };
  });
  const shown = seen.length > namesMax + 1 ? seen.sort((a, b) => b.off - a.off).slice(0, namesMax) : seen;
  const rest =
    seen.length > shown.length ? ` and ${seen.length - shown.length} others that are less far off` : '';
  const list = shown.map((one) => one.text).join(', ');
  const text = `the ratio of variants is off (${pText(ratio.pValue)}): ${list}${rest}; don't trust the result until you know why`;
  return [stop('ratio_off', text, { pValue: ratio.pValue, chiSquare: ratio.chiSquare })];
}

function mixedVerdict({ variants, mixed, mixedIncluded, unit }: ExperimentNumbers): Verdict[] {
  // included ones are counted at least twice
  const exposed = variants.reduce((sum, each) => sum + each.exposed, 0);
  const share = mixed / (mixedIncluded ? Math.max(mixed, exposed - mixed) : exposed + mixed);
  if (mixed === 0 || share < mixedShareMin) return [];
  const how = mixedIncluded
    ? 'are counted for each of them, so variants are not independent'
    : 'are left out';
  const text = `${counted(mixed, unit)} (${percent(share)}) saw several variants and ${how}; find out how that can be`;
  return [{ code: 'many_mixed', tone: 'note', text, params: { mixed, share } }];
}

function sessionVerdict({ unit }: ExperimentNumbers): Verdict[] {
  if (unit !== 'session') return [];
  const text = 'sessions of one person are not independent: p-values are too low where people come often';
  return [{ code: 'sessions_depend', tone: 'note', text, params: {} }];
}

function earlierVerdict({ beganEarlier = false, unit }: ExperimentNumbers): Verdict[] {
  if (!beganEarlier) return [];
  const text = `the experiment was seen before this range, too: what ${unit}s had before is left out of account; let the range begin with the experiment`;
  return [{ code: 'began_earlier', tone: 'note', text, params: {} }];
}

const noResults: Verdict = {
  code: 'none_converted',
  tone: 'open',
  text: 'nobody has converted yet',
  params: {},
};

function stop(code: Verdict['code'], text: string, params: Verdict['params'] = {}): Verdict {
  return { code, tone: 'stop', text, params };
}
