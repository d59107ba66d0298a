/** A funnel's answer: its numbers, or the people of a step. */
import type { FunnelPlan } from '../../plan/analysis.ts';
import type { GroupValue } from '../../store/asking.ts';
import type { SequenceBlock, SequenceQuestion } from '../../store/sequences.ts';
import type { FunnelData, FunnelGroup, FunnelStepData, PeopleData } from '../wire.ts';
import type { AnalysisParts, AnalysisResult } from './analysis-parts.ts';
import { FunnelFold, type FunnelGroups, type FunnelNumbers, FunnelPeople } from './funnel.ts';
import { namesOf } from './people.ts';
import { durationBorders } from './times.ts';
import { firstValues, nameOfCode } from './values.ts';

/** Values of the first touch that can be told apart; those with most events of the first step. */
const touchValuesMax = 1_000;

export async function askFunnel(
  plan: FunnelPlan,
  parts: AnalysisParts,
): Promise<AnalysisResult<FunnelData | PeopleData>> {
  if (plan.people !== undefined) return askPeople({ ...plan, people: plan.people }, parts);
  const { by } = plan;
  const values =
    by === undefined ? [] : await firstValues(parts, plan, by.field, touchValuesMax, plan.steps[0]!.filter);
  const fold = new FunnelFold(plan);
  const field = by && { field: { name: by.field, values } };
  const rowsRead = await foldAll(parts, { ...questionOf(plan), ...field }, (block) => fold.add(block));
  const numbers = fold.numbers();
  return {
    data: {
      kind: 'funnel',
      steps: plan.steps.map(({ name }, i) => stepOf(name, i, numbers)),
      toConvert: distributionOf(numbers),
      ...(by && { groups: groupsOf(fold.groups(), values, by.limit) }),
    },
    rowsRead,
  };
}

async function askPeople(
  plan: FunnelPlan & { readonly people: NonNullable<FunnelPlan['people']> },
  parts: AnalysisParts,
): Promise<AnalysisResult<PeopleData>> {
  const { limit, after } = plan.people;
  const fold = new FunnelPeople(plan, after === undefined ? undefined : BigInt(after));
  const rowsRead = await foldAll(parts, questionOf(plan), (block) => fold.add(block));
  const keys = fold.keys();
  const shown = keys.slice(0, limit);
  const people = await namesOf(parts, plan, shown);
  return {
    data: { kind: 'people', people, ...(keys.length > limit && { next: String(shown.at(-1)) }) },
    rowsRead,
  };
}

function questionOf(plan: FunnelPlan): SequenceQuestion {
  return {
    scope: plan,
    tags: [...plan.steps.map(({ filter }) => filter), ...plan.exclude.map(({ filter }) => filter)],
    // in strict order whatever lies between counts
    taggedOnly: plan.order !== 'strict',
    per: plan.per,
  };
}

async function foldAll(
  { analyses, budget, signal }: AnalysisParts,
  question: SequenceQuestion,
  add: (block: SequenceBlock) => void,
): Promise<number> {
  let rowsRead = 0;
  for await (const block of analyses.sequences(question, budget, signal)) {
    rowsRead += block.times.length;
    add(block);
  }
  return rowsRead;
}

function stepOf(
  name: string,
  i: number,
  { reached, fromPrevious, fromStart }: FunnelNumbers,
): FunnelStepData {
  const count = reached[i]!;
  const before = i === 0 ? count : reached[i - 1]!;
  return {
    name,
    count,
    rate: share(count, reached[0]!),
    rateFromPrevious: share(count, before),
    medianFromPreviousMs: fromPrevious[i]!.quantile(0.5) ?? null,
    medianFromStartMs: fromStart[i]!.quantile(0.5) ?? null,
  };
}

/** 1 of 0 is nobody: null. */
const share = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);

function distributionOf({ toConvert }: FunnelNumbers): FunnelData['toConvert'] {
  return toConvert.counts.map((count, i) => ({
    fromMs: i === 0 ? 0 : durationBorders[i - 1]!,
    toMs: durationBorders[i] ?? null,
    count,
  }));
}

/** Most sequences at the first step first, ties in the order of the values; what lies past the limit is one group. */
function groupsOf(
  groups: FunnelGroups,
  values: readonly GroupValue[],
  limit: number,
): readonly FunnelGroup[] {
  const sorted = [...groups]
    .filter(([code]) => code !== 0)
    .sort((a, b) => b[1][0]! - a[1][0]! || a[0] - b[0]);
  const rest = [
    ...sorted.slice(limit).map(([, reached]) => reached),
    ...(groups.has(0) ? [groups.get(0)!] : []),
  ];
  const shown = sorted
    .slice(0, limit)
    .map(([code, reached]) => ({ ...nameOfCode(code, values), ...countsOf(reached) }));
  if (rest.length === 0) return shown;
  const sum = rest[0]!.map((_, k) => rest.reduce((total, reached) => total + reached[k]!, 0));
  return [...shown, { ...nameOfCode(0, values), ...countsOf(sum) }];
}

const countsOf = (reached: readonly number[]): Pick<FunnelGroup, 'counts' | 'rates'> => ({
  counts: reached,
  rates: reached.map((count) => share(count, reached[0]!)),
});
