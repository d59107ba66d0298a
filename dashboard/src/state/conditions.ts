/** Filters as chips show them and the address bar keeps them: `country==DE`, `!plan?`. The same words as the API's `filter` parameter. */
import { fieldName, valueName } from '../format/names.ts';

const operators = {
  '==': { op: 'eq', words: 'is' },
  '!=': { op: 'eq', words: 'is not' },
  '^=': { op: 'startsWith', words: 'begins with' },
  '~': { op: 'contains', words: 'contains' },
} as const;
export type Operator = keyof typeof operators;
export const operatorWords = (operator: Operator) => operators[operator].words;
export const operatorNames = Object.keys(operators) as Operator[];

export type Condition =
  | { readonly field: string; readonly operator: Operator; readonly value: string | number | boolean }
  | { readonly field: string; readonly operator: 'absent' }
  | { readonly field: string; readonly operator: 'present' };

const comparison = /^([\w.$-]+?)(==|!=|\^=|~)(.*)$/s;
const presence = /^(!?)([\w.$-]+)\?$/;

/** Undefined when it is none. */
export function conditionOf(text: string): Condition | undefined {
  const [, not, present] = presence.exec(text) ?? [];
  if (present !== undefined) return { field: present, operator: not === '!' ? 'absent' : 'present' };
  const [, field, operator, value] = comparison.exec(text) ?? [];
  if (field === undefined || value === undefined) return undefined;
  return { field, operator: operator as Operator, value: typedValue(field, value) };
}

/** Properties may be numbers and true or false; in quotes they are text. */
function typedValue(field: string, text: string): string | number | boolean {
  if (!field.startsWith('properties.') && field !== 'bot') return text;
  if (text === 'true' || text === 'false') return text === 'true';
  if (text !== '' && Number.isFinite(Number(text))) return Number(text);
  return /^".*"$/s.test(text) ? text.slice(1, -1) : text;
}

export function conditionText(condition: Condition): string {
  if (condition.operator === 'absent') return `!${condition.field}?`;
  if (condition.operator === 'present') return `${condition.field}?`;
  const { field, operator, value } = condition;
  const looksTyped = typeof value === 'string' && typeof typedValue(field, value) !== 'string';
  return `${field}${operator}${looksTyped ? `"${value}"` : value}`;
}

export function conditionFilter(condition: Condition): unknown {
  const { field } = condition;
  if (condition.operator === 'present') return { field, op: 'exists' };
  if (condition.operator === 'absent') return { not: { field, op: 'exists' } };
  const filter = { field, op: operators[condition.operator].op, value: condition.value };
  return condition.operator === '!=' ? { not: filter } : filter;
}

/** What a click on a row of a table means. */
export const conditionFor = (field: string, value: string | number | boolean | null): Condition =>
  value === null ? { field, operator: 'absent' } : { field, operator: '==', value };

export function conditionWords(condition: Condition): {
  readonly field: string;
  readonly words: string;
  readonly value: string;
} {
  const field = fieldName(condition.field);
  if (condition.operator === 'absent') return { field, words: 'is', value: valueName(condition.field, null) };
  if (condition.operator === 'present') return { field, words: 'is', value: 'there' };
  return {
    field,
    words: operatorWords(condition.operator),
    value: valueName(condition.field, condition.value),
  };
}

/** Adds it, or takes it away when it is there. One field is equal to one value at most. */
export function toggled(conditions: readonly Condition[], next: Condition): readonly Condition[] {
  const text = conditionText(next);
  if (conditions.some((each) => conditionText(each) === text))
    return conditions.filter((each) => conditionText(each) !== text);
  const isExact = (each: Condition) => each.operator === '==' || each.operator === 'absent';
  return [
    ...conditions.filter((each) => !(isExact(each) && isExact(next) && each.field === next.field)),
    next,
  ];
}
