/** Sessions in numbers, and by where they begin, where they end, or what they are of. */
import type { SessionsData } from '../../../../../src/query/wire.ts';
import { withFilter } from '../../../state/view.ts';
import { Empty } from '../../../ui/states.tsx';
import type { ChartProps } from '../../kind.ts';
import type { Named } from '../parts/group-name.ts';
import { SessionGroups } from './groups.tsx';
import { dimensionOf, figures, figureText, isPage } from './sessions-plan.ts';

export default function SessionsChart({ plan, answer, isTile = false, onPlan }: ChartProps<SessionsData>) {
  const { total, groups } = answer.data;
  if (total.sessions === 0)
    return <Empty title="No sessions in this time">Choose a longer range, or take filters away.</Empty>;
  const dimension = dimensionOf(plan);
  const mayFilter = onPlan !== undefined && dimension !== undefined && !isPage(dimension);
  const filterBy = ({ value }: Named) => {
    const has = { field: dimension, op: 'exists' };
    onPlan?.(withFilter(plan, value === null ? { not: has } : { field: dimension, op: 'eq', value }));
  };
  return (
    <div data-painting className="grid min-w-0 gap-5">
      <dl className="grid grid-cols-2 gap-x-4 gap-y-3 sm:grid-cols-3 xl:grid-cols-6">
        {Object.values(figures).map((figure) => (
          <div key={figure.name} className="min-w-0">
            <dt className="truncate text-[13px] text-faint">{figure.name}</dt>
            <dd className="tabular truncate text-xl font-semibold">{figureText(figure, total)}</dd>
          </div>
        ))}
      </dl>
      {groups !== undefined && dimension !== undefined && (
        <SessionGroups
          dimension={dimension}
          groups={groups}
          isTile={isTile}
          onChoose={mayFilter ? filterBy : undefined}
        />
      )}
    </div>
  );
}
