/** One series: what of which events is counted, and what it is called. */
import { Pencil } from 'lucide-react';
import { useState } from 'react';
import type { PlanInput } from '../../../api/questions.ts';
import { inputBox } from '../../../ui/field.tsx';
import type { Scope } from '../../fields/use-values.ts';
import { EventFilter } from '../../filters/event-filter.tsx';
import { eventIn } from '../../filters/event-in.ts';
import type { Filter } from '../../filters/filter-tree.ts';
import { RemoveButton } from '../../filters/row.tsx';
import type { PlanProblem } from '../../kind.ts';
import { ProblemAt } from '../../problem.tsx';
import { asName, letterOf, type SeriesDraft } from './draft.ts';
import { colorsCount } from './line-option.ts';
import { MetricPicker } from './metric-picker.tsx';

interface SeriesRowProps {
  readonly project: string;
  readonly plan: PlanInput;
  readonly series: SeriesDraft;
  readonly index: number;
  /** The filter is then the plan’s. */
  readonly isGrouped: boolean;
  readonly isOnly: boolean;
  readonly scope: Scope;
  readonly problem: PlanProblem | undefined;
  readonly onChange: (next: SeriesDraft) => void;
  readonly onFilter: (filter: Filter | undefined) => void;
  readonly onRemove: (() => void) | undefined;
}

export function SeriesRow(props: SeriesRowProps) {
  const { project, plan, series, index, isGrouped, isOnly, scope, problem, onChange, onFilter, onRemove } =
    props;
  const at = `/series/${index}`;
  const letter = letterOf(index);
  const [isNaming, setNaming] = useState(false);
  const showsName = !isGrouped && (isNaming || series.name !== undefined);
  return (
    <section
      aria-label={`Series ${letter}`}
      className="grid min-w-0 gap-1.5 rounded-lg border border-line p-2.5"
    >
      <div className="flex min-w-0 items-center gap-1.5">
        {!isOnly && (
          <span
            aria-hidden
            className="flex size-6 shrink-0 items-center justify-center rounded text-[13px] font-semibold text-card"
            style={{ background: `var(--series-${(index % colorsCount) + 1})` }}
          >
            {letter}
          </span>
        )}
        <MetricPicker
          project={project}
          metric={series.metric}
          scope={scope}
          onChange={(metric) => onChange({ ...series, metric })}
        />
        {!isGrouped && !showsName && (
          <button
            type="button"
            aria-label={`Name the series ${letter}`}
            onClick={() => setNaming(true)}
            className="shrink-0 rounded p-1.5 text-faint hover:bg-sunken hover:text-ink"
          >
            <Pencil aria-hidden className="size-4" />
          </button>
        )}
        {onRemove !== undefined && <RemoveButton label={`Remove the series ${letter}`} onClick={onRemove} />}
      </div>
      <ProblemAt problem={problem} pointer={`${at}/metric`} />
      {showsName && <SeriesName series={series} letter={letter} isFresh={isNaming} onChange={onChange} />}
      <ProblemAt problem={problem} pointer={`${at}/name`} />
      {isGrouped ? (
        index === 0 && (
          <EventFilter
            project={project}
            value={plan.filter}
            onChange={onFilter}
            label="Which events"
            scope={scope}
            isEventOnly
          />
        )
      ) : (
        <EventFilter
          project={project}
          value={series.filter}
          onChange={(filter) => onChange({ ...series, filter })}
          label={`Which events of ${letter}`}
          isEventOnly={isOnly && eventIn(series.filter).rest === undefined}
          scope={scope}
          pointer={`${at}/filter`}
          problem={problem}
        />
      )}
    </section>
  );
}

interface SeriesNameProps {
  readonly series: SeriesDraft;
  readonly letter: string;
  readonly isFresh: boolean;
  readonly onChange: (next: SeriesDraft) => void;
}

function SeriesName({ series, letter, isFresh, onChange }: SeriesNameProps) {
  return (
    <input
      aria-label={`Name of the series ${letter}`}
      placeholder="Name, also for formulas"
      // biome-ignore lint/a11y/noAutofocus: it was just asked for
      autoFocus={isFresh}
      value={series.name ?? ''}
      onChange={({ target }) => onChange({ ...series, name: asName(target.value) })}
      className={inputBox}
    />
  );
}
