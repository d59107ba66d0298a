/**
 * Properties as the engine's JSON column gives them back (property-json.ts wrote them), in the form of
 * `canonicalProperties`. The engine nests every dot and writes a key twice where a scalar and an object share a path:
 * {"a":1,"a":{"b":2}}. JSON.parse would lose the first, so such text is read by a parser of its own.
 */
import type { JsonObject, JsonValue } from '../../event/event.ts';
import { nestedLevelsMax, nestedProperties } from '../../plan/field.ts';
import { compareBytes } from '../../plan/text.ts';

type Leaf = readonly [path: string, value: JsonValue];

/** `text`: JSON without blanks, as the engine writes it. */
export function readProperties(text: string): JsonObject {
  if (text === '{}') return {};
  const parsed = JSON.parse(text) as JsonObject;
  const isWhole = countKeys(text) === keysOf(parsed, 1);
  // sorted and nested by the engine: nothing is left to do when no key was written otherwise
  if (isWhole && !text.includes('%')) return parsed;
  return fromLeaves(leavesOf(isWhole ? parsed : new Parser(text).parse()));
}

/** How many keys there are at all levels; none fits when there are more levels than may be nested. */
function keysOf(value: JsonValue, level: number): number {
  if (typeof value !== 'object' || value === null) return 0;
  if (level > nestedLevelsMax) return Number.NaN;
  let keys = 0;
  if (isArray(value)) {
    for (const one of value) keys += keysOf(one, 1);
    return keys;
  }
  for (const key of Object.keys(value)) keys += 1 + keysOf(value[key]!, level + 1);
  return keys;
}

/** At least as many as there are, and exactly when no text holds the sequence itself. */
function countKeys(text: string): number {
  let count = 0;
  for (let at = text.indexOf('":'); at >= 0; at = text.indexOf('":', at + 2)) count += 1;
  return count;
}

/** Everything below by its path. */
function leavesOf(object: JsonObject): readonly Leaf[] {
  const found: Leaf[] = [];
  const walk = (at: JsonObject, prefix: string): void => {
    for (const [key, value] of Object.entries(at)) {
      const path = prefix + sentKey(key);
      if (typeof value === 'object' && value !== null && !isArray(value)) walk(value, `${path}.`);
      else found.push([path, withinArray(value)]);
    }
  };
  walk(object, '');
  return found;
}

function withinArray(value: JsonValue): JsonValue {
  if (typeof value !== 'object' || value === null) return value;
  return isArray(value) ? value.map(withinArray) : fromLeaves(leavesOf(value));
}

const fromLeaves = (leaves: readonly Leaf[]): JsonObject =>
  nestedProperties([...leaves].sort(([a], [b]) => compareBytes(a, b)));

const escapes: Readonly<Record<string, string>> = { '%25': '%', '%60': '`', '%0': '' };

/** `storedPath` of property-json.ts undone. */
const sentKey = (key: string): string =>
  key.includes('%') ? key.replace(/%25|%60|%0/g, (found) => escapes[found]!) : key;

const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

/** Reads JSON and keeps both of two equal keys: what is under the object gets dotted keys, which means the same. */
class Parser {
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  parse(): JsonObject {
    return this.#value() as JsonObject;
  }

  #value(): JsonValue {
    switch (this.#text[this.#at]) {
      case '{':
        return this.#object();
      case '[':
        return this.#array();
      default:
        return this.#scalar();
    }
  }

  #object(): JsonObject {
    const object: Record<string, JsonValue> = Object.create(null);
    this.#at += 1;
    while (this.#text[this.#at] !== '}') {
      if (this.#text[this.#at] === ',') this.#at += 1;
      const key = this.#scalar() as string;
      this.#at += 1; // the colon
      const value = this.#value();
      if (!(key in object)) object[key] = value;
      else
        for (const [inner, below] of Object.entries(value as JsonObject)) object[`${key}.${inner}`] = below;
    }
    this.#at += 1;
    return object;
  }

  #array(): readonly JsonValue[] {
    const values: JsonValue[] = [];
    this.#at += 1;
    while (this.#text[this.#at] !== ']') {
      if (this.#text[this.#at] === ',') this.#at += 1;
      values.push(this.#value());
    }
    this.#at += 1;
    return values;
  }

  #scalar(): JsonValue {
    scalar.lastIndex = this.#at;
    const [found = ''] = scalar.exec(this.#text) ?? [];
    if (found === '') throw new SyntaxError('the engine wrote properties that are no JSON');
    this.#at += found.length;
    return JSON.parse(found) as JsonValue;
  }
}

const scalar = /"(?:[^"\\]|\\.)*"|[^,\]}]+/y;
