/**
 * What a filter means, said once: `matches` on one row. Two-valued logic: a comparison with an absent field, or with a
 * value of another type, is false, and `not` turns that round. Text is compared by bytes, amounts exactly.
 */
import type { EventRow } from '../event/event-row.ts';
import { compareAmount } from './decimal.ts';
import { fieldExists, fieldValue } from './field.ts';
import { PatternMatcher } from './pattern-match.ts';
import type { Cohort, Filter, Scalar } from './plan.ts';
import { compareBytes } from './text.ts';

/** The persons of a cohort: whoever evaluates has all the rows. */
export type PersonsOf = (cohort: Cohort) => ReadonlySet<bigint>;

export function matches(row: EventRow, filter: Filter, personsOf: PersonsOf): boolean {
  if ('and' in filter) return filter.and.every((part) => matches(row, part, personsOf));
  if ('or' in filter) return filter.or.some((part) => matches(row, part, personsOf));
  if ('not' in filter) return !matches(row, filter.not, personsOf);
  if ('cohort' in filter) return row.personKey !== 0n && personsOf(filter.cohort).has(row.personKey);
  if (filter.op === 'exists') return fieldExists(row, filter.field);
  const value = fieldValue(row, filter.field);
  if (value === undefined) return false;
  switch (filter.op) {
    case 'eq':
      return filter.field === 'amount' ? amountIs(row, 'eq', filter.value) : value === filter.value;
    case 'in':
      if (filter.field === 'amount') return filter.value.some((one) => amountIs(row, 'eq', one));
      return filter.value.includes(value);
    case 'contains':
      return typeof value === 'string' && value.includes(filter.value);
    case 'startsWith':
      return typeof value === 'string' && value.startsWith(filter.value);
    case 'matches':
      return typeof value === 'string' && new PatternMatcher(filter.value).test(value);
    case 'gt':
    case 'gte':
    case 'lt':
    case 'lte':
      if (filter.field === 'amount') return amountIs(row, filter.op, filter.value);
      return isOrdered(value, filter.op, filter.value);
    default:
      return filter satisfies never;
  }
}

type OrderOp = 'gt' | 'gte' | 'lt' | 'lte';

function amountIs(row: EventRow, op: OrderOp | 'eq', value: Scalar): boolean {
  return row.amount !== null && typeof value === 'number' && compareAmount(row.amount, op, value);
}

function isOrdered(value: Scalar, op: OrderOp, bound: string | number): boolean {
  if (typeof value === 'string' && typeof bound === 'string')
    return isInOrder(compareBytes(value, bound), op);
  if (typeof value === 'number' && typeof bound === 'number') return isInOrder(value - bound, op);
  return false;
}

function isInOrder(difference: number, op: OrderOp): boolean {
  switch (op) {
    case 'gt':
      return difference > 0;
    case 'gte':
      return difference >= 0;
    case 'lt':
      return difference < 0;
    case 'lte':
      return difference <= 0;
    default:
      return op satisfies never;
  }
}
