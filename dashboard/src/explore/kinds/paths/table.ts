/** Paths as rows: each step's ways on, and how many end there. */
import type { Answer, PathsData } from '../../../../../src/query/wire.ts';
import type { PlanInput } from '../../../api/questions.ts';
import { fieldName } from '../../../format/names.ts';
import { fullNumber, percent } from '../../../format/numbers.ts';
import type { Table } from '../../kind.ts';
import { groupKey, groupName, type Named, numberCell, textCell } from '../parts/group-name.ts';
import { pathUnit } from './paths-plan.ts';

export function pathsTable({ data }: Answer<PathsData>, plan: PlanInput): Table {
  const { field, direction, nodes, links } = data;
  const name = (named: Named) => groupName(field, named);
  const isForward = direction === 'forward';
  const rows = nodes.flatMap((node) => {
    const row = (to: string, count: number) => [
      numberCell(node.step + 1, fullNumber),
      textCell(name(node)),
      textCell(to),
      numberCell(count, fullNumber),
      numberCell(node.sequences === 0 ? null : count / node.sequences, percent),
    ];
    const onward = links.filter(({ step, from }) => step === node.step && groupKey(from) === groupKey(node));
    return [
      ...onward.map(({ to, sequences }) => row(name(to), sequences)),
      ...(node.ends > 0 ? [row(isForward ? '(leaves)' : '(begins)', node.ends)] : []),
    ];
  });
  const unit = pathUnit(plan) === 'people' ? 'People' : 'Sessions';
  return {
    columns: [
      { name: 'Step', isNumber: true },
      { name: fieldName(field), isNumber: false },
      { name: isForward ? 'Then' : 'Before that', isNumber: false },
      { name: unit, isNumber: true },
      { name: 'Share', isNumber: true },
    ],
    rows,
  };
}
