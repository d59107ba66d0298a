/**
 * Checks `properties` without changing them: size, depth, number of values, keys, texts, numbers. Keys are plain data,
 * `__proto__` and `constructor` too: JSON.parse makes own properties of them, and nothing here or later copies them
 * onto another object.
 */
import { Buffer } from 'node:buffer';
import { checkCharacters, isLonger } from './check-text.ts';
import type { JsonObject } from './event.ts';
import {
  propertiesBytesMax,
  propertiesLevelsMax,
  propertiesValuesMax,
  propertyKeyCharactersMax,
  propertyPathsCharactersMax,
} from './limits.ts';
import type { Refusal } from './refusal.ts';

const propertiesName = 'properties';
/** No character takes more bytes in JSON than this: U+0001 is written as six. */
const bytesPerCharacterMax = 6;
/** Quotes, colon, comma; and the longest number, 25 characters with its comma. */
const bytesPerValueMax = 26;

/** What was seen so far of one event's properties. */
interface Walk {
  readonly hasEscapes: boolean;
  values: number;
  pathCharacters: number;
  /** Never below the true size, so that most events need not be written out to be measured. */
  bytesAtMost: number;
  hasDots: boolean;
}

/** `hasEscapes`: see parseEvent. */
export function checkProperties(value: unknown, hasEscapes = true): Refusal | undefined {
  if (!isJsonObject(value)) {
    return { reason: 'wrong_type', field: propertiesName, expected: 'an object', value };
  }
  const walk: Walk = { hasEscapes, values: 0, pathCharacters: 0, bytesAtMost: 2, hasDots: false };
  const refusal = checkObject(value, propertiesName, 1, false, walk);
  if (refusal !== undefined) return refusal;
  if (walk.bytesAtMost > propertiesBytesMax) {
    const bytes = Buffer.byteLength(JSON.stringify(value));
    if (bytes > propertiesBytesMax) return { reason: 'properties_too_large', bytes };
  }
  return walk.hasDots ? checkPaths(value, propertiesName, new Set()) : undefined;
}

/** The depth is checked before each step down, so that no nesting can overflow the stack. */
function checkObject(
  object: JsonObject,
  path: string,
  level: number,
  inArray: boolean,
  walk: Walk,
): Refusal | undefined {
  if (level > propertiesLevelsMax) return { reason: 'properties_too_deep', path };
  for (const key of Object.keys(object)) {
    const refusal = checkKey(key, path, walk) ?? checkValue(object[key], path, key, level, inArray, walk);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkKey(key: string, path: string, walk: Walk): Refusal | undefined {
  if (key === '' || isLonger(key, propertyKeyCharactersMax)) return { reason: 'property_key_length', key };
  if (key.includes('.')) walk.hasDots = true;
  walk.bytesAtMost += key.length * bytesPerCharacterMax + bytesPerValueMax;
  return walk.hasEscapes ? checkCharacters(`a key of ${path}`, key) : undefined;
}

function checkValue(
  value: unknown,
  path: string,
  key: string,
  level: number,
  inArray: boolean,
  walk: Walk,
): Refusal | undefined {
  if (isJsonObject(value)) return checkObject(value, `${path}.${key}`, level + 1, inArray, walk);
  // what stands inside an array belongs to the array, which is one value
  if (!inArray) {
    if (++walk.values > propertiesValuesMax) return { reason: 'properties_too_many' };
    walk.pathCharacters += path.length + 1 + key.length - propertiesName.length - 1;
    if (walk.pathCharacters > propertyPathsCharactersMax) return { reason: 'property_paths_length' };
  }
  if (Array.isArray(value)) return checkArray(value, `${path}.${key}`, level + 1, walk);
  return checkScalar(value, path, key, walk);
}

function checkArray(array: readonly unknown[], path: string, level: number, walk: Walk): Refusal | undefined {
  if (level > propertiesLevelsMax) return { reason: 'properties_too_deep', path };
  for (let index = 0; index < array.length; index++) {
    walk.bytesAtMost += bytesPerValueMax;
    const refusal = checkValue(array[index], path, String(index), level, true, walk);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkScalar(value: unknown, path: string, key: string, walk: Walk): Refusal | undefined {
  if (typeof value === 'string') {
    walk.bytesAtMost += value.length * bytesPerCharacterMax;
    // one that is too large for certain is left to the size, which is what will be refused
    if (!walk.hasEscapes || value.length > propertiesBytesMax) return undefined;
    return isSound(value) ? undefined : checkCharacters(`${path}.${key}`, value);
  }
  if (typeof value === 'number' && !Number.isFinite(value)) {
    return { reason: 'number_too_large', path: `${path}.${key}` };
  }
  return undefined;
}

/** Names are put together only for a refusal. */
function isSound(value: string): boolean {
  return value.isWellFormed() && !value.includes('\0');
}

/** Refuses one path in two spellings. Objects inside arrays have paths of their own. */
function checkPaths(object: JsonObject, path: string, seen: Set<string>): Refusal | undefined {
  for (const key of Object.keys(object)) {
    const value = object[key];
    const at = `${path}.${key}`;
    const refusal = isJsonObject(value) ? checkPaths(value, at, seen) : checkLeaf(value, at, seen);
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function checkLeaf(value: unknown, path: string, seen: Set<string>): Refusal | undefined {
  if (seen.has(path)) return { reason: 'property_twice', path };
  seen.add(path);
  return Array.isArray(value) ? checkElements(value, path) : undefined;
}

function checkElements(array: readonly unknown[], path: string): Refusal | undefined {
  for (let index = 0; index < array.length; index++) {
    const element: unknown = array[index];
    const at = `${path}.${index}`;
    const refusal = isJsonObject(element)
      ? checkPaths(element, at, new Set())
      : Array.isArray(element)
        ? checkElements(element, at)
        : undefined;
    if (refusal !== undefined) return refusal;
  }
  return undefined;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
