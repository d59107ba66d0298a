/** What is to be reached: goals of conversions, suggested from the data; without any, every conversion counts. */
import { Plus, X } from 'lucide-react';
import { useId, useState } from 'react';
import { Button } from '../../ui/button.tsx';
import { inputBox } from '../../ui/field.tsx';
import { goalsMax } from './experiment.ts';
import { useGoals } from './traces.ts';

interface GoalsProps {
  readonly project: string;
  readonly chosen: readonly string[];
  readonly onChange: (goals: readonly string[]) => void;
}

export function Goals({ project, chosen, onChange }: GoalsProps) {
  const title = useId();
  const [typed, setTyped] = useState('');
  const known = useGoals(project).filter((goal) => !chosen.includes(goal));
  const add = (goal: string) => {
    const name = goal.trim();
    if (name !== '' && !chosen.includes(name)) onChange([...chosen, name]);
    setTyped('');
  };
  const isFull = chosen.length >= goalsMax;
  return (
    <fieldset aria-labelledby={title} className="grid gap-2">
      <div>
        <span id={title} className="text-[13px] font-medium text-soft">
          Goals
        </span>
        <p className="text-[13px] text-faint">
          What conversions name as <code className="font-mono">goal</code>. The first one is what the
          experiment is about; without any, every conversion counts.
        </p>
      </div>
      {chosen.length > 0 && (
        <ol className="flex flex-wrap gap-2">
          {chosen.map((goal, index) => (
            <li
              key={goal}
              className="inline-flex h-8 max-w-full items-center gap-1.5 rounded-md bg-accent-soft pl-2.5 font-medium"
            >
              <span className="truncate" title={goal}>
                {goal}
              </span>
              {index === 0 ? (
                chosen.length > 1 && <span className="text-[13px] font-normal text-soft">first</span>
              ) : (
                <button
                  type="button"
                  onClick={() => onChange([goal, ...chosen.filter((each) => each !== goal)])}
                  className="text-[13px] font-normal text-soft underline hover:text-ink"
                >
                  make it the first
                </button>
              )}
              <button
                type="button"
                aria-label={`Take ${goal} away`}
                onClick={() => onChange(chosen.filter((each) => each !== goal))}
                className="rounded-md p-1.5 text-soft hover:text-ink"
              >
                <X aria-hidden className="size-3.5" />
              </button>
            </li>
          ))}
        </ol>
      )}
      {!isFull && (
        <div className="flex flex-wrap items-center gap-2">
          <div className="flex w-full max-w-72 gap-2">
            <input
              aria-label="Another goal"
              value={typed}
              placeholder="paid"
              onChange={({ target }) => setTyped(target.value)}
              onKeyDown={(pressed) => {
                if (pressed.key !== 'Enter') return;
                pressed.preventDefault();
                add(typed);
              }}
              className={inputBox}
            />
            <Button disabled={typed.trim() === ''} onClick={() => add(typed)}>
              Add
            </Button>
          </div>
          {known.slice(0, goalsMax).map((goal) => (
            <Button key={goal} small onClick={() => add(goal)} className="max-w-64" title={goal}>
              <Plus aria-hidden className="size-4 shrink-0" />
              <span className="truncate">{goal}</span>
            </Button>
          ))}
        </div>
      )}
    </fieldset>
  );
}
