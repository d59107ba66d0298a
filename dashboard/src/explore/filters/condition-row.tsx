/** One condition on one line: field, operator, value; a second line where there is no room. */

import { valueName } from '../../format/names.ts';
import { classes } from '../../ui/classes.ts';
import { FieldPicker } from '../fields/field-picker.tsx';
import { fieldType, isOwn, labelOf } from '../fields/fields.ts';
import { type Scalar, typedValue, ValuePicker } from '../fields/value-picker.tsx';
import type { Condition } from './filter-tree.ts';
import { type Operator, operatorOf, operatorsOf } from './operators.ts';
import { type PartProps, RemoveButton } from './row.tsx';

const box = 'h-9 min-w-0 rounded-md border bg-card px-2';

export function ConditionRow({ part, at, pointer, onChange, onRemove }: PartProps<Condition>) {
  const { field, op, not } = part;
  const operator = operatorOf(field, op, not);
  const known = operatorsOf(field);
  const wrong = problemAt(at.problem, pointer);
  return (
    <div className="grid min-w-0 gap-1">
      <div className="flex min-w-0 flex-wrap items-center gap-1.5">
        <FieldPicker
          project={at.project}
          value={field}
          onChange={(next) => onChange(onField(part, next))}
          label="Field"
          className="max-w-full flex-1 basis-32"
          isInvalid={wrong?.place === 'field'}
        />
        {field !== '' && (
          <select
            aria-label={`What ${labelOf(field)} must be`}
            value={operator.id}
            onChange={({ target }) => {
              const next = known.find(({ id }) => id === target.value);
              if (next !== undefined) onChange(withOperator(part, next));
            }}
            className={classes(box, 'flex-1 basis-24', wrong?.place === 'op' ? 'border-bad' : 'border-line')}
          >
            {(known.includes(operator) ? known : [operator, ...known]).map(({ id, words }) => (
              <option key={id} value={id}>
                {words}
              </option>
            ))}
          </select>
        )}
        <RemoveButton
          label={field === '' ? 'Remove the condition' : `Remove the condition on ${labelOf(field)}`}
          onClick={onRemove}
        />
      </div>
      {field !== '' && operator.takes !== 'none' && (
        <ConditionValue
          part={part}
          operator={operator}
          at={at}
          isInvalid={wrong?.place === 'value'}
          onChange={onChange}
        />
      )}
      {wrong !== undefined && (
        <p role="alert" className="text-[13px] text-bad">
          {wrong.message}
        </p>
      )}
    </div>
  );
}

interface ValueProps {
  readonly part: Condition;
  readonly operator: Operator;
  readonly at: PartProps<Condition>['at'];
  readonly isInvalid: boolean;
  readonly onChange: (next: Condition) => void;
}

function ConditionValue({ part, operator, at, isInvalid, onChange }: ValueProps) {
  const { field, value } = part;
  const type = fieldType(field);
  const label = `Value of ${labelOf(field)}`;
  const look = classes(box, 'w-full', isInvalid ? 'border-bad' : 'border-line');
  const set = (next: Scalar | readonly Scalar[] | undefined) => onChange({ ...part, value: next });
  if (operator.takes === 'many')
    return <ManyValues part={part} at={at} isInvalid={isInvalid} onChange={onChange} />;
  if (type === 'boolean')
    return (
      <select
        aria-label={label}
        value={String(value ?? '')}
        onChange={({ target }) => set(target.value === 'true')}
        className={look}
      >
        <option value="" disabled>
          Choose
        </option>
        <option value="true">true</option>
        <option value="false">false</option>
      </select>
    );
  if (type === 'time')
    return (
      <input
        type="datetime-local"
        aria-label={label}
        value={typeof value === 'string' ? value.slice(0, 16) : ''}
        onChange={({ target }) => set(target.value || undefined)}
        className={look}
      />
    );
  const isOrder = operator.op.startsWith('g') || operator.op.startsWith('l');
  if (type === 'number')
    return (
      <input
        type="number"
        step="any"
        aria-label={label}
        value={typeof value === 'number' ? value : ''}
        onChange={({ target }) => set(target.value === '' ? undefined : Number(target.value))}
        className={look}
      />
    );
  if (operator.takes === 'text' || isOrder)
    return (
      <input
        aria-label={label}
        spellCheck={false}
        value={value === undefined ? '' : String(value)}
        placeholder={operator.op === 'matches' ? '^/blog/\\d+$' : isOrder && isOwn(field) ? '100' : ''}
        onChange={({ target }) =>
          set(target.value === '' ? undefined : isOrder ? typedValue(field, target.value) : target.value)
        }
        className={look}
      />
    );
  return (
    <ValuePicker
      project={at.project}
      field={field}
      value={value as Scalar | undefined}
      onChange={set}
      label={label}
      scope={at.scope}
      isInvalid={isInvalid}
      className="w-full"
    />
  );
}

function ManyValues({ part, at, isInvalid, onChange }: Omit<ValueProps, 'operator'>) {
  const { field } = part;
  const values = Array.isArray(part.value) ? (part.value as readonly Scalar[]) : [];
  return (
    <div
      className={classes(
        'flex min-w-0 flex-wrap items-center gap-1 rounded-md border p-1',
        isInvalid ? 'border-bad' : 'border-line',
      )}
    >
      {values.map((value, index) => (
        <span
          key={JSON.stringify(value)}
          className="inline-flex max-w-full items-center rounded bg-accent-soft pl-2"
        >
          <span className="truncate" title={String(value)}>
            {valueName(field, value)}
          </span>
          <RemoveButton
            label={`Take away ${valueName(field, value)}`}
            onClick={() => onChange({ ...part, value: values.toSpliced(index, 1) })}
          />
        </span>
      ))}
      <ValuePicker
        project={at.project}
        field={field}
        value={undefined}
        isAdder
        onChange={(value) => values.includes(value) || onChange({ ...part, value: [...values, value] })}
        label={`Add a value of ${labelOf(field)}`}
        scope={at.scope}
        className="max-w-44 border-transparent"
      />
    </div>
  );
}

/** The operator stays where it fits the new field; the value does not, as it was another field’s. */
function onField(part: Condition, field: string): Condition {
  const fits = operatorsOf(field).some(({ op, not }) => op === part.op && not === part.not);
  const [first] = operatorsOf(field);
  const kept =
    fits && part.field !== '' ? { op: part.op, not: part.not } : { op: first!.op, not: first!.not };
  return { ...part, field, ...kept, value: undefined };
}

function withOperator(part: Condition, { op, not, takes }: Operator): Condition {
  const before = operatorOf(part.field, part.op, part.not).takes;
  const { value } = part;
  if (takes === before) return { ...part, op, not };
  if (takes === 'many')
    return { ...part, op, not, value: value === undefined || Array.isArray(value) ? [] : [value as Scalar] };
  if (takes === 'none') return { ...part, op, not, value: undefined };
  const one = Array.isArray(value) ? (value[0] as Scalar | undefined) : (value as Scalar | undefined);
  return { ...part, op, not, value: takes === 'text' && one !== undefined ? String(one) : one };
}

/** What is wrong with the condition that stands at `pointer`, and in which of its parts. */
function problemAt(problem: PartProps<Condition>['at']['problem'], pointer: string | undefined) {
  if (problem === undefined || pointer === undefined) return undefined;
  if (problem.pointer !== pointer && !problem.pointer.startsWith(`${pointer}/`)) return undefined;
  const rest = problem.pointer.slice(pointer.length).replace(/^\/not(?=\/|$)/, '');
  const [, place = 'value'] = rest.split('/');
  return { place, message: problem.message };
}
