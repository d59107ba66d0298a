/** A value of a group as the key that the compiler's `groupKey` makes of it. */
import type { FieldName } from '../../plan/plan.ts';
import { rowField } from '../sql/question-compiler.ts';
import type { GroupValue } from '../store.ts';

/** Undefined: no event can have this value in this field. */
export function keyOfValue(name: FieldName, value: GroupValue): string | undefined {
  const field = rowField(name);
  if (field?.type === 'string') {
    if (value === null) return '';
    return typeof value === 'string' && value !== '' ? value : undefined;
  }
  if (field !== undefined) return typeof value === 'boolean' ? `boolean:${value}` : undefined;
  return value === null ? 'null:null' : `${typeof value}:${value}`;
}
