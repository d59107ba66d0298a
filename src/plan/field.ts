/**
 * What can be asked about an event, and what its value is. `fieldValue` and `fieldExists` are the definition that every
 * store is held to; a compiler for SQL reads the same table.
 *
 * A property path is `properties.` and the keys, joined by dots. A key that has dots itself means the same as nesting:
 * {"a.b": 1} and {"a": {"b": 1}} are one property `properties.a.b`; when an object holds both, the first one in the
 * object's own order counts. At a path there is
 *  - a scalar: text, true or false, or a number (always a double; -0 is 0);
 *  - an array, or an object that holds at least one present value: `exists` is true, every comparison is false, and in
 *    a grouping it stands with the absent ones. Arrays are not walked into;
 *  - nothing: null, {}, objects of nothing but these, and numbers that JSON cannot write are absent.
 */
import type { JsonObject, JsonValue } from '../event/event.ts';
import type { EventRow } from '../event/event-row.ts';
import type { FieldName, Scalar } from './plan.ts';
import { compareBytes } from './text.ts';

/** `time` is epoch milliseconds, `decimal` is `amount`: ten-thousandths in the row, compared exactly (filter.ts). */
export type FieldType = 'string' | 'boolean' | 'time' | 'decimal';

export interface Field {
  readonly name: keyof EventRow;
  readonly type: FieldType;
  /** Whether an event may be without it; the row then has '' or null. */
  readonly optional: boolean;
  /** Whether answers may be grouped by it; times and amounts would make a group of nearly every event. */
  readonly groupable: boolean;
}

const requiredText = ['type', 'eventId', 'source'] as const;
const optionalText = [
  'userId',
  'anonymousId',
  'previousId',
  'sessionId',
  'viewId',
  'url',
  'host',
  'path',
  'referrer',
  'referrerHost',
  'channel',
  'utmSource',
  'utmMedium',
  'utmCampaign',
  'utmTerm',
  'utmContent',
  'title',
  'screen',
  'language',
  'appVersion',
  'os',
  'device',
  'browser',
  'country',
  'region',
  'city',
  'productId',
  'currency',
  'experimentId',
  'variantKey',
] as const;

const table: readonly Field[] = [
  ...requiredText.map((name) => ({ name, type: 'string', optional: false, groupable: true }) as const),
  { name: 'timestamp', type: 'time', optional: false, groupable: false },
  { name: 'receivedAt', type: 'time', optional: false, groupable: false },
  { name: 'bot', type: 'boolean', optional: false, groupable: true },
  { name: 'amount', type: 'decimal', optional: true, groupable: false },
  ...optionalText.map((name) => ({ name, type: 'string', optional: true, groupable: true }) as const),
];

/** Every field of a row that a question may name, by its name. Properties are apart: see `propertyPath`. */
export const fields: ReadonlyMap<string, Field> = new Map(table.map((field) => [field.name, field]));

const propertyPrefix = 'properties.';

/** The keys of a property path, or undefined when `name` is not one. 'properties.a.b' gives ['a', 'b']. */
export function propertyPath(name: FieldName): readonly string[] | undefined {
  return name.startsWith(propertyPrefix) ? name.slice(propertyPrefix.length).split('.') : undefined;
}

/** The scalar at `name`, or undefined when it is absent or not a scalar. `amount` is the nearest double: for display only. */
export function fieldValue(row: EventRow, name: FieldName): Scalar | undefined {
  if (name.startsWith(propertyPrefix)) {
    const found = propertyLeaves(row.properties).get(name.slice(propertyPrefix.length));
    return typeof found === 'object' ? undefined : found;
  }
  const field = fields.get(name);
  if (field === undefined) throw new RangeError(`there is no field ${name}; parsePlan refuses such plans`);
  if (field.type === 'decimal') return row.amount === null ? undefined : Number(row.amount) / 10_000;
  const value = row[field.name] as Scalar;
  return value === '' ? undefined : value;
}

/** Whether the event has anything at `name`: for a property also an array, or an object with something in it. */
export function fieldExists(row: EventRow, name: FieldName): boolean {
  if (!name.startsWith(propertyPrefix)) return fieldValue(row, name) !== undefined;
  const path = name.slice(propertyPrefix.length);
  for (const leaf of propertyLeaves(row.properties).keys()) {
    if (leaf === path || leaf.startsWith(`${path}.`)) return true;
  }
  return false;
}

export type PropertyLeaf = Scalar | readonly JsonValue[];

/** Everything present in `properties` by its path without the prefix: scalars, and arrays whole. Objects are walked. */
export function propertyLeaves(properties: JsonObject): ReadonlyMap<string, PropertyLeaf> {
  const leaves = new Map<string, PropertyLeaf>();
  collectLeaves(properties, '', leaves);
  return leaves;
}

function collectLeaves(object: JsonObject, prefix: string, leaves: Map<string, PropertyLeaf>): void {
  for (const key of Object.keys(object)) {
    const value = object[key] as JsonValue;
    const path = prefix + key;
    if (value === null || (typeof value === 'number' && !Number.isFinite(value))) continue;
    if (typeof value === 'object' && !isArray(value)) collectLeaves(value, `${path}.`, leaves);
    else if (!leaves.has(path)) leaves.set(path, value === 0 ? 0 : value);
  }
}

/** Deeper paths keep their dots: no more levels than what is sent may have. */
export const nestedLevelsMax = 16;

/**
 * Properties in the one form in which every store gives them back: what is absent left out, dotted keys nested (as far as
 * no scalar stands in the way), keys in the order of their bytes; the same paths and values as before. Objects within
 * arrays too.
 */
export function canonicalProperties(properties: JsonObject): JsonObject {
  const sorted = [...propertyLeaves(properties)].sort(([a], [b]) => compareBytes(a, b));
  return nestedProperties(sorted.map(([path, value]) => [path, canonicalValue(value)]));
}

/** `leaves`: paths in the order of their bytes. */
export function nestedProperties(leaves: readonly (readonly [path: string, value: JsonValue])[]): JsonObject {
  const root = makeObject();
  for (const [path, value] of leaves) {
    const keys = path.split('.');
    let at = root;
    let depth = 0;
    while (mayNest(keys, depth)) {
      const key = keys[depth]!;
      const next = at[key] ?? makeObject();
      at[key] = next;
      // a scalar stands there: what is below keeps its dots
      if (typeof next !== 'object' || next === null || isArray(next)) break;
      at = next as Record<string, JsonValue>;
      depth += 1;
    }
    at[keys.slice(depth).join('.')] = value;
  }
  return root;
}

/** An empty key is none that may be sent, so dots at the ends of keys stay. */
function mayNest(keys: readonly string[], depth: number): boolean {
  const rest = keys.length - 1 - depth;
  if (rest < 1 || depth >= nestedLevelsMax - 1) return false;
  return keys[depth] !== '' && (rest > 1 || keys[depth + 1] !== '');
}

function canonicalValue(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value === 0 ? 0 : value;
  return isArray(value) ? value.map(canonicalValue) : canonicalProperties(value);
}

/** Without a prototype, so that '__proto__' is a key like any other. */
const makeObject = (): Record<string, JsonValue> => Object.create(null) as Record<string, JsonValue>;

const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
