/** How many events make a member, and of which days: up to the end of a question, or two days that stay. */
import type { CohortBody } from '../../api/saved.ts';
import { Field, inputBox } from '../../ui/field.tsx';

const dayMs = 86_400_000;
const daysMax = 3_660;
const countMax = 1_000_000;
const daysFirst = 30;
const onlyDay = (time: number) => new Date(time).toISOString().slice(0, 10);
/** The day before, for `to` is not in it. */
const lastDay = (to: string) => onlyDay(Date.parse(to) - 1);
const after = (day: string) => onlyDay(Date.parse(day) + dayMs);

interface CohortDaysProps {
  readonly body: CohortBody;
  readonly onChange: (next: CohortBody) => void;
}

export function CohortDays({ body, onChange }: CohortDaysProps) {
  const { days: _days, from: _from, to: _to, ...rest } = body;
  const isFixed = body.days === undefined;
  const last = body.to === undefined ? onlyDay(Date.now()) : lastDay(body.to);
  const first = body.from?.slice(0, 10) ?? onlyDay(Date.now() - daysFirst * dayMs);
  const between = (from: string, to: string) => {
    if (from !== '' && to !== '') onChange({ ...rest, from, to: after(to) });
  };
  return (
    <div className="grid grid-cols-[6rem_1fr] gap-3 sm:grid-cols-[6rem_1fr_6rem]">
      <Field label="At least">
        <input
          type="number"
          min={1}
          max={countMax}
          required
          aria-label="At least so many such events"
          title="So many such events"
          value={body.atLeast ?? 1}
          onChange={({ target }) => onChange({ ...body, atLeast: Math.max(1, target.valueAsNumber || 1) })}
          className={inputBox}
        />
      </Field>
      <Field label="of them, when">
        <select
          value={isFixed ? 'fixed' : 'moving'}
          onChange={({ target }) =>
            target.value === 'fixed' ? between(first, last) : onChange({ ...rest, days: daysFirst })
          }
          className={inputBox}
        >
          <option value="moving">In the last days</option>
          <option value="fixed">Between two days</option>
        </select>
      </Field>
      {isFixed ? (
        <div className="col-span-full grid grid-cols-2 gap-3">
          <Field label="First day">
            <input
              type="date"
              required
              max={last}
              value={first}
              onChange={({ target }) => between(target.value, last)}
              className={inputBox}
            />
          </Field>
          <Field label="Last day">
            <input
              type="date"
              required
              min={first}
              value={last}
              onChange={({ target }) => between(first, target.value)}
              className={inputBox}
            />
          </Field>
        </div>
      ) : (
        <Field label="Days">
          <input
            type="number"
            min={1}
            max={daysMax}
            required
            value={body.days}
            onChange={({ target }) => onChange({ ...rest, days: Math.max(1, target.valueAsNumber || 1) })}
            className={inputBox}
          />
        </Field>
      )}
    </div>
  );
}
