/** What the page looks at: filters as chips, the range, what it is compared with. */
import { ArrowLeftRight, X } from 'lucide-react';
import { type SegmentBody, useSaved } from '../../api/saved.ts';
import { useMayEdit } from '../../api/session.ts';
import { conditionText, conditionWords, segmentCondition, toggled } from '../../state/conditions.ts';
import { usePageRange } from '../../state/page-commands.ts';
import { comparisons, scopeOf } from '../../state/view.ts';
import { classes } from '../../ui/classes.ts';
import { ChoiceMenu } from '../../ui/menu.tsx';
import { AddFilter } from './add-filter.tsx';
import type { PartProps } from './overview.tsx';
import { RangePicker } from './range-picker.tsx';
import { SaveSegment } from './save-segment.tsx';

export function ViewBar({ project, view, onChange }: PartProps) {
  usePageRange(view.range, (range) =>
    onChange({ range, from: undefined, to: undefined, interval: undefined }),
  );
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <AddFilter project={project} view={view} onChange={onChange} />
      <Chips project={project} view={view} onChange={onChange} />
      <div className="ml-auto flex flex-wrap items-center gap-2">
        {view.range !== 'all' && (
          <ChoiceMenu
            label="Compared with"
            value={view.compare}
            quiet
            choices={Object.entries(comparisons).map(([value, label]) => ({
              value: value as typeof view.compare,
              label,
            }))}
            onChoose={(compare) => onChange({ compare }, true)}
          >
            {/* a phone has one row for all of this */}
            <ArrowLeftRight aria-hidden className="size-4 sm:hidden" />
            <span className="max-sm:hidden">{comparisons[view.compare]}</span>
          </ChoiceMenu>
        )}
        <RangePicker view={view} onChange={onChange} />
      </div>
    </div>
  );
}

function Chips({ project, view, onChange }: PartProps) {
  const { conditions } = view;
  const isNamed = conditions.some(({ operator }) => operator === 'named');
  const { data: segments } = useSaved<SegmentBody>(project, 'segment', { enabled: isNamed });
  const mayEdit = useMayEdit(project);
  const isSavable = mayEdit && conditions.some(({ operator }) => operator !== 'named');
  return (
    <>
      {conditions.map((condition) => {
        const saved = segments?.find(({ id }) => condition.operator === 'named' && id === condition.value);
        const isGone = condition.operator === 'named' && segments !== undefined && saved === undefined;
        const { field, words, value } = conditionWords(condition, (id) => saved?.name ?? id);
        return (
          <span
            key={conditionText(condition)}
            className={classes(
              'inline-flex h-9 max-w-full items-center gap-1 rounded-md border border-line pr-1 pl-3',
              isGone ? 'bg-warn-soft' : 'bg-accent-soft',
            )}
          >
            <span className="truncate" title={`${field} ${words} ${value}`}>
              <span className="text-soft">
                {field} {words}
              </span>{' '}
              <span className="font-medium">{value}</span>
              {isGone && <span className="text-warn"> (deleted)</span>}
            </span>
            <button
              type="button"
              aria-label={`Take the filter away: ${field} ${words} ${value}`}
              onClick={() => onChange({ conditions: toggled(conditions, condition) })}
              className="rounded p-1 text-faint hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          </span>
        );
      })}
      {isSavable && (
        <SaveSegment
          project={project}
          filter={scopeOf(view).filter}
          onSaved={(id) => onChange({ conditions: [segmentCondition(id)] })}
        />
      )}
    </>
  );
}
