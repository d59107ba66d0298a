/**
 * Properties as they are kept: JSON of one flat object, a key for each path of plan/field.ts. Nearly all that is sent is flat
 * already and is written as it is. Arrays are in their canonical form, since jsonb forgets the order of keys, which decides
 * between two spellings of a path.
 */
import type { JsonObject, JsonValue } from '../../event/event.ts';
import { canonicalProperties, propertyLeaves } from '../../plan/field.ts';

export function propertyJson(properties: JsonObject): string {
  if (isFlat(properties)) return wellFormed(JSON.stringify(properties));
  let text = '';
  for (const [path, value] of propertyLeaves(properties)) {
    const kept = typeof value === 'object' ? canonicalProperties({ value }).value : value;
    text += `${text === '' ? '{' : ','}${JSON.stringify(path)}:${JSON.stringify(kept)}`;
  }
  return text === '' ? '{}' : wellFormed(`${text}}`);
}

/** Scalars under keys without dots: JSON already has it in the form that is kept. */
function isFlat(properties: JsonObject): boolean {
  for (const key in properties) {
    const value = properties[key] as JsonValue;
    if (typeof value === 'object') {
      if (value === null || !isPlainList(value)) return false;
    } else if (typeof value === 'number' && !Number.isFinite(value)) return false;
    if (key.includes('.')) return false;
  }
  return true;
}

const isPlainList = (value: JsonValue): boolean =>
  Array.isArray(value) && value.every((one) => typeof one !== 'object' || one === null);

/** JSON writes half a surrogate pair as an escape that jsonb refuses; everywhere else it becomes U+FFFD. */
function wellFormed(json: string): string {
  if (!json.includes('\\ud')) return json;
  // an escaped backslash is taken as a whole, so that what follows it is not
  return json.replace(/\\(?:ud[89a-f][0-9a-f]{2}|.)/g, (found) => (found.length > 2 ? '\ufffd' : found));
}
