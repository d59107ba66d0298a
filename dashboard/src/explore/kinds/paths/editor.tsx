/** What paths are of, where they begin or end, and how much of them is shown. */
import { useState } from 'react';
import type { PlanInput } from '../../../api/questions.ts';
import { fieldName } from '../../../format/names.ts';
import { FieldPicker } from '../../fields/field-picker.tsx';
import { scopeOfPlan } from '../../fields/use-values.ts';
import { type Scalar, ValuePicker } from '../../fields/value-picker.tsx';
import type { EditorProps } from '../../kind.ts';
import { ProblemAt } from '../../problem.tsx';
import { Labeled, LabeledMenu } from '../parts/editor-parts.tsx';
import { numberChoices } from '../parts/numbers.ts';
import { withMembers } from '../parts/plan-parts.ts';
import { type Anchor, anchored, anchorOf, fieldOf, limitOf, perOf, stepsOf } from './paths-plan.ts';

const anchors = [
  { value: 'none', label: 'Where each begins' },
  { value: 'start', label: 'On from …' },
  { value: 'end', label: 'Back from …' },
] as const;
const stepChoices = [2, 3, 4, 5, 6, 7, 8];
const limitChoices = [3, 5, 8, 10, 15, 20, 30, 50];

export default function PathsEditor({ project, plan, onChange, problem }: EditorProps) {
  const change = (changes: Partial<PlanInput>) => onChange(withMembers(plan, changes));
  // chosen, and without a value yet
  const [wanted, setWanted] = useState<Anchor>('none');
  const inPlan = anchorOf(plan);
  const anchor = inPlan === 'none' ? wanted : inPlan;
  const field = fieldOf(plan);
  const value = (plan.start ?? plan.end) as Scalar | undefined;
  const choose = (next: Anchor) => {
    setWanted(next);
    onChange(anchored(plan, next, value));
  };
  return (
    <div className="grid min-w-0 gap-5">
      <Labeled label="Paths of">
        <FieldPicker
          project={project}
          label="Paths of"
          value={field}
          only="groupable"
          className="w-full"
          onChange={(next) => onChange(withMembers(anchored(plan, 'none'), { field: next }))}
        />
        <ProblemAt problem={problem} pointer="/field" />
      </Labeled>
      <div className="grid gap-2">
        <LabeledMenu label="They go" value={anchor} choices={anchors} onChoose={choose} />
        {anchor !== 'none' && (
          <ValuePicker
            project={project}
            field={field}
            value={value}
            label={`${fieldName(field)} where paths ${anchor === 'start' ? 'start' : 'end'}`}
            scope={scopeOfPlan(plan)}
            className="w-full"
            onChange={(next) => onChange(anchored(plan, anchor, next))}
          />
        )}
        <ProblemAt problem={problem} pointer="/start" />
        <ProblemAt problem={problem} pointer="/end" />
      </div>
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        <LabeledMenu
          label="Steps"
          value={String(stepsOf(plan))}
          choices={numberChoices(stepChoices, stepsOf(plan))}
          onChoose={(steps) => change({ steps: Number(steps) })}
        />
        <LabeledMenu
          label="At each step"
          value={String(limitOf(plan))}
          choices={numberChoices(limitChoices, limitOf(plan)).map((each) => ({
            ...each,
            label: `First ${each.value}`,
          }))}
          onChoose={(limit) => change({ limit: Number(limit) })}
        />
        <LabeledMenu
          label="Within"
          value={perOf(plan)}
          choices={[
            { value: 'session', label: 'A session' },
            { value: 'user', label: 'All of a person' },
          ]}
          onChoose={(per) => change({ per: per === 'session' ? undefined : per })}
        />
      </div>
      <ProblemAt problem={problem} pointer="/steps" />
      <ProblemAt problem={problem} pointer="/limit" />
    </div>
  );
}
