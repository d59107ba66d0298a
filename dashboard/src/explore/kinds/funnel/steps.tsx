/** The steps of a funnel: put in order, changed, taken away, and added out of the events that the project has. */
import { Plus, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { PlanInput } from '../../../api/questions.ts';
import { Button } from '../../../ui/button.tsx';
import { Field, inputBox } from '../../../ui/field.tsx';
import { scopeOfPlan, useValues } from '../../fields/use-values.ts';
import { EventFilter } from '../../filters/event-filter.tsx';
import type { PlanProblem } from '../../kind.ts';
import { ProblemAt } from '../../problem.tsx';
import { DurationField } from '../parts/duration-field.tsx';
import { Section } from '../parts/editor-parts.tsx';
import { type Members, numberOf, textOf, withMembers } from '../parts/plan-parts.ts';
import { anyEvent, editedFilter, stepName } from '../parts/step-name.ts';
import { moved, orderOf, stepsMax, stepsOf, withStep } from './funnel-plan.ts';
import { Sortable, useRowIds } from './sortable.tsx';

interface StepsProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly problem: PlanProblem | undefined;
  readonly onChange: (steps: readonly Members[]) => void;
}

export function Steps({ project, plan, problem, onChange }: StepsProps) {
  const steps = stepsOf(plan);
  const rows = useRowIds(steps.length);
  const isOwnProblem = problem?.pointer === '/steps';
  return (
    <Section title="Steps">
      <Sortable
        label="Steps"
        ids={rows.ids}
        onMove={(from, to) => {
          rows.move(from, to);
          onChange(inOrder(moved(steps, from, to)));
        }}
        row={(index, handle) => (
          <Step
            project={project}
            plan={plan}
            index={index}
            handle={handle}
            problem={problem}
            onChange={(step) => onChange(steps.with(index, step))}
            onRemove={
              steps.length > 2
                ? () => {
                    rows.remove(index);
                    onChange(inOrder(steps.toSpliced(index, 1)));
                  }
                : undefined
            }
          />
        )}
      />
      {isOwnProblem && <ProblemAt problem={problem} pointer="/steps" />}
      {steps.length < stepsMax && (
        <AddStep project={project} plan={plan} onAdd={(step) => onChange(withStep(steps, step))} />
      )}
    </Section>
  );
}

/** The first step comes after none. */
const inOrder = ([first, ...others]: readonly Members[]): readonly Members[] =>
  first === undefined ? [] : [withMembers(first, { withinMs: undefined }), ...others];

interface StepProps extends Omit<StepsProps, 'onChange'> {
  readonly index: number;
  readonly handle: ReactNode;
  readonly onChange: (step: Members) => void;
  readonly onRemove: (() => void) | undefined;
}

function Step({ project, plan, index, handle, problem, onChange, onRemove }: StepProps) {
  const step = stepsOf(plan)[index] ?? {};
  const pointer = `/steps/${index}`;
  // what stands there against the rules can be taken away
  const mayWait = (index > 0 && orderOf(plan) !== 'any') || step.withinMs !== undefined;
  return (
    <div className="grid min-w-0 gap-1.5 rounded-lg border border-line bg-paper p-2">
      <div className="flex min-w-0 items-center gap-1">
        {handle}
        <span className="tabular flex-1 truncate font-medium" title={stepName(step, index)}>
          {index + 1}. {stepName(step, index)}
        </span>
        {onRemove !== undefined && (
          <button
            type="button"
            aria-label={`Remove step ${index + 1}`}
            onClick={onRemove}
            className="rounded p-1.5 text-faint hover:bg-sunken hover:text-ink"
          >
            <X aria-hidden className="size-4" />
          </button>
        )}
      </div>
      <EventFilter
        project={project}
        label={`Event of step ${index + 1}`}
        value={editedFilter(step.filter)}
        scope={scopeOfPlan(plan)}
        pointer={`${pointer}/filter`}
        problem={problem}
        onChange={(filter) => onChange({ ...step, filter: filter ?? anyEvent })}
      />
      <StepDetails step={step} index={index} mayWait={mayWait} onChange={onChange} />
      <ProblemAt problem={problem} pointer={pointer} but={[`${pointer}/filter`]} />
    </div>
  );
}

interface StepDetailsProps {
  readonly step: Members;
  readonly index: number;
  readonly mayWait: boolean;
  readonly onChange: (step: Members) => void;
}

/** What most steps do without. */
function StepDetails({ step, index, mayWait, onChange }: StepDetailsProps) {
  return (
    <details className="min-w-0">
      <summary className="w-fit cursor-pointer rounded px-1 text-[13px] text-soft hover:text-ink">
        {mayWait ? 'Name and time limit' : 'Name'}
      </summary>
      <div className="grid gap-2 p-1">
        <Field label={`Name of step ${index + 1}`}>
          <input
            value={textOf(step.name) ?? ''}
            placeholder={stepName(withMembers(step, { name: undefined }), index)}
            maxLength={100}
            onChange={({ target }) => onChange(withMembers(step, { name: target.value || undefined }))}
            className={inputBox}
          />
        </Field>
        {mayWait && (
          <DurationField
            label="After the step before, within"
            value={numberOf(step.withinMs)}
            placeholder="any"
            onChange={(withinMs) => onChange(withMembers(step, { withinMs }))}
          />
        )}
      </div>
    </details>
  );
}

/** So many that they are seen at once; others are chosen in the step itself. */
const offeredMax = 8;

function AddStep({
  project,
  plan,
  onAdd,
}: {
  project: string;
  plan: PlanInput;
  onAdd: (step: Members) => void;
}) {
  const { data = [] } = useValues(project, 'type', '', scopeOfPlan(plan), true);
  const used = new Set(stepsOf(plan).map((step) => stepName(withMembers(step, { name: undefined }), 0)));
  const offered = data.map(({ value }) => String(value)).filter((type) => !used.has(type));
  return (
    <div className="grid gap-1.5">
      <span className="text-[13px] text-soft">Add a step</span>
      <div className="flex min-w-0 flex-wrap gap-1.5">
        {offered.slice(0, offeredMax).map((type) => (
          <Button
            key={type}
            small
            title={type}
            className="max-w-full"
            onClick={() => onAdd({ filter: { field: 'type', op: 'eq', value: type } })}
          >
            <Plus aria-hidden className="size-3.5 shrink-0 text-faint" />
            <span className="truncate">{type}</span>
          </Button>
        ))}
        <Button small look="quiet" onClick={() => onAdd({ filter: anyEvent })}>
          <Plus aria-hidden className="size-3.5" />
          Any event
        </Button>
      </div>
    </div>
  );
}
