/** A value of a field: typed, or chosen from those that the data has. */
import { useState } from 'react';
import { valueName } from '../../format/names.ts';
import { shortNumber } from '../../format/numbers.ts';
import { Combobox, type Option } from './combobox.tsx';
import { isOwn } from './fields.ts';
import { useDebounced } from './use-debounced.ts';
import { type Scope, useValues } from './use-values.ts';

export type Scalar = string | number | boolean;

const searchMs = 200;

interface ValuePickerProps {
  readonly project: string;
  readonly field: string;
  readonly value: Scalar | undefined;
  readonly onChange: (value: Scalar) => void;
  readonly label: string;
  readonly scope?: Scope | undefined;
  readonly isInvalid?: boolean;
  readonly className?: string;
  readonly placeholder?: string;
  /** In place of what is chosen: for a button that adds one more. */
  readonly isAdder?: boolean;
  /** Stand before those of the data. */
  readonly first?: readonly Option[];
}

/** Options carry a value as JSON, so that 5 and "5" are two. */
export const keyOf = (value: Scalar) => JSON.stringify(value);

export function ValuePicker(props: ValuePickerProps) {
  const {
    project,
    field,
    value,
    onChange,
    label,
    scope,
    isInvalid,
    className,
    isAdder = false,
    first = [],
  } = props;
  const { placeholder = isAdder ? 'Add a value' : 'Choose a value' } = props;
  const [isOpen, setOpen] = useState(false);
  const [text, setText] = useState('');
  const search = useDebounced(text, searchMs);
  const { data = [], isFetching } = useValues(project, field, search, scope, isOpen);
  const wanted = text.toLowerCase();
  const options = [
    ...first.filter((each) => each.label.toLowerCase().includes(wanted)),
    ...data
      .filter(
        (each) =>
          valueName(field, each.value).toLowerCase().includes(wanted) ||
          String(each.value).toLowerCase().includes(wanted),
      )
      .map((each) => ({
        value: keyOf(each.value),
        label: nameOf(field, each.value),
        hint: `${shortNumber(each.events)} ${each.events === 1 ? 'event' : 'events'}`,
      })),
  ];
  const shown = value === undefined || isAdder ? undefined : nameOf(field, value);
  return (
    <Combobox
      label={`${label}: ${shown ?? placeholder}`}
      value={value === undefined ? '' : keyOf(value)}
      shown={shown ?? <span className="text-faint">{placeholder}</span>}
      options={options}
      onChoose={(key) => onChange(JSON.parse(key) as Scalar)}
      onOpen={(next) => {
        setOpen(next);
        setText('');
      }}
      onSearch={setText}
      typed={(typed) => typedOption(field, typed)}
      isBusy={isFetching}
      placeholder="Search or type a value"
      {...(isInvalid !== undefined && { isInvalid })}
      {...(className !== undefined && { className })}
    />
  );
}

/** Text that looks like a number says so, where a property may hold either. */
function nameOf(field: string, value: Scalar): string {
  const isAmbiguous =
    isOwn(field) && typeof value === 'string' && value !== '' && Number.isFinite(Number(value));
  return isAmbiguous ? `“${value}”` : valueName(field, value);
}

function typedOption(field: string, text: string): Option {
  const typed = typedValue(field, text);
  const hint = typeof typed === 'string' ? 'as typed' : `as a ${typeof typed}`;
  return { value: keyOf(typed), label: nameOf(field, typed), hint };
}

/** Properties may be numbers and true or false; in quotes they are text. */
export function typedValue(field: string, text: string): Scalar {
  if (!isOwn(field)) return text;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text.trim() !== '' && Number.isFinite(Number(text))) return Number(text);
  return /^["“].*["”]$/s.test(text) ? text.slice(1, -1) : text;
}
