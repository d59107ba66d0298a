/** A funnel as bars with what is lost between them, whom, how long it takes, and since when. */
import { useState } from 'react';
import type { FunnelData } from '../../../../../src/query/wire.ts';
import { duration, fullNumber, percent } from '../../../format/numbers.ts';
import { Empty } from '../../../ui/states.tsx';
import type { ChartProps } from '../../kind.ts';
import { unitOf } from '../parts/plan-parts.ts';
import { stepName } from '../parts/step-name.ts';
import { FunnelBars } from './bars.tsx';
import { stepsOf } from './funnel-plan.ts';
import { FunnelGroups } from './groups.tsx';
import { OverTime } from './over-time.tsx';
import { type Asked, FunnelPeople } from './people.tsx';
import { TimeToConvert } from './time-to-convert.tsx';

export default function FunnelChart({ project, plan, answer, isTile = false }: ChartProps<FunnelData>) {
  const { steps, groups, toConvert } = answer.data;
  const [asked, setAsked] = useState<Asked>();
  const asSteps = stepsOf(plan);
  const names = steps.map(({ name }, index) =>
    asSteps[index] === undefined ? name : stepName(asSteps[index], index),
  );
  if ((steps[0]?.count ?? 0) === 0)
    return (
      <Empty title={`Nobody came to the first step, ${names[0] ?? ''}, in this time`}>
        Choose a longer range, take filters away, or begin with another event.
      </Empty>
    );
  const worst = worstStep(steps);
  const parts = { plan, steps, names, unit: unitOf(plan) };
  return (
    <div data-painting className="grid min-w-0 gap-6">
      {!isTile && <Headline {...parts} worst={worst} />}
      <FunnelBars {...parts} worst={worst} onPeople={isTile ? undefined : setAsked} />
      {groups !== undefined && <FunnelGroups {...parts} groups={groups} />}
      {!isTile && (
        <>
          <OverTime {...parts} project={project} worst={worst} />
          <TimeToConvert unit={parts.unit} toConvert={toConvert} />
        </>
      )}
      {asked !== undefined && (
        <FunnelPeople
          project={project}
          plan={plan}
          names={names}
          asked={asked}
          onClose={() => setAsked(undefined)}
        />
      )}
    </div>
  );
}

export interface FunnelParts {
  readonly plan: ChartProps['plan'];
  readonly steps: FunnelData['steps'];
  /** By step. */
  readonly names: readonly string[];
  /** 'people' or 'sessions'. */
  readonly unit: string;
}

/** The step (from 0) to which the largest share of those before did not come; undefined when nobody was lost. */
function worstStep(steps: FunnelData['steps']): number | undefined {
  const lost = steps.map(({ rateFromPrevious }, index) => (index === 0 ? 0 : 1 - (rateFromPrevious ?? 1)));
  const most = Math.max(...lost);
  return most > 0 ? lost.indexOf(most) : undefined;
}

function Headline({ steps, names, unit, worst }: FunnelParts & { worst: number | undefined }) {
  const [first, last] = [steps[0]!, steps.at(-1)!];
  return (
    <p className="max-w-3xl text-soft">
      <strong className="text-ink">{last.rate === null ? 'None' : percent(last.rate)}</strong> of{' '}
      {fullNumber(first.count)} {unit} came to the end
      {last.medianFromStartMs !== null && `, half of them within ${duration(last.medianFromStartMs)}`}.{' '}
      {worst !== undefined && (
        <>
          Most are lost between <strong className="break-words text-ink">{names[worst - 1]}</strong> and{' '}
          <strong className="break-words text-ink">{names[worst]}</strong>:{' '}
          {percent(1 - (steps[worst]!.rateFromPrevious ?? 0))}.
        </>
      )}
    </p>
  );
}
