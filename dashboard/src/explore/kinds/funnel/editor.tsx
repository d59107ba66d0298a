/** Builds a funnel: its steps, and how they count. */
import type { PlanInput } from '../../../api/questions.ts';
import type { EditorProps } from '../../kind.ts';
import { ProblemAt } from '../../problem.tsx';
import { ByField } from '../parts/by-field.tsx';
import { DurationField } from '../parts/duration-field.tsx';
import { LabeledMenu } from '../parts/editor-parts.tsx';
import { withMembers } from '../parts/plan-parts.ts';
import { Exclusions } from './exclusions.tsx';
import {
  byOf,
  exclusionsOf,
  fittedExclusions,
  type Order,
  orderNames,
  orderOf,
  orders,
  perOf,
  pers,
  stepsOf,
  windowMsOf,
} from './funnel-plan.ts';
import { Steps } from './steps.tsx';

export default function FunnelEditor({ project, plan, onChange, problem }: EditorProps) {
  const change = (changes: Partial<PlanInput>) => onChange(withMembers(plan, changes));
  const order = orderOf(plan);
  return (
    <div className="grid min-w-0 gap-5">
      <Steps
        project={project}
        plan={plan}
        problem={problem}
        onChange={(steps) =>
          change({
            steps,
            ...(plan.exclude !== undefined && {
              exclude: fittedExclusions(exclusionsOf(plan), steps.length),
            }),
          })
        }
      />
      <ByField
        project={project}
        label="Tell apart by"
        value={byOf(plan)}
        onChange={(by) => change({ by: by === undefined ? undefined : { field: by } })}
      />
      <ProblemAt problem={problem} pointer="/by" />
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        <LabeledMenu
          label="Order"
          value={order}
          choices={orderNames.map((value) => ({ value, label: orders[value] }))}
          onChoose={(next) => change(orderChanges(plan, next))}
        />
        <LabeledMenu
          label="Count"
          value={perOf(plan)}
          choices={(['user', 'session'] as const).map((value) => ({ value, label: pers[value] }))}
          onChoose={(next) => change({ per: next === 'user' ? undefined : next })}
        />
      </div>
      <div className="grid gap-1">
        <DurationField
          label="All steps within"
          value={windowMsOf(plan)}
          onChange={(windowMs) => change({ windowMs })}
        />
        <p className="text-[13px] text-faint">
          Of the first one. Who takes longer stays at the step that was reached in time.
        </p>
        <ProblemAt problem={problem} pointer="/windowMs" />
      </div>
      {order !== 'any' && (
        <Exclusions
          project={project}
          plan={plan}
          problem={problem}
          steps={stepsOf(plan).length}
          onChange={(exclude) => change({ exclude: exclude.length === 0 ? undefined : exclude })}
        />
      )}
    </div>
  );
}

/** In any order no step comes before another: what speaks of such goes. */
function orderChanges(plan: PlanInput, order: Order): Partial<PlanInput> {
  if (order !== 'any') return { order: order === 'ordered' ? undefined : order };
  return {
    order,
    exclude: undefined,
    steps: stepsOf(plan).map((step) => withMembers(step, { withinMs: undefined })),
  };
}
