/** Retention as a heat map, or as the curve of all who began. */
import type { RetentionData } from '../../../../../src/query/wire.ts';
import { ChoiceMenu } from '../../../ui/menu.tsx';
import { Empty } from '../../../ui/states.tsx';
import type { ChartProps } from '../../kind.ts';
import { RetentionCurve } from './curve.tsx';
import { HeatMap } from './heat-map.tsx';
import { cohortsOf, periods } from './retention-plan.ts';

const forms = [
  { value: 'map', label: 'Heat map' },
  { value: 'curve', label: 'Curve' },
] as const;

export default function RetentionChart({ answer, view = {}, onView }: ChartProps<RetentionData>) {
  const { data } = answer;
  const cohorts = cohortsOf(data);
  if (cohorts.length === 0)
    return (
      <Empty title="Nobody began in this time">
        Choose a longer range, or another event to begin with. Only those who did it for the first time are
        counted.
      </Empty>
    );
  const form = view.chart === 'curve' ? 'curve' : 'map';
  return (
    <div className="grid min-w-0 gap-3">
      {onView !== undefined && (
        <div className="flex justify-end">
          <ChoiceMenu
            label="Drawn as"
            value={form}
            choices={forms}
            onChoose={(chart) => onView({ ...view, chart })}
          />
        </div>
      )}
      {form === 'curve' ? (
        <RetentionCurve data={data} cohorts={cohorts} />
      ) : (
        <HeatMap data={data} cohorts={cohorts} />
      )}
      {cohorts.some(({ cells }) => cells.some(({ complete }) => !complete)) && (
        <p className="text-[13px] text-faint">
          * Not the whole of the {data.period}: it is not over, or the range cuts it.{' '}
          {periods[data.period as keyof typeof periods]} marked so are not in the average.
        </p>
      )}
    </div>
  );
}
