/** How a group of an answer is called. */
import { valueName } from '../../../format/names.ts';
import type { TableCell } from '../../kind.ts';

export interface Named {
  readonly value: string | number | boolean | null;
  readonly other?: true;
}

/** Of entry and exit pages the field is the page. */
const fieldOf = (field: string) => (field === 'entryPath' || field === 'exitPath' ? 'path' : field);

export function groupName(field: string, { value, other }: Named): string {
  if (other) return 'All others';
  if (value === null && fieldOf(field) !== field) return 'No page view';
  return valueName(fieldOf(field), value);
}

export const groupKey = ({ value, other }: Named): string => (other ? 'other' : JSON.stringify(value));
export const textCell = (text: string): TableCell => ({ text, value: text });
export const numberCell = (value: number | null, show: (value: number) => string): TableCell => ({
  text: value === null ? '' : show(value),
  value,
});
