/**
 * Numbers out of the values of a field, as SQL aggregates over raw rows whose text answer.ts reads: the doubles that JavaScript
 * sees, in the shortest text that is one; '' where no row has a value.
 */
import type { EventRow } from '../../event/event-row.ts';
import type { Measure } from '../../plan/plan.ts';
import { columnName } from '../sql/column-name.ts';
import { rowField } from '../sql/question-compiler.ts';

/** What the compiler says. */
export interface Values {
  text(value: string): string;
  /** The property as a double; NULL when it is none. */
  number(path: string): string;
  /** The property's jsonb. */
  json(path: string): string;
}

type Numeric = Exclude<Measure['agg'], 'distinct'>;
const shares: Readonly<Partial<Record<Numeric, number>>> = { median: 0.5, p90: 0.9, p95: 0.95, p99: 0.99 };

/** Through an integer, as JavaScript makes a double of an amount. */
const amountNumber = '(amount * 10000)::float8 / 10000';
const pathOf = (of: string): string => of.slice('properties.'.length);

export function measured({ agg, of, currency }: Measure, values: Values): string {
  const ofCurrency = currency === undefined ? [] : [`currency = ${values.text(currency)}`];
  if (agg === 'distinct') {
    const { value, isThere } = distinctValue(of, values);
    return `(count(DISTINCT ${value}) FILTER (WHERE ${[isThere, ...ofCurrency].join(' AND ')}))::text`;
  }
  const number = of === 'amount' ? amountNumber : values.number(pathOf(of));
  const filter = `FILTER (WHERE ${[`${number} IS NOT NULL`, ...ofCurrency].join(' AND ')})`;
  return `coalesce((${aggregate(agg, number, filter)})::text, '')`;
}

function aggregate(agg: Numeric, number: string, filter: string): string {
  const share = shares[agg];
  if (share !== undefined) return `percentile_cont(${share}) WITHIN GROUP (ORDER BY ${number}) ${filter}`;
  // avg() computes a variance too, which may be more than a double holds
  if (agg === 'avg') return divided(`sum(${number}) ${filter}`, `count(*) ${filter}`);
  return `${agg}(${number}) ${filter}`;
}

/** Where the result would be 0 though the sum is not, the server refuses to divide: at most half of the smallest double. */
function divided(sum: string, count: string): string {
  const halves = `2 * (abs(${sum}) / '5e-324'::float8)`;
  return `CASE WHEN abs(${sum}) > 1e-290 THEN ${sum} / ${count} WHEN ${halves} <= ${count} THEN 0 ELSE ${sum} / ${count} END`;
}

function distinctValue(of: string, { json }: Values): { readonly value: string; readonly isThere: string } {
  const field = rowField(of);
  if (field === undefined) {
    const value = json(pathOf(of));
    return { value, isThere: `jsonb_typeof(${value}) IN ('string', 'number', 'boolean')` };
  }
  const column = columnName(field.name as keyof EventRow);
  if (field.type === 'decimal') return { value: amountNumber, isThere: `${column} IS NOT NULL` };
  return { value: column, isThere: field.type === 'string' ? `${column} <> ''` : 'true' };
}
