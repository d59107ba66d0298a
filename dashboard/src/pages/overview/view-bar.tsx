/** What the page looks at: filters as chips, the range, what it is compared with. */
import { X } from 'lucide-react';
import { conditionText, conditionWords, toggled } from '../../state/conditions.ts';
import { comparisons } from '../../state/view.ts';
import { ChoiceMenu } from '../../ui/menu.tsx';
import { AddFilter } from './add-filter.tsx';
import type { PartProps } from './overview.tsx';
import { RangePicker } from './range-picker.tsx';

export function ViewBar({ project, view, onChange }: PartProps) {
  return (
    <div className="mb-4 flex flex-wrap items-center gap-2">
      <AddFilter project={project} view={view} onChange={onChange} />
      {view.conditions.map((condition) => {
        const { field, words, value } = conditionWords(condition);
        return (
          <span
            key={conditionText(condition)}
            className="inline-flex h-9 max-w-full items-center gap-1 rounded-md border border-line bg-accent-soft pr-1 pl-3"
          >
            <span className="truncate">
              <span className="text-soft">
                {field} {words}
              </span>{' '}
              <span className="font-medium">{value}</span>
            </span>
            <button
              type="button"
              aria-label={`Take the filter away: ${field} ${words} ${value}`}
              onClick={() => onChange({ conditions: toggled(view.conditions, condition) })}
              className="rounded p-1 text-faint hover:text-ink"
            >
              <X aria-hidden className="size-4" />
            </button>
          </span>
        );
      })}
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
          />
        )}
        <RangePicker view={view} onChange={onChange} />
      </div>
    </div>
  );
}
