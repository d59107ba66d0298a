/** What is counted, how it is told apart, and over which steps of time. */
import { Plus } from 'lucide-react';
import { comparisons, intervals } from '../../../state/view.ts';
import { Button } from '../../../ui/button.tsx';
import { Field, inputBox } from '../../../ui/field.tsx';
import { FieldPicker } from '../../fields/field-picker.tsx';
import { labelOf } from '../../fields/fields.ts';
import { scopeOfPlan } from '../../fields/use-values.ts';
import { RemoveButton } from '../../filters/row.tsx';
import type { EditorProps } from '../../kind.ts';
import { ProblemAt } from '../../problem.tsx';
import { type Draft, draftOf, fieldsMax, mayGroup, planOf, seriesMax } from './draft.ts';
import { FormulaRows } from './formula-rows.tsx';
import { SeriesRow } from './series-row.tsx';

export function TrendEditor({ project, plan, onChange, problem }: EditorProps) {
  const draft = draftOf(plan);
  const change = (next: Partial<Draft>) => onChange(planOf(plan, { ...draft, ...next }));
  const { series, by } = draft;
  const isGrouped = by.length > 0;
  const scope = scopeOfPlan(plan);
  return (
    <div className="grid min-w-0 gap-4">
      <section aria-label="Series and formulas" className="grid min-w-0 gap-2">
        {series.map((each, index) => (
          <SeriesRow
            // biome-ignore lint/suspicious/noArrayIndexKey: its letter is its place
            key={index}
            project={project}
            plan={plan}
            series={each}
            index={index}
            isGrouped={isGrouped}
            isOnly={series.length === 1 && draft.formulas.length === 0}
            scope={scope}
            problem={problem}
            onChange={(next) => change({ series: series.with(index, next) })}
            onFilter={(filter) => onChange(withFilter(plan, filter))}
            onRemove={series.length === 1 ? undefined : () => change({ series: series.toSpliced(index, 1) })}
          />
        ))}
        <div className="flex flex-wrap gap-1">
          {series.length < seriesMax && (
            <Button look="quiet" small onClick={() => change({ series: [...series, { metric: 'events' }] })}>
              <Plus aria-hidden className="size-4" />
              Series
            </Button>
          )}
          {!isGrouped && <FormulaRows.Add draft={draft} onChange={change} />}
        </div>
        {!isGrouped && <FormulaRows draft={draft} onChange={change} problem={problem} />}
        <ProblemAt problem={problem} pointer="/series" but={series.map((_, index) => `/series/${index}`)} />
        <ProblemAt problem={problem} pointer="/metrics" />
      </section>
      <GroupFields project={project} draft={draft} onChange={change} />
      <ProblemAt problem={problem} pointer="/by" />
      <TimeFields plan={plan} draft={draft} onChange={change} onPlan={onChange} />
      <ProblemAt problem={problem} pointer="/interval" />
      <ProblemAt problem={problem} pointer="/compare" />
    </div>
  );
}

function withFilter(plan: EditorProps['plan'], filter: unknown): EditorProps['plan'] {
  const { filter: _filter, ...rest } = plan;
  return filter === undefined ? { ...rest, kind: plan.kind } : { ...plan, filter };
}

interface PartProps {
  readonly draft: Draft;
  readonly onChange: (next: Partial<Draft>) => void;
}

function GroupFields({ project, draft, onChange }: PartProps & { project: string }) {
  const { by, limit } = draft;
  if (by.length === 0 && !mayGroup(draft))
    return (
      <p className="text-[13px] text-faint">
        To tell apart by a field, leave one series, without formulas: groups are of one number.
      </p>
    );
  return (
    <section aria-label="Told apart by" className="grid min-w-0 gap-1.5">
      <span className="text-[13px] font-medium text-soft">Break down by</span>
      {by.map((field, index) => (
        <div key={field} className="flex min-w-0 items-center gap-1.5">
          <FieldPicker
            project={project}
            value={field}
            only="groupable"
            label={`Field ${index + 1}`}
            className="flex-1"
            onChange={(next) => onChange({ by: [...new Set(by.with(index, next))] })}
          />
          <RemoveButton
            label={`Do not break down by ${labelOf(field)}`}
            onClick={() => onChange({ by: by.toSpliced(index, 1) })}
          />
        </div>
      ))}
      {by.length < fieldsMax && (
        <FieldPicker
          project={project}
          value=""
          only="groupable"
          label={by.length === 0 ? 'Break down by a field' : 'Break down by one more field'}
          placeholder={by.length === 0 ? 'No field' : 'One more field'}
          className="w-full"
          onChange={(field) => onChange({ by: [...new Set([...by, field])] })}
        />
      )}
      {by.length > 0 && (
        <label className="flex items-center gap-2 text-[13px] text-soft">
          The first
          <input
            type="number"
            min={1}
            max={1000}
            value={limit}
            onChange={({ target }) =>
              target.value !== '' && onChange({ limit: Math.round(Number(target.value)) })
            }
            className="h-8 w-20 rounded border border-line bg-card px-2"
          />
          groups, the rest together
        </label>
      )}
      {by.length > 1 && (
        <p className="text-[13px] text-faint">Several fields together are of the whole range.</p>
      )}
    </section>
  );
}

const noInterval = 'none';

function TimeFields({
  plan,
  draft,
  onChange,
  onPlan,
}: PartProps & { plan: EditorProps['plan']; onPlan: EditorProps['onChange'] }) {
  const { isTotal, interval, by } = draft;
  const compare =
    typeof plan.compare === 'string' ? plan.compare : plan.compare === undefined ? 'none' : 'own';
  return (
    <div className="grid grid-cols-2 gap-2">
      <Field label="Over time">
        <select
          value={isTotal || by.length > 1 ? noInterval : interval}
          disabled={by.length > 1}
          onChange={({ target }) =>
            onChange(
              target.value === noInterval ? { isTotal: true } : { isTotal: false, interval: target.value },
            )
          }
          className={inputBox}
        >
          {Object.entries(intervals).map(([value, label]) => (
            <option key={value} value={value}>
              {value === '15m' ? label : `By ${label.toLowerCase().replace(/s$/, '')}`}
            </option>
          ))}
          <option value={noInterval}>One number</option>
        </select>
      </Field>
      <Field label="Compared with">
        <select
          value={compare}
          onChange={({ target }) => {
            const { compare: _compare, ...rest } = plan;
            onPlan(
              target.value === 'none' ? { ...rest, kind: plan.kind } : { ...plan, compare: target.value },
            );
          }}
          className={inputBox}
        >
          <option value="none">Nothing</option>
          {(['previous', 'year'] as const).map((value) => (
            <option key={value} value={value}>
              {comparisons[value]}
            </option>
          ))}
          {compare === 'own' && <option value="own">Another range</option>}
        </select>
      </Field>
    </div>
  );
}
