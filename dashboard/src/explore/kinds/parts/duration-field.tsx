/** A length of time as a number and its unit. */
import { useState } from 'react';
import { classes } from '../../../ui/classes.ts';
import { inputBox } from '../../../ui/field.tsx';

const units = { minutes: 60_000, hours: 3_600_000, days: 86_400_000 } as const;
type Unit = keyof typeof units;
const names = Object.keys(units) as Unit[];

/** The largest unit that it is a whole number of. */
const unitFor = (ms: number): Unit => names.findLast((name) => ms % units[name] === 0) ?? 'minutes';
const shownAs = (ms: number, unit: Unit) => String(Math.round((ms / units[unit]) * 100) / 100);

interface DurationFieldProps {
  readonly label: string;
  /** Milliseconds; undefined: none. */
  readonly value: number | undefined;
  /** Undefined when it is emptied. */
  readonly onChange: (ms: number | undefined) => void;
  readonly placeholder?: string;
}

export function DurationField({ label, value, onChange, placeholder }: DurationFieldProps) {
  const [unit, setUnit] = useState<Unit>(() => (value === undefined ? 'hours' : unitFor(value)));
  const [draft, setDraft] = useState<string>();
  const text = draft ?? (value === undefined ? '' : shownAs(value, unit));
  const tell = (written: string, of: Unit) => {
    const amount = Number(written);
    if (written.trim() === '') onChange(undefined);
    else if (Number.isFinite(amount) && amount > 0) onChange(Math.max(1, Math.round(amount * units[of])));
  };
  return (
    <fieldset className="flex min-w-0 gap-2">
      <legend className="mb-1 text-[13px] font-medium text-soft">{label}</legend>
      <input
        type="number"
        min={0}
        step="any"
        inputMode="decimal"
        aria-label={`${label}: number`}
        value={text}
        placeholder={placeholder}
        onChange={({ target }) => {
          setDraft(target.value);
          tell(target.value, unit);
        }}
        onBlur={() => setDraft(undefined)}
        className={classes(inputBox, 'max-w-24')}
      />
      <select
        aria-label={`${label}: unit`}
        value={unit}
        onChange={({ target }) => {
          const next = target.value as Unit;
          setUnit(next);
          tell(text, next);
        }}
        className={classes(inputBox, 'max-w-32')}
      >
        {names.map((name) => (
          <option key={name}>{name}</option>
        ))}
      </select>
    </fieldset>
  );
}
