/** The names of lines with their colors; a click hides a line or shows it again. */
import { classes } from '../../../ui/classes.ts';
import { colorOf } from './line-option.ts';
import type { Line } from './lines.ts';

interface LegendProps {
  readonly lines: readonly Line[];
  readonly hidden: ReadonlySet<string>;
  readonly onHide: (hidden: ReadonlySet<string>) => void;
  readonly isTile: boolean;
}

export function Legend({ lines, hidden, onHide, isTile }: LegendProps) {
  return (
    <ul
      aria-label="Lines"
      className={classes('flex flex-wrap gap-x-1', isTile ? 'max-h-14 overflow-hidden' : 'pt-2')}
    >
      {lines.map((line, index) => {
        const isHidden = hidden.has(line.key);
        return (
          <li key={line.key} className="max-w-full">
            <button
              type="button"
              aria-pressed={!isHidden}
              title={line.name}
              onClick={() =>
                onHide(
                  isHidden
                    ? new Set([...hidden].filter((key) => key !== line.key))
                    : new Set([...hidden, line.key]),
                )
              }
              className={classes(
                'flex max-w-64 items-center gap-1.5 rounded px-1.5 py-1 text-[13px] hover:bg-sunken',
                isHidden ? 'text-faint line-through' : 'text-soft',
              )}
            >
              <span
                aria-hidden
                className="size-2.5 shrink-0 rounded-full"
                style={{ background: isHidden ? 'var(--line)' : `var(--${colorOf(line, index)})` }}
              />
              <span className="truncate">{line.name}</span>
            </button>
          </li>
        );
      })}
    </ul>
  );
}
