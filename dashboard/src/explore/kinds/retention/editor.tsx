/** Who begins, what counts as coming back, and in which periods. */
import type { PlanInput } from '../../../api/questions.ts';
import { scopeOfPlan } from '../../fields/use-values.ts';
import { EventFilter } from '../../filters/event-filter.tsx';
import type { EditorProps } from '../../kind.ts';
import { ProblemAt } from '../../problem.tsx';
import { withRange } from '../../range.tsx';
import { LabeledMenu, Section } from '../parts/editor-parts.tsx';
import { oneOf, textOf, withMembers } from '../parts/plan-parts.ts';
import { editedFilter } from '../parts/step-name.ts';
import { depths, periodNames, periodOf, periods } from './retention-plan.ts';

const modes = [
  { value: 'on', label: 'In that very period' },
  { value: 'onOrAfter', label: 'In it or any later one' },
] as const;
const firsts = [
  { value: 'ever', label: 'For the first time ever' },
  { value: 'range', label: 'For the first time in the range' },
] as const;

export default function RetentionEditor({ project, plan, onChange, problem }: EditorProps) {
  const change = (changes: Partial<PlanInput>) => onChange(withMembers(plan, changes));
  const filter = (name: 'start' | 'return', label: string) => (
    <Section title={label}>
      <div className="rounded-lg border border-line bg-paper p-2">
        <EventFilter
          project={project}
          label={label}
          value={editedFilter(plan[name])}
          scope={scopeOfPlan(plan)}
          pointer={`/${name}`}
          problem={problem}
          onChange={(next) => change({ [name]: next })}
        />
      </div>
      {problem?.pointer === `/${name}` && <ProblemAt problem={problem} pointer={`/${name}`} />}
    </Section>
  );
  return (
    <div className="grid min-w-0 gap-5">
      {filter('start', 'People begin with')}
      <LabeledMenu
        label="They did it"
        value={oneOf(plan.first, ['ever', 'range'])}
        choices={firsts}
        onChoose={(first) => change({ first: first === 'ever' ? undefined : first })}
      />
      {filter('return', 'And come back with')}
      <LabeledMenu
        label="When they come back"
        value={oneOf(plan.mode, ['on', 'onOrAfter'])}
        choices={modes}
        onChoose={(mode) => change({ mode: mode === 'on' ? undefined : mode })}
      />
      <div className="flex flex-wrap gap-x-4 gap-y-3">
        <LabeledMenu
          label="Period"
          value={periodOf(plan)}
          choices={periodNames.map((value) => ({ value, label: periods[value] }))}
          onChoose={(period) => change({ period })}
        />
        <Depth plan={plan} onChange={onChange} />
      </div>
      <ProblemAt problem={problem} pointer="/period" />
    </div>
  );
}

/** How many periods: the range that has them. */
function Depth({ plan, onChange }: Pick<EditorProps, 'plan' | 'onChange'>) {
  const period = periodOf(plan);
  const range = textOf(plan.range) ?? '';
  const usual = depths[period].map(({ range: value, periods: count }) => ({
    value,
    label: `${count} ${periods[period].toLowerCase()}`,
  }));
  const isUsual = usual.some(({ value }) => value === range);
  return (
    <LabeledMenu
      label="How many"
      value={range}
      choices={isUsual ? usual : [...usual, { value: range, label: 'As the range has' }]}
      onChoose={(next) => onChange(next === range ? plan : withRange(plan, { range: next }))}
    />
  );
}
