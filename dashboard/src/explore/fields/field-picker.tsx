/** Chooses a field of events: the built-in ones, and the project’s own properties with their types and a few of their values. */
import { useState } from 'react';
import { Combobox, type Option } from './combobox.tsx';
import { fieldGroups, isGroupable, isNumeric, isOwn, labelOf, ownPrefix } from './fields.ts';
import { newestEvents, useProperties } from './use-properties.ts';

interface FieldPickerProps {
  readonly project: string;
  /** As plans name it; '' when none is chosen yet. */
  readonly value: string;
  readonly onChange: (field: string) => void;
  readonly label: string;
  /** Those that fit: for groups, or for sums and averages. */
  readonly only?: 'groupable' | 'numeric';
  readonly isInvalid?: boolean;
  readonly className?: string;
  /** Beside the fields, such as `entryPath` of sessions. */
  readonly more?: readonly Option[];
  /** What the button says while nothing is chosen. */
  readonly placeholder?: string;
}

export function FieldPicker(props: FieldPickerProps) {
  const {
    project,
    value,
    onChange,
    label,
    only,
    isInvalid,
    className,
    more = [],
    placeholder = 'Choose a field',
  } = props;
  const [isOpen, setOpen] = useState(false);
  const { data: properties = [], isPending } = useProperties(project, { enabled: isOpen });
  const fits = only === 'groupable' ? isGroupable : only === 'numeric' ? isNumeric : () => true;
  const own = properties.filter(({ types }) => only !== 'numeric' || types.includes('number'));
  const options: readonly Option[] = [
    ...more,
    ...(only === 'numeric' ? [] : builtIn(fits)),
    ...own.map(({ name, types, examples }) => ({
      value: name,
      label: labelOf(name),
      hint: [types.join(' or '), examples.join(', ')].filter(Boolean).join(': '),
      group: 'Your properties',
    })),
    ...(only === 'numeric' ? builtIn(fits) : []),
  ];
  return (
    <Combobox
      label={`${label}: ${value === '' ? placeholder : nameOf(value, more)}`}
      value={value}
      shown={value === '' ? <span className="text-faint">{placeholder}</span> : nameOf(value, more)}
      options={options}
      onChoose={onChange}
      onOpen={setOpen}
      isBusy={isPending}
      typed={typedProperty}
      placeholder="Search fields and properties"
      note={`Properties are those of the newest ${newestEvents} events; type the name of any other.`}
      {...(isInvalid !== undefined && { isInvalid })}
      {...(className !== undefined && { className })}
    />
  );
}

const nameOf = (field: string, more: readonly Option[]) =>
  more.find(({ value }) => value === field)?.label ?? labelOf(field);

const builtIn = (fits: (field: string) => boolean): readonly Option[] =>
  fieldGroups.flatMap(({ label: group, fields }) =>
    fields.filter(fits).map((field) => ({ value: field, label: labelOf(field), hint: field, group })),
  );

function typedProperty(text: string): Option | undefined {
  const name = isOwn(text) ? text : ownPrefix + text;
  if (name.slice(ownPrefix.length).split('.').includes('')) return undefined;
  return {
    value: name,
    label: name.slice(ownPrefix.length),
    hint: 'a property of this name',
    group: 'Your properties',
  };
}
