/**
 * Filters as a person types them. The grammar, one filter an option:
 *   filter := JSON object | ['!'] field '?' | field operator value
 *   operator := '!=' | '>=' | '<=' | '^=' (begins with) | '=' | '>' | '<' | '~' (contains)
 * Values of properties, `amount` and `bot` are read as numbers, true and false where they look like it; in quotes they are text.
 */
import { UsageError } from './context.ts';

export type FilterText = string;
type Json = Readonly<Record<string, unknown>>;

const operators = {
  '=': 'eq',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '^=': 'startsWith',
  '~': 'contains',
} as const;
const comparison = /^([\w.$-]+?)\s*(!=|>=|<=|\^=|=|>|<|~)\s*(.*)$/s;
const presence = /^(!?)\s*([\w.$-]+)\?$/;

/** All must match; undefined when there is none. Fields and types are checked by the server. */
export function parseFilters(texts: readonly FilterText[]): Json | undefined {
  const filters = texts.map(parseFilter);
  return filters.length <= 1 ? filters[0] : { and: filters };
}

function parseFilter(text: string): Json {
  const given = text.trim();
  if (given.startsWith('{')) return parseJson(given);
  const [, not, present] = presence.exec(given) ?? [];
  if (present !== undefined) {
    const exists = { field: present, op: 'exists' };
    return not === '!' ? { not: exists } : exists;
  }
  const [, field, operator, value] = comparison.exec(given) ?? [];
  if (field === undefined || operator === undefined || value === undefined) {
    throw new UsageError(
      `--filter must look like country=DE, amount>=10 or userId?, but is ${JSON.stringify(given)}`,
    );
  }
  if (operator === '!=') return { not: { field, op: 'eq', value: scalar(field, value) } };
  const op = operators[operator as keyof typeof operators];
  return { field, op, value: operator === '~' || operator === '^=' ? unquoted(value) : scalar(field, value) };
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new UsageError(`--filter begins like JSON but is not: ${(cause as Error).message}`);
  }
}

function scalar(field: string, text: string): string | number | boolean {
  const typed = field.startsWith('properties.') || field === 'amount' || field === 'bot';
  if (typed && (text === 'true' || text === 'false')) return text === 'true';
  if (typed && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return unquoted(text);
}

const unquoted = (text: string) => /^"(.*)"$/s.exec(text)?.[1] ?? text;
