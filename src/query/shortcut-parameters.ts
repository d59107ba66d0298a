/**
 * The parameters of GET shortcuts: what each is called, what a client reads about it, and how its text becomes a member of a plan. What a
 * plan may hold is checked by `parsePlan`: a text that does not read as what is meant goes through as it is and is refused there.
 */
import { invalid } from '../plan/check.ts';
import {
  FilterTextInvalid,
  parseFilterText,
  parseFilterTexts,
  splitFilterTexts,
} from '../plan/filter-text.ts';
import { rangeNames } from '../plan/range.ts';

export interface Parameter {
  /** For who reads the API's description. */
  readonly doc: string;
  /** JSON Schema of the text, as far as it can say it. */
  readonly schema: Readonly<Record<string, unknown>>;
  readonly example?: string;
  readonly required?: true;
  /** Errors: plan_invalid at `pointer`. */
  readonly read: (text: string, pointer: string) => unknown;
}

/** Longer lists are for plans, which are posted. */
const listTextMax = 4_000;

const asText = (text: string): unknown => text;
const asNumber = (text: string): unknown => (/^-?\d{1,15}(\.\d+)?$/.test(text) ? Number(text) : text);
const asFlag = (text: string): unknown => ({ true: true, '1': true, false: false, '0': false })[text] ?? text;

export const text = (doc: string, example?: string): Parameter => ({
  doc,
  schema: { type: 'string', maxLength: 1_000 },
  ...(example !== undefined && { example }),
  read: asText,
});

export const choice = (doc: string, choices: readonly string[]): Parameter => ({
  doc,
  schema: { type: 'string', enum: choices },
  read: asText,
});

export const integer = (doc: string, minimum: number, maximum: number): Parameter => ({
  doc,
  schema: { type: 'integer', minimum, maximum },
  read: asNumber,
});

export const flag = (doc: string): Parameter => ({ doc, schema: { type: 'boolean' }, read: asFlag });

/** 'a==1;b?': all must match. */
export const filter = (doc: string, example: string): Parameter => ({
  doc,
  schema: { type: 'string', maxLength: listTextMax },
  example,
  read: (given, pointer) =>
    filterText(pointer, given, () => parseFilterTexts(splitFilterTexts(bounded(given, pointer), ';'))),
});

/** Filters between commas; a bare word is a type of events. */
export const steps: Parameter = {
  doc: 'The steps, between commas: each a type of events, or a filter like the parameter `filter`, with `;` between conditions that must all match.',
  schema: { type: 'string', maxLength: listTextMax },
  example: 'pageview,signup,type==purchase;amount>=10',
  required: true,
  read: (given, pointer) =>
    filterText(pointer, given, () =>
      splitFilterTexts(bounded(given, pointer), ',').map((step) => ({ filter: conditionOf(step) })),
    ),
};

/** One step: what a person must have done. */
export const condition = (doc: string): Parameter => ({
  doc,
  schema: { type: 'string', maxLength: listTextMax },
  example: 'signup',
  read: (given, pointer) => filterText(pointer, given, () => conditionOf(bounded(given, pointer))),
});

/** 'events,p95(properties.load),sum(amount EUR)' */
export const metrics: Parameter = {
  doc: 'What is counted, between commas: `events`, `users`, `sessions`, `amount`, or a number of a field: `p95(properties.load)`, `sum(amount EUR)`, with `sum`, `avg`, `min`, `max`, `median`, `p90`, `p95`, `p99` or `distinct`.',
  schema: { type: 'string', maxLength: listTextMax },
  example: 'events,users',
  read: (given, pointer) => piecesOf(given, pointer).map(metricOf),
};

export const nameList = (doc: string, example: string): Parameter => ({
  doc,
  schema: { type: 'string', maxLength: listTextMax },
  example,
  read: (given, pointer) => piecesOf(given, pointer),
});

/** '90m', '7d' as milliseconds. */
export const duration = (doc: string): Parameter => ({
  doc,
  schema: { type: 'string', pattern: '^[1-9][0-9]{0,5}(s|m|h|d)$' },
  example: '7d',
  read: (given, pointer) => {
    const [, amount, unit] = /^([1-9]\d{0,5})([smhd])$/.exec(given) ?? [];
    if (amount === undefined) throw invalid(pointer, 'must be a duration like 30m, 24h or 7d', given);
    return Number(amount) * unitMs[unit!]!;
  },
});

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** What all shortcuts take. `from`, `to` and `compare` are read with the time zone: see shortcuts.ts. */
export const common = {
  from: text(
    'The begin: ISO 8601, a date, or epoch milliseconds. Without an offset it is read in `timeZone`.',
    '2026-01-01',
  ),
  to: text('The end, inclusive to the millisecond; a bare date is that whole day.', '2026-01-31'),
  range: choice('A range by name, up to the end of today, instead of `from` and `to`.', rangeNames),
  timeZone: text('IANA name of the zone whose days are meant; `UTC` when absent.', 'Europe/Berlin'),
  bots: choice('Events of bots; `exclude` when absent.', ['exclude', 'include', 'only']),
  filter: filter(
    'Only events that match: `country==DE`, `country!=DE`, `path^=/blog` (begins with), `title~pricing` (contains), `amount>=10`, `userId?` (is there), `!userId?`, or a filter of plans as JSON; `;` between conditions that must all match.',
    'country==DE;type==pageview',
  ),
} as const satisfies Readonly<Record<string, Parameter>>;

export const exact = flag('Count people one by one, however long it takes.');
export const sample: Parameter = {
  doc: 'Look at this share of the people only; numbers are scaled up.',
  schema: { type: 'number', minimum: 0.0001, maximum: 1 },
  read: asNumber,
};
export const compare = text(
  'The same question about another range: `previous`, `year`, or `FROM..TO`, both inclusive.',
  'previous',
);

function metricOf(name: string): unknown {
  const [, agg, of, currency] = /^(\w+)\(([^\s()]+)(?: ([A-Za-z]+))?\)$/.exec(name) ?? [];
  return agg === undefined ? name : { agg, of, ...(currency !== undefined && { currency }) };
}

function conditionOf(given: string): unknown {
  if (/^[\w.$-]+$/.test(given)) return { field: 'type', op: 'eq', value: given };
  return parseFilterTexts(splitFilterTexts(given, ';')) ?? parseFilterText(given);
}

const piecesOf = (given: string, pointer: string): readonly string[] =>
  bounded(given, pointer)
    .split(',')
    .map((piece) => piece.trim());

function bounded(given: string, pointer: string): string {
  if (given.length > listTextMax)
    throw invalid(pointer, `must have at most ${listTextMax} characters; post a plan instead`, given);
  return given;
}

function filterText(pointer: string, given: string, read: () => unknown): unknown {
  try {
    return read();
  } catch (error) {
    if (error instanceof FilterTextInvalid) throw invalid(pointer, error.message, given);
    throw error;
  }
}
