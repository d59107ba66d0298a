/** Groups of the whole range as bars of their first number, the other numbers beside; a click filters by the group. */
import type { PlanInput } from '../../../api/questions.ts';
import { BarList } from '../../../ui/bar-list.tsx';
import { Empty } from '../../../ui/states.tsx';
import { labelOf } from '../../fields/fields.ts';
import { groupWords, type Line, type Lines } from './lines.ts';

interface GroupBarsProps {
  readonly all: Lines;
  readonly plan: PlanInput;
  readonly onPlan: ((next: PlanInput) => void) | undefined;
}

const columnsMax = 3;

export function GroupBars({ all: { lines, by }, plan, onPlan }: GroupBarsProps) {
  if (lines.length === 0)
    return <Empty title="Nothing happened in this time">Choose a longer range, or take filters away.</Empty>;
  const rows = [...Map.groupBy(lines, ({ isOther, group }) => JSON.stringify([isOther, group])).entries()];
  const columns = [
    ...new Map(lines.flatMap(({ metric }) => (metric === undefined ? [] : [[metric.key, metric.name]]))),
  ].slice(0, columnsMax);
  const first = (ofGroup: readonly Line[]) => ofGroup[0]?.values[0] ?? 0;
  const most = Math.max(
    1e-9,
    ...rows.filter(([, [line]]) => !line?.isOther).map(([, ofGroup]) => Math.abs(first(ofGroup))),
  );
  return (
    <div className="max-h-[70vh] overflow-y-auto">
      <BarList
        label="Groups"
        nameColumn={by.map(labelOf).join(' · ')}
        columns={columns.map(([, name]) => name)}
        rows={rows.map(([key, ofGroup]) => {
          const { isOther = false, group = [] } = ofGroup[0]!;
          const name = isOther ? 'All others' : groupWords(group, by);
          return {
            key,
            name: <span title={name}>{name}</span>,
            share: isOther ? 0 : Math.min(1, Math.abs(first(ofGroup)) / most),
            cells: columns.map(([of]) => cellOf(ofGroup.find(({ metric }) => metric?.key === of))),
            ...(!isOther && onPlan && { onChoose: () => onPlan(filteredBy(plan, by, group)) }),
          };
        })}
      />
    </div>
  );
}

function cellOf(line: Line | undefined): string {
  const value = line?.values[0];
  return line === undefined || value === null || value === undefined ? '–' : line.shown.short(value);
}

function filteredBy(plan: PlanInput, by: readonly string[], values: NonNullable<Line['group']>): PlanInput {
  const parts = by.map((field, index) => {
    const value = values[index] ?? null;
    return value === null ? { not: { field, op: 'exists' } } : { field, op: 'eq', value };
  });
  const known = plan.filter === undefined ? [] : [plan.filter];
  const all = [...known, ...parts];
  return { ...plan, filter: all.length === 1 ? all[0] : { and: all } };
}
