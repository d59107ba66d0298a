/** A funnel as rows: a step each, or a group and a step each. */
import type { Answer, FunnelData } from '../../../../../src/query/wire.ts';
import type { PlanInput } from '../../../api/questions.ts';
import { fieldName } from '../../../format/names.ts';
import { duration, fullNumber, percent } from '../../../format/numbers.ts';
import type { Table } from '../../kind.ts';
import { groupName, numberCell, textCell } from '../parts/group-name.ts';
import { unitOf } from '../parts/plan-parts.ts';
import { stepName } from '../parts/step-name.ts';
import { byOf, stepsOf } from './funnel-plan.ts';

const text = (name: string) => ({ name, isNumber: false });
const number = (name: string) => ({ name, isNumber: true });

export function funnelTable({ data }: Answer<FunnelData>, plan: PlanInput): Table {
  const counted = unitOf(plan) === 'people' ? 'People' : 'Sessions';
  const steps = stepsOf(plan);
  const names = data.steps.map(({ name }, index) =>
    steps[index] === undefined ? name : stepName(steps[index], index),
  );
  const numbers = [number(counted), number('Of the first step'), number('Of the step before')];
  if (data.groups !== undefined) {
    const field = byOf(plan) ?? 'group';
    return {
      columns: [text(fieldName(field)), number('Step'), text('Name'), ...numbers],
      rows: data.groups.flatMap((group) =>
        group.counts.map((count, index) => [
          textCell(groupName(field, group)),
          numberCell(index + 1, fullNumber),
          textCell(names[index] ?? ''),
          numberCell(count, fullNumber),
          numberCell(group.rates[index] ?? null, percent),
          numberCell(index === 0 ? null : ratio(count, group.counts[index - 1]!), percent),
        ]),
      ),
    };
  }
  return {
    columns: [
      ...[number('Step'), text('Name'), ...numbers],
      ...[number('Median time from the step before'), number('Median time from the start')],
    ],
    rows: data.steps.map((step, index) => [
      numberCell(index + 1, fullNumber),
      textCell(names[index] ?? step.name),
      numberCell(step.count, fullNumber),
      numberCell(step.rate, percent),
      numberCell(index === 0 ? null : step.rateFromPrevious, percent),
      numberCell(step.medianFromPreviousMs, duration),
      numberCell(step.medianFromStartMs, duration),
    ]),
  };
}

export const ratio = (part: number, whole: number): number | null => (whole === 0 ? null : part / whole);
