/**
 * Filters as SQL conditions that are true or false, never NULL: the meaning is that of plan/filter.ts. What a dialect
 * does differently is a method to override; values only get into the text through `text`, `double`, `instant`, `amount`.
 */
import { amountBound } from '../../plan/decimal.ts';
import { type Field, fields, propertyPath } from '../../plan/field.ts';
import { parsePattern, patternText } from '../../plan/pattern.ts';
import type { Cohort, FieldName, Filter, Scalar } from '../../plan/plan.ts';
import { columnName } from './column-name.ts';

type Leaf = Extract<Filter, { readonly field: FieldName }>;
type Comparison = Extract<Leaf, { readonly op: 'gt' | 'gte' | 'lt' | 'lte' }>;
export type PropertyType = 'string' | 'number' | 'boolean';

const operators = { gt: '>', gte: '>=', lt: '<', lte: '<=', eq: '=' } as const;
const no = 'false';

export abstract class FilterCompiler {
  /** A string as a literal. */
  abstract text(value: string): string;
  /** A double as a literal, exactly. */
  abstract double(value: number): string;
  /** A whole epoch millisecond as a literal of the type of time columns. */
  abstract instant(ms: number): string;
  /** Ten-thousandths as a literal that compares exactly with `amount`. */
  abstract amount(tenThousandths: bigint): string;
  /** The property at `path` as this type: NULL when it is absent or of another type. */
  abstract property(path: string, type: PropertyType): string;
  /** Whether there is anything at `path`, arrays and objects included. */
  abstract propertyExists(path: string): string;
  /** `value` occurs in the text `expression`, byte for byte. */
  abstract contains(expression: string, value: string): string;
  abstract startsWith(expression: string, value: string): string;
  /** The text `expression` holds a match of this pattern, which is written as `patternText` does. */
  abstract matches(expression: string, pattern: string): string;
  /** The condition that an event's person is one of a cohort. */
  abstract inCohort(cohort: Cohort): string;

  /** NULL becomes false. */
  orFalse(condition: string): string {
    return `coalesce(${condition}, false)`;
  }

  filter(filter: Filter): string {
    if ('and' in filter) return this.#all(filter.and, ' AND ', 'true');
    if ('or' in filter) return this.#all(filter.or, ' OR ', no);
    if ('not' in filter) return `NOT ${this.#nested(filter.not)}`;
    if ('cohort' in filter) return this.inCohort(filter.cohort);
    const path = propertyPath(filter.field);
    if (path !== undefined) return this.#onProperty(path.join('.'), filter);
    const field = fields.get(filter.field);
    if (field === undefined)
      throw new RangeError(`there is no field ${filter.field}; parsePlan refuses such plans`);
    switch (field.type) {
      case 'string':
        return this.#onText(field, filter);
      case 'boolean':
        return this.#onBoolean(field, filter);
      case 'time':
        return this.#onTime(field, filter);
      case 'decimal':
        return this.#onAmount(field, filter);
      default:
        return field.type satisfies never;
    }
  }

  #all(parts: readonly Filter[], word: string, empty: string): string {
    return parts.length === 0 ? empty : parts.map((part) => this.#nested(part)).join(word);
  }

