/** A choice of a few, side by side. */
import { classes } from '../../ui/classes.ts';

interface SegmentsProps<T extends string> {
  readonly label: string;
  readonly value: T;
  readonly choices: readonly { readonly value: T; readonly label: string }[];
  readonly onChoose: (value: T) => void;
}

export function Segments<T extends string>({ label, value, choices, onChoose }: SegmentsProps<T>) {
  return (
    <fieldset aria-label={label} className="flex max-w-full rounded-md bg-sunken p-0.5">
      {choices.map((each) => (
        <button
          key={each.value}
          type="button"
          aria-pressed={each.value === value}
          title={each.label}
          onClick={() => onChoose(each.value)}
          className={classes(
            'h-7 min-w-0 max-w-48 truncate rounded px-2.5 text-[13px] font-medium',
            each.value === value ? 'bg-card text-ink shadow-sm dark:bg-line' : 'text-soft hover:text-ink',
          )}
        >
          {each.label}
        </button>
      ))}
    </fieldset>
  );
}
