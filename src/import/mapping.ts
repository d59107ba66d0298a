/** Which column becomes which field of an event, and which fields are the same in all. Values are made what the field needs: text, number, time. */
import { didYouMean } from '../event/did-you-mean.ts';
import { eventFields } from '../event/parse-event.ts';
import { optionInvalid } from './input.ts';
import type { SentEvent } from './record.ts';

export type TimeUnit = 's' | 'ms' | 'us';

export interface MappingOptions {
  /** `field=column`, several between commas. Empty: columns map to the fields that have their names. */
  readonly map: readonly string[];
  /** `field=value`, one each. */
  readonly set: readonly string[];
  /** What a timestamp that is a number counts. */
  readonly timeUnit: TimeUnit;
}

interface Pair {
  readonly field: string;
  readonly from: string;
}

export interface Mapping {
  readonly columns: readonly Pair[];
  readonly constants: readonly Pair[];
  readonly timeUnit: TimeUnit;
  /** Stands for all of it in ids: the same row under another mapping is another event. */
  readonly salt: string;
}

const propertyPrefix = 'properties.';

/** Errors: import_option_invalid. */
export function parseMapping({ map, set, timeUnit }: MappingOptions): Mapping {
  const columns = map
    .flatMap((each) => each.split(','))
    .map((each) => parsePair(each, '--map', 'field=column'));
  const constants = set.map((each) => parsePair(each, '--set', 'field=value'));
  const twice = [columns, constants].flatMap((pairs) =>
    pairs.filter(({ field }, at) => pairs.findIndex((each) => each.field === field) !== at),
  );
  if (twice.length > 0) throw optionInvalid(`${twice[0]!.field} is given more than once`);
  return withSalt({ columns, constants, timeUnit });
}

function withSalt(mapping: Omit<Mapping, 'salt'>): Mapping {
  const { columns, constants, timeUnit } = mapping;
  const pairs = (all: readonly Pair[]) => all.map(({ field, from }) => [field, from]).sort();
  return { ...mapping, salt: `${JSON.stringify([pairs(columns), pairs(constants), timeUnit])}\n` };
}

function parsePair(text: string, option: string, form: string): Pair {
  const at = text.indexOf('=');
  const [field, from] = [text.slice(0, at).trim(), text.slice(at + 1).trim()];
  if (at < 1 || from === '')
    throw optionInvalid(`${option} must look like ${form}, but is ${JSON.stringify(text)}`);
  const isField =
    eventFields.includes(field) || (field.startsWith(propertyPrefix) && field !== propertyPrefix);
  if (isField) return { field, from };
  const meant = didYouMean(field, eventFields);
  const hint = meant === undefined ? `your own fields are ${propertyPrefix}NAME` : `did you mean ${meant}?`;
  throw optionInvalid(`${option} ${text}: there is no field ${field}; ${hint}`);
}

/**
 * The mapping held against the columns that are there; without `--map`, the columns that are named like fields (`user_id` too).
 * Errors: import_option_invalid, when a column is missing or nothing gives `type` or `timestamp`.
 */
export function bindMapping(mapping: Mapping, columns: readonly string[], input: string): Mapping {
  const listed = `${input} has the columns ${columns.slice(0, columnsShownMax).join(', ')}`;
  const missing = mapping.columns.find(({ from }) => !columns.includes(from));
  if (missing !== undefined)
    throw optionInvalid(
      `--map ${missing.field}=${missing.from}: there is no column ${missing.from}; ${listed}`,
    );
  const bound = mapping.columns.length > 0 ? mapping.columns : namedLikeFields(columns);
  const given = new Set([...bound, ...mapping.constants].map(({ field }) => field));
  const lacking = ['type', 'timestamp'].find((field) => !given.has(field));
  if (lacking !== undefined)
    throw optionInvalid(
      `nothing gives ${lacking}: say --map ${lacking}=COLUMN or --set ${lacking}=VALUE; ${listed}`,
    );
  return withSalt({ ...mapping, columns: bound });
}

const columnsShownMax = 50;

function namedLikeFields(columns: readonly string[]): Pair[] {
  return columns.flatMap((from) => {
    const field = from.startsWith(propertyPrefix)
      ? from
      : from.replace(/_([a-z])/g, (_, letter: string) => letter.toUpperCase());
    return eventFields.includes(field) || from.startsWith(propertyPrefix) ? [{ field, from }] : [];
  });
}

/** `isText`: the row holds nothing but text, so numbers are recognized. What is undefined, null or '' is left out. */
export function mapRow(mapping: Mapping, column: (name: string) => unknown, isText: boolean): SentEvent {
  const event: Record<string, unknown> = {};
  for (const { field, from } of mapping.columns) put(event, field, column(from), mapping.timeUnit, isText);
  return addConstants(event, mapping);
}

/** A constant wins over what the row says. */
export function addConstants(event: SentEvent, { constants, timeUnit }: Mapping): SentEvent {
  if (constants.length === 0) return event;
  const whole: Record<string, unknown> = {
    ...event,
    ...(event.properties !== undefined && { properties: { ...(event.properties as object) } }),
  };
  for (const { field, from } of constants) put(whole, field, from, timeUnit, true);
  return whole;
}

function put(
  event: Record<string, unknown>,
  field: string,
  value: unknown,
  timeUnit: TimeUnit,
  isText: boolean,
): void {
  if (value === undefined || value === null || value === '') return;
  if (field.startsWith(propertyPrefix)) {
    event.properties ??= {};
    const { properties } = event;
    // text that is no JSON object stays as it is, and the server refuses it
    if (typeof properties !== 'object') return;
    const name = field.slice(propertyPrefix.length);
    // `__proto__` is a name like any other
    Object.defineProperty(properties, name, {
      value: isText ? recognized(value as string) : plain(value),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  } else if (field === 'properties') {
    const sent = typeof value === 'string' ? objectOf(value) : plain(value);
    event.properties = typeof sent === 'object' ? { ...sent, ...(event.properties as object) } : sent;
  } else if (field === 'timestamp') {
    event.timestamp = timeOf(value, timeUnit);
  } else {
    const made = plain(value);
    event[field] = typeof made === 'number' && field !== 'amount' ? String(made) : made;
  }
}

/** JSON in a column, as an export writes it; the text itself when it is none. */
function objectOf(text: string): object | string {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value) ? value : text;
  } catch {
    return text;
  }
}

const unitsPerMs: Readonly<Record<TimeUnit, number>> = { s: 0.001, ms: 1, us: 1000 };

function timeOf(value: unknown, unit: TimeUnit): unknown {
  const isNumber =
    typeof value === 'number' ||
    typeof value === 'bigint' ||
    (typeof value === 'string' && /^-?\d{5,}(\.\d+)?$/.test(value));
  return isNumber ? Math.floor(Number(value) / unitsPerMs[unit]) : plain(value);
}

/** A number only when it would be written the same: '007' and '1e3' stay text. */
function recognized(text: string): unknown {
  if (text === 'true' || text === 'false') return text === 'true';
  const number = Number(text);
  return String(number) === text && Number.isFinite(number) ? number : text;
}

/** What JSON can say of a value of Parquet. */
function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
  if (value instanceof Date) return Number.isNaN(value.getTime()) ? null : value.toISOString();
  if (value instanceof Uint8Array) return Buffer.from(value).toString('base64');
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, plain(each)]));
  return value;
}
