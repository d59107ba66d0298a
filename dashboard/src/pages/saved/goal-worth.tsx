/** What reaching a goal is worth: nothing said, a number each time, or the sum of a field of its events. */
import type { GoalBody } from '../../api/saved.ts';
import { FieldPicker } from '../../explore/fields/field-picker.tsx';
import { Field, inputBox } from '../../ui/field.tsx';

type Worth = GoalBody['value'];
const currencyFirst = 'EUR';
const start = { none: undefined, number: 1, sum: { of: 'amount', currency: currencyFirst } } as const;
type Form = keyof typeof start;

const formOf = (value: Worth): Form =>
  value === undefined ? 'none' : typeof value === 'number' ? 'number' : 'sum';

interface GoalWorthProps {
  readonly project: string;
  readonly value: Worth;
  readonly onChange: (value: Worth) => void;
}

export function GoalWorth({ project, value, onChange }: GoalWorthProps) {
  return (
    <div className="grid gap-2 sm:grid-cols-2">
      <Field label="Worth">
        <select
          value={formOf(value)}
          onChange={({ target }) => onChange(start[target.value as Form])}
          className={inputBox}
        >
          <option value="none">Not said</option>
          <option value="number">A number each time</option>
          <option value="sum">The sum of a field</option>
        </select>
      </Field>
      {typeof value === 'number' && (
        <Field label="Each time">
          <input
            type="number"
            step="any"
            required
            value={value}
            onChange={({ target }) => onChange(target.valueAsNumber || 0)}
            className={inputBox}
          />
        </Field>
      )}
      {typeof value === 'object' && (
        <div className="grid grid-cols-[1fr_5rem] items-end gap-2">
          <FieldPicker
            project={project}
            label="Field"
            only="numeric"
            value={value.of}
            onChange={(of) => onChange(of === 'amount' ? { of, currency: currencyFirst } : { of })}
          />
          {value.of === 'amount' && (
            <Field label="Currency">
              <input
                required
                minLength={3}
                maxLength={3}
                value={value.currency ?? ''}
                onChange={({ target }) => onChange({ ...value, currency: target.value.toUpperCase() })}
                className={inputBox}
              />
            </Field>
          )}
        </div>
      )}
    </div>
  );
}
