/**
 * Filters as chips show them and the address bar keeps them: `country==DE`, `!plan?`, the same words as the API's `filter` parameter; and
 * `segment:ID` for one that is saved.
 */
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
  | { readonly field: string; readonly operator: 'present' }
  /** A saved segment, by its id. */
  | { readonly field: 'segment'; readonly operator: 'named'; readonly value: string };

const comparison = /^([\w.$-]+?)(==|!=|\^=|~)(.*)$/s;
const presence = /^(!?)([\w.$-]+)\?$/;
const named = /^segment:([a-z0-9][a-z0-9-]{0,62})$/;

/** Undefined when it is none. */
export function conditionOf(text: string): Condition | undefined {
  const segment = named.exec(text)?.[1];
  if (segment !== undefined) return segmentCondition(segment);
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
  if (condition.operator === 'named') return `segment:${condition.value}`;
  const { field, operator, value } = condition;
  const looksTyped = typeof value === 'string' && typeof typedValue(field, value) !== 'string';
  return `${field}${operator}${looksTyped ? `"${value}"` : value}`;
}

export function conditionFilter(condition: Condition): unknown {
  const { field } = condition;
  if (condition.operator === 'named') return { segment: condition.value };
  if (condition.operator === 'present') return { field, op: 'exists' };
  if (condition.operator === 'absent') return { not: { field, op: 'exists' } };
  const filter = { field, op: operators[condition.operator].op, value: condition.value };
  return condition.operator === '!=' ? { not: filter } : filter;
}

export const segmentCondition = (id: string): Condition => ({
  field: 'segment',
  operator: 'named',
  value: id,
});

/** What a click on a row of a table means. */
export const conditionFor = (field: string, value: string | number | boolean | null): Condition =>
  value === null ? { field, operator: 'absent' } : { field, operator: '==', value };

/** `segmentName`: what a saved one is called. */
export function conditionWords(
  condition: Condition,
  segmentName: (id: string) => string = (id) => id,
): {
  readonly field: string;
  readonly words: string;
  readonly value: string;
} {
  if (condition.operator === 'named')
    return { field: 'Segment', words: 'is', value: segmentName(condition.value) };
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
