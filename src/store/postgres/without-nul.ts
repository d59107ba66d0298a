/**
 * Filters without U+0000, which no text of PostgreSQL can hold, so that none can be bound either: each condition on such a text
 * becomes one that means the same where no row has such a text.
 */
import type { Filter } from '../../plan/plan.ts';

const never: Filter = { or: [] };

export const holdsNul = (text: string): boolean => text.includes('\0');

/** Of one condition; those within `and`, `or` and `not` are left to whoever walks them. */
export function withoutNul(filter: Filter): Filter {
  if (!('field' in filter)) return filter;
  if (holdsNul(filter.field)) return never;
  switch (filter.op) {
    case 'exists':
      return filter;
    case 'in':
      return { ...filter, value: filter.value.filter((one) => typeof one !== 'string' || !holdsNul(one)) };
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      return typeof filter.value === 'string' && holdsNul(filter.value)
        ? beside(filter, filter.value)
        : filter;
    default:
      return typeof filter.value === 'string' && holdsNul(filter.value) ? never : filter;
  }
}

/** Nothing stands between a text and the same text with U+0000 and more behind it. */
function beside(filter: Extract<Filter, { op: 'gt' | 'gte' | 'lt' | 'lte' }>, text: string): Filter {
  const value = text.slice(0, text.indexOf('\0'));
  return { ...filter, op: filter.op === 'gt' || filter.op === 'gte' ? 'gt' : 'lte', value };
}
