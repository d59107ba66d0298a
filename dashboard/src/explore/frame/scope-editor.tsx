/** What every kind of question has beside its range: which events, which bots, all people or a sample of them. */
import type { PlanInput } from '../../api/questions.ts';
import { useMayEdit } from '../../api/session.ts';
import { SaveSegment } from '../../pages/overview/save-segment.tsx';
import { Field, inputBox } from '../../ui/field.tsx';
import { scopeOfPlan } from '../fields/use-values.ts';
import { FilterEditor } from '../filters/filter-editor.tsx';
import type { PlanProblem } from '../kind.ts';
import { ProblemAt } from '../problem.tsx';

interface ScopeEditorProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly onChange: (next: PlanInput) => void;
  readonly problem: PlanProblem | undefined;
}

const samples = { '1': 'All of them', '0.1': 'A tenth', '0.01': 'A hundredth' } as const;
const bots = { exclude: 'Left out', include: 'Counted too', only: 'Nothing but bots' } as const;
/** The kinds that count people by sketches. */
const countsPeople: readonly string[] = ['trend', 'summary', 'breakdown'];

/** Without what is undefined. */
export function withMember(plan: PlanInput, name: string, value: unknown): PlanInput {
  const { [name]: _before, ...rest } = plan;
  return { ...rest, kind: plan.kind, ...(value !== undefined && { [name]: value }) };
}

/** What is saved already is not saved again. */
const isWorthKeeping = (filter: unknown) =>
  typeof filter === 'object' && filter !== null && !('segment' in filter || 'goal' in filter);

export function ScopeEditor({ project, plan, onChange, problem }: ScopeEditorProps) {
  const set = (name: string, value: unknown) => onChange(withMember(plan, name, value));
  const sample = String(plan.sample ?? 1);
  const mayEdit = useMayEdit(project);
  return (
    <div className="grid min-w-0 gap-3 border-t border-line pt-3">
      <section aria-label="Of which events" className="grid min-w-0 gap-1.5">
        <span className="text-[13px] font-medium text-soft">Only events where</span>
        <FilterEditor
          project={project}
          value={plan.filter}
          onChange={(filter) => set('filter', filter)}
          label="Only events where"
          scope={scopeOfPlan(plan)}
          problem={problem}
        />
        {mayEdit && isWorthKeeping(plan.filter) && (
          <div>
            <SaveSegment
              project={project}
              filter={plan.filter}
              onSaved={(segment) => set('filter', { segment })}
              isSmall
            />
          </div>
        )}
      </section>
      <details className="group">
        <summary className="w-fit cursor-pointer rounded px-1 text-[13px] font-medium text-soft hover:text-ink">
          Bots, samples{countsPeople.includes(plan.kind) && ', exact people'}
        </summary>
        <div className="mt-2 grid gap-2">
          <div className="grid grid-cols-2 gap-2">
            <Field label="Bots">
              <select
                value={String(plan.bots ?? 'exclude')}
                onChange={({ target }) => set('bots', target.value === 'exclude' ? undefined : target.value)}
                className={inputBox}
              >
                {Object.entries(bots).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </Field>
            <Field label="People">
              <select
                value={sample}
                onChange={({ target }) =>
                  set('sample', target.value === '1' ? undefined : Number(target.value))
                }
                className={inputBox}
              >
                {!(sample in samples) && <option value={sample}>{sample}</option>}
                {Object.entries(samples).map(([value, label]) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </Field>
          </div>
          {countsPeople.includes(plan.kind) && (
            <label className="flex items-center gap-2">
              <input
                type="checkbox"
                checked={plan.exact === true}
                onChange={({ target }) => set('exact', target.checked ? true : undefined)}
                className="size-4 accent-(--accent)"
              />
              Count people one by one, however long it takes
            </label>
          )}
        </div>
      </details>
      {['/sample', '/bots', '/exact', '/from', '/to', '/range', '/timeZone', '/segments'].map((pointer) => (
        <ProblemAt key={pointer} problem={problem} pointer={pointer} />
      ))}
    </div>
  );
}
