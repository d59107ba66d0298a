/** What ends an attempt when it happens between two steps. */
import { Plus, X } from 'lucide-react';
import { useState } from 'react';
import type { PlanInput } from '../../../api/questions.ts';
import { Button } from '../../../ui/button.tsx';
import { scopeOfPlan } from '../../fields/use-values.ts';
import { EventFilter } from '../../filters/event-filter.tsx';
import type { PlanProblem } from '../../kind.ts';
import { ProblemAt } from '../../problem.tsx';
import { Section } from '../parts/editor-parts.tsx';
import { type Members, numberOf, withMembers } from '../parts/plan-parts.ts';
import { anyEvent, editedFilter } from '../parts/step-name.ts';
import { exclusionsOf } from './funnel-plan.ts';

/** Steps and exclusions together are at most 32. */
const exclusionsMax = 12;

interface ExclusionsProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly problem: PlanProblem | undefined;
  readonly steps: number;
  readonly onChange: (exclude: readonly Members[]) => void;
}

export function Exclusions({ project, plan, problem, steps, onChange }: ExclusionsProps) {
  const all = exclusionsOf(plan);
  // until it names an event it would leave out everybody
  const [isAdding, setAdding] = useState(false);
  return (
    <Section title="Leave out attempts with">
      {all.map((exclusion, index) => (
        <div
          // biome-ignore lint/suspicious/noArrayIndexKey: exclusions have no name, and are not moved
          key={index}
          className="grid min-w-0 gap-1.5 rounded-lg border border-line bg-paper p-2"
        >
          <div className="flex min-w-0 items-start gap-1">
            <div className="min-w-0 flex-1">
              <EventFilter
                project={project}
                label={`Event of exclusion ${index + 1}`}
                value={editedFilter(exclusion.filter)}
                scope={scopeOfPlan(plan)}
                pointer={`/exclude/${index}/filter`}
                problem={problem}
                onChange={(filter) => onChange(all.with(index, { ...exclusion, filter: filter ?? anyEvent }))}
              />
            </div>
            <button
              type="button"
              aria-label={`Remove exclusion ${index + 1}`}
              onClick={() => onChange(all.toSpliced(index, 1))}
              className="rounded p-2 text-faint hover:bg-sunken hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          </div>
          <Between exclusion={exclusion} steps={steps} onChange={(next) => onChange(all.with(index, next))} />
          <ProblemAt problem={problem} pointer={`/exclude/${index}`} but={[`/exclude/${index}/filter`]} />
        </div>
      ))}
      {problem?.pointer === '/exclude' && <ProblemAt problem={problem} pointer="/exclude" />}
      {isAdding && (
        <div className="rounded-lg border border-line bg-paper p-2">
          <EventFilter
            project={project}
            label="Event of the new exclusion"
            value={undefined}
            scope={scopeOfPlan(plan)}
            onChange={(filter) => {
              if (filter === undefined) return;
              setAdding(false);
              onChange([...all, { filter }]);
            }}
          />
        </div>
      )}
      {!isAdding && all.length < exclusionsMax && (
        <Button small look="quiet" className="justify-self-start" onClick={() => setAdding(true)}>
          <Plus aria-hidden className="size-4" />
          An event between steps
        </Button>
      )}
    </Section>
  );
}

interface BetweenProps {
  readonly exclusion: Members;
  readonly steps: number;
  readonly onChange: (next: Members) => void;
}

const box = 'h-8 rounded-md border border-line bg-card px-1.5';

function Between({ exclusion, steps, onChange }: BetweenProps) {
  const [after, before] = [numberOf(exclusion.after) ?? 1, numberOf(exclusion.before) ?? steps];
  const set = (from: number, to: number) =>
    onChange(withMembers(exclusion, { after: from, before: Math.max(to, from + 1) }));
  return (
    <p className="flex flex-wrap items-center gap-1.5 text-[13px] text-soft">
      between step
      <select
        aria-label="After step"
        value={after}
        onChange={({ target }) => set(Number(target.value), before)}
        className={box}
      >
        {upTo(1, steps - 1).map((step) => (
          <option key={step}>{step}</option>
        ))}
      </select>
      and step
      <select
        aria-label="Before step"
        value={before}
        onChange={({ target }) => set(after, Number(target.value))}
        className={box}
      >
        {upTo(after + 1, steps).map((step) => (
          <option key={step}>{step}</option>
        ))}
      </select>
    </p>
  );
}

const upTo = (from: number, to: number) =>
  Array.from({ length: Math.max(0, to - from + 1) }, (_, index) => from + index);
