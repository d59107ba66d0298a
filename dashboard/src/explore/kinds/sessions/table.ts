/** Sessions as rows: a group each, and all together. */
import type { Answer, SessionsData } from '../../../../../src/query/wire.ts';
import type { PlanInput } from '../../../api/questions.ts';
import type { Table } from '../../kind.ts';
import { groupName, numberCell, textCell } from '../parts/group-name.ts';
import { dimensionName, dimensionOf, figures } from './sessions-plan.ts';

export function sessionsTable({ data }: Answer<SessionsData>, plan: PlanInput): Table {
  const all = Object.values(figures);
  const dimension = dimensionOf(plan);
  const numbers = all.map(({ name }) => ({ name, isNumber: true }));
  const cells = (of: SessionsData['total']) => all.map((figure) => numberCell(figure.of(of), figure.show));
  if (dimension === undefined || data.groups === undefined)
    return { columns: numbers, rows: [cells(data.total)] };
  return {
    columns: [{ name: dimensionName(dimension), isNumber: false }, ...numbers],
    rows: [
      ...data.groups.map((group) => [textCell(groupName(dimension, group)), ...cells(group)]),
      [textCell('All sessions'), ...cells(data.total)],
    ],
  };
}
