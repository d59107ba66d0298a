/**
 * Properties as the JSON text that the engine's JSON column takes: one flat object of the paths of plan/field.ts. Every
 * number is written as a double (1 becomes 1.0), since the engine would read 1 as an integer, refuse 2^64, and keep 1 and
 * 1.5 as two types; text is well-formed, since it refuses half a surrogate pair.
 */
import type { JsonObject, JsonValue } from '../../event/event.ts';
import { propertyLeaves } from '../../plan/field.ts';

/**
 * What the engine would not take literally in the name of a subcolumn is written otherwise: a back quote as %60, % as %25,
 * an empty key as %0. Different paths stay different, and what is under a path stays under it.
 */
export const storedPath = (path: string): string =>
  path
    .split('.')
    .map((key) => (key === '' ? '%0' : key.replaceAll('%', '%25').replaceAll('`', '%60')))
    .join('.')
    .toWellFormed();

/** Keys repeat from row to row: their escaped form is kept, for the first so many short ones. */
const keysMax = 10_000;
const keptCharactersMax = 200;

export class PropertyJson {
  readonly #keys = new Map<string, string>();

  text(properties: JsonObject): string {
    return this.#flatText(properties) ?? this.#nestedText(properties);
  }

  /** Undefined when a path may be there twice: with objects, or dots in keys. Most properties have neither. */
  #flatText(properties: JsonObject): string | undefined {
    let text = '';
    for (const key in properties) {
      const value = properties[key]!;
      if (value === null || value === Number.POSITIVE_INFINITY || value === Number.NEGATIVE_INFINITY)
        continue;
      if (typeof value === 'object' || Number.isNaN(value) || key.includes('.')) return undefined;
      text += `${text === '' ? '{' : ','}${this.#key(key)}${valueText(value === 0 ? 0 : value)}`;
    }
    return text === '' ? '{}' : `${text}}`;
  }

  #nestedText(properties: JsonObject): string {
    let text = '';
    for (const [path, value] of propertyLeaves(properties)) {
      text += `${text === '' ? '{' : ','}${this.#key(path)}${valueText(value)}`;
    }
    return text === '' ? '{}' : `${text}}`;
  }

  #key(path: string): string {
    let text = this.#keys.get(path);
    if (text === undefined) {
      text = `${JSON.stringify(storedPath(path))}:`;
      if (this.#keys.size < keysMax && path.length <= keptCharactersMax) this.#keys.set(path, text);
    }
    return text;
  }
}

function valueText(value: JsonValue): string {
  switch (typeof value) {
    case 'string':
      return jsonString(value);
    case 'number':
      return jsonNumber(value);
    case 'boolean':
      return value ? 'true' : 'false';
    default:
      return value === null ? 'null' : isArray(value) ? arrayText(value) : objectText(value);
  }
}

export const jsonString = (value: string): string =>
  isPlain(value) ? `"${value}"` : JSON.stringify(value.toWellFormed());

/** Short text without anything to escape: a loop beats the call into the runtime. */
function isPlain(text: string): boolean {
  if (text.length > plainCharactersMax) return false;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x20 || unit > 0x7e || unit === 0x22 || unit === 0x5c) return false;
  }
  return true;
}

const plainCharactersMax = 40;

/** JavaScript's own text, and a fraction where it has neither that nor an exponent. */
export function jsonNumber(value: number): string {
  if (!Number.isFinite(value)) return 'null';
  const text = String(value);
  return Number.isInteger(value) && !text.includes('e') ? `${text}.0` : text;
}

const arrayText = (values: readonly JsonValue[]): string => `[${values.map(valueText).join(',')}]`;

const objectText = (object: JsonObject): string =>
  `{${Object.entries(object)
    .map(([key, value]) => `${JSON.stringify(storedPath(key))}:${valueText(value)}`)
    .join(',')}}`;

const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);
