/** By which field an answer is told apart, or by none. */
import type { Option } from '../../fields/combobox.tsx';
import { FieldPicker } from '../../fields/field-picker.tsx';
import { Labeled } from './editor-parts.tsx';

interface ByFieldProps {
  readonly project: string;
  readonly label: string;
  readonly value: string | undefined;
  /** Beside the fields of events. */
  readonly more?: readonly Option[];
  readonly onChange: (field: string | undefined) => void;
}

export function ByField({ project, label, value, more = [], onChange }: ByFieldProps) {
  return (
    <Labeled label={label}>
      <FieldPicker
        project={project}
        label={label}
        value={value ?? ''}
        only="groupable"
        placeholder="Nothing"
        more={[{ value: '', label: 'Nothing' }, ...more]}
        onChange={(field) => onChange(field === '' ? undefined : field)}
        className="w-full"
      />
    </Labeled>
  );
}