  #nested(filter: Filter): string {
    return `(${this.filter(filter)})`;
  }

  /** Text columns: '' stands for absent. */
  #onText(field: Field, filter: Leaf): string {
    const column = columnName(field.name);
    const present = `${column} != ''`;
    switch (filter.op) {
      case 'eq':
        return this.#isOneOf(column, [filter.value]);
      case 'in':
        return this.#isOneOf(column, filter.value);
      case 'contains':
        return filter.value === '' ? present : this.contains(column, filter.value);
      case 'startsWith':
        return filter.value === '' ? present : this.startsWith(column, filter.value);
      case 'matches':
        return `${present} AND ${this.matches(column, emitted(filter.value))}`;
      case 'exists':
        return present;
      default:
        if (typeof filter.value !== 'string') return no;
        return `${present} AND ${column} ${operators[filter.op]} ${this.text(filter.value)}`;
    }
  }

  #isOneOf(column: string, values: readonly Scalar[]): string {
    const texts = values.filter((value) => typeof value === 'string' && value !== '') as string[];
    return isIn(
      column,
      texts.map((value) => this.text(value)),
    );
  }

  #onBoolean(field: Field, filter: Leaf): string {
    const column = columnName(field.name);
    if (filter.op === 'exists') return 'true';
    if (filter.op !== 'eq' && filter.op !== 'in') return no;
    const values = filter.op === 'eq' ? [filter.value] : filter.value;
    const wanted = new Set(values.filter((value) => typeof value === 'boolean'));
    if (wanted.size === 2) return 'true';
    if (wanted.size === 0) return no;
    return wanted.has(true) ? column : `NOT ${column}`;
  }

  #onTime(field: Field, filter: Leaf): string {
    const column = columnName(field.name);
    switch (filter.op) {
      case 'exists':
        return 'true';
      case 'contains':
      case 'startsWith':
      case 'matches':
        return no;
      case 'eq':
      case 'in': {
        const values = filter.op === 'eq' ? [filter.value] : filter.value;
        const instants = values.filter((value) => isInstant(value)) as number[];
        return isIn(
          column,
          instants.map((ms) => this.instant(ms)),
        );
      }
      default:
        return typeof filter.value === 'number' ? this.#timeBound(column, filter.op, filter.value) : no;
    }
  }

  /** Between two milliseconds: t > 1.5 is t > 1, t >= 1.5 is t >= 2. */
  #timeBound(column: string, op: Comparison['op'], value: number): string {
    const whole = op === 'gte' || op === 'lt' ? Math.ceil(value) : Math.floor(value);
    if (whole < instants.min) return op === 'gt' || op === 'gte' ? 'true' : no;
    if (whole > instants.max) return op === 'lt' || op === 'lte' ? 'true' : no;
    return `${column} ${operators[op]} ${this.instant(whole)}`;
  }

  #onAmount(field: Field, filter: Leaf): string {
    const column = columnName(field.name);
    switch (filter.op) {
      case 'exists':
        return `${column} IS NOT NULL`;
      case 'contains':
      case 'startsWith':
      case 'matches':
        return no;
      case 'in':
        return any(filter.value.map((value) => this.#amountIs(column, 'eq', value)));
      default:
        return this.#amountIs(column, filter.op, filter.value);
    }
  }

  #amountIs(column: string, op: Comparison['op'] | 'eq', value: Scalar): string {
    if (typeof value !== 'number') return no;
    const bound = amountBound(op, value);
    if (bound === 'never') return no;
    return this.orFalse(`${column} ${operators[bound.op]} ${this.amount(bound.value)}`);
  }

  #onProperty(path: string, filter: Leaf): string {
    switch (filter.op) {
      case 'exists':
        return this.propertyExists(path);
      case 'eq':
        return this.propertyEquals(path, filter.value);
      case 'in':
        return any(filter.value.map((value) => this.propertyEquals(path, value)));
      case 'contains':
      case 'startsWith': {
        const text = this.property(path, 'string');
        if (filter.value === '') return `${text} IS NOT NULL`;
        return this.orFalse(
          filter.op === 'contains' ? this.contains(text, filter.value) : this.startsWith(text, filter.value),
        );
      }
      case 'matches':
        return this.orFalse(this.matches(this.property(path, 'string'), emitted(filter.value)));
      default:
        return this.#propertyIs(path, operators[filter.op], filter.value);
    }
  }

  /** The property at `path` is this value, of this type. */
  protected propertyEquals(path: string, value: Scalar): string {
    return this.#propertyIs(path, '=', value);
  }

  #propertyIs(path: string, operator: string, value: Scalar): string {
    switch (typeof value) {
      case 'string':
        return this.orFalse(`${this.property(path, 'string')} ${operator} ${this.text(value)}`);
      case 'number':
        return this.orFalse(`${this.property(path, 'number')} ${operator} ${this.double(value)}`);
      default:
        return this.orFalse(`${this.property(path, 'boolean')} ${operator} ${value}`);
    }
  }
}

/** What a time column can hold; bounds outside it are decided without a comparison. */
const instants = { min: -2_208_988_800_000, max: 10_000_000_000_000 };

const isInstant = (value: Scalar): boolean =>
  Number.isInteger(value) && (value as number) >= instants.min && (value as number) <= instants.max;

const emitted = (pattern: string): string => patternText(parsePattern(pattern));

const isIn = (column: string, literals: readonly string[]): string => {
  if (literals.length === 0) return no;
  return literals.length === 1 ? `${column} = ${literals[0]}` : `${column} IN (${literals.join(', ')})`;
};

const any = (conditions: readonly string[]): string =>
  conditions.length === 0 ? no : conditions.map((condition) => `(${condition})`).join(' OR ');
