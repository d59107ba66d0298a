/**
 * Filters as a person types them, on the command line and in addresses. The grammar:
 *   filter := JSON object | ['!'] field '?' | field operator value
 *   operator := '==' or '=' | '!=' | '>=' | '<=' | '^=' (begins with) | '>' | '<' | '~' (contains)
 * Values of properties, `amount` and `bot` are read as numbers, true and false where they look like it; in quotes they are text.
 * Which fields there are, and what may be asked of each, is for parse-filter.ts to say.
 */

type Json = Readonly<Record<string, unknown>>;

/** The message is the rule that the text breaks; it reads after the name of the option or parameter. */
export class FilterTextInvalid extends Error {
  override readonly name = 'FilterTextInvalid';
}

const operators = {
  '=': 'eq',
  '==': 'eq',
  '>': 'gt',
  '>=': 'gte',
  '<': 'lt',
  '<=': 'lte',
  '^=': 'startsWith',
  '~': 'contains',
} as const;
const comparison = /^([\w.$-]+?)\s*(!=|>=|<=|\^=|==|=|>|<|~)\s*(.*)$/s;
const presence = /^(!?)\s*([\w.$-]+)\?$/;

/** One filter, as `parsePlan` takes it. Errors: FilterTextInvalid. */
export function parseFilterText(text: string): Json {
  const given = text.trim();
  if (given.startsWith('{')) return parseJson(given);
  const [, not, present] = presence.exec(given) ?? [];
  if (present !== undefined) {
    const exists = { field: present, op: 'exists' };
    return not === '!' ? { not: exists } : exists;
  }
  const [, field, operator, value] = comparison.exec(given) ?? [];
  if (field === undefined || operator === undefined || value === undefined)
    throw new FilterTextInvalid(
      `must look like country=DE, amount>=10 or userId?, but is ${JSON.stringify(given.slice(0, 200))}`,
    );
  if (operator === '!=') return { not: { field, op: 'eq', value: scalar(field, value) } };
  const op = operators[operator as keyof typeof operators];
  return { field, op, value: operator === '~' || operator === '^=' ? unquoted(value) : scalar(field, value) };
}

/** All of them must match; undefined when there is none. Errors: FilterTextInvalid. */
export function parseFilterTexts(texts: readonly string[]): Json | undefined {
  const filters = texts.map(parseFilterText);
  return filters.length <= 1 ? filters[0] : { and: filters };
}

/**
 * The pieces between separators: 'a="x;y";b=1' at ';' is two. A separator is part of a value in quotes and of a filter as JSON. Quotes
 * count where a value begins, so that a title with one inch mark is no open end.
 */
export function splitFilterTexts(text: string, separator: ';' | ','): readonly string[] {
  const pieces: string[] = [];
  let begin = 0;
  for (let i = 0; i <= text.length; i++) {
    const at = text[i];
    const before = at === '{' || at === '"' ? text.slice(begin, i).trimEnd().at(-1) : undefined;
    if (at === '{' && before === undefined) i = endOfJson(text, i);
    else if (at === '"' && before !== undefined && '=<>~'.includes(before))
      i = endOfQuotes(text, i, separator);
    else if (at === separator || at === undefined) {
      pieces.push(text.slice(begin, i).trim());
      begin = i + 1;
    }
  }
  return pieces.filter((piece) => piece !== '');
}

/** Where the quotes end that begin at `from` and stand before a separator or the end; `from` itself when they never do. */
function endOfQuotes(text: string, from: number, separator: string): number {
  for (let i = text.indexOf('"', from + 1); i > 0; i = text.indexOf('"', i + 1)) {
    const next = text.slice(i + 1).trimStart()[0];
    if (next === undefined || next === ';' || next === separator) return i;
  }
  return from;
}

/** The last character of the object that begins at `from`; the text's end when it never closes. */
function endOfJson(text: string, from: number): number {
  let depth = 0;
  let quoted = false;
  for (let i = from; i < text.length; i++) {
    const at = text[i]!;
    if (quoted && at === '\\') i += 1;
    else if (at === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (at === '{') depth += 1;
    else if (at === '}' && --depth === 0) return i;
  }
  return text.length - 1;
}

function parseJson(text: string): Json {
  try {
    return JSON.parse(text) as Json;
  } catch (cause) {
    throw new FilterTextInvalid(`begins like JSON but is not: ${(cause as Error).message}`);
  }
}

function scalar(field: string, text: string): string | number | boolean {
  const typed = field.startsWith('properties.') || field === 'amount' || field === 'bot';
  if (typed && (text === 'true' || text === 'false')) return text === 'true';
  if (typed && /^-?\d+(\.\d+)?$/.test(text)) return Number(text);
  return unquoted(text);
}

const unquoted = (text: string) => /^"(.*)"$/s.exec(text)?.[1] ?? text;
