/**
 * Properties of a block's rows as the engine keeps them, one column a path: it then parses no text, which was two fifths of an
 * insert's cost. The "flattened" form of its JSON type (src/DataTypes/Serializations/SerializationObject.h, …Dynamic.h):
 *
 *   json  = int64 3, varint paths, string*, head*, data*          (a head and data for each path)
 *   head  = int64 3, varint types, string*
 *   data  = byte* (a row each: which of the types, or their number where the path is absent), values of each type
 *
 * What it cannot hold goes as text, and all of the block with it: arrays that are empty, mixed or deep, and many paths.
 */
import type { JsonObject, JsonValue } from '../../event/event.ts';
import { ByteWriter } from './byte-writer.ts';
import { storedPath } from './property-json.ts';
import { kinds, type PropertyValues, propertyValues } from './property-values.ts';
import { propertyPathsMax } from './schema.ts';

const flattened = 3;
const absent = 0xff;

/** What stands around a value in text; for the weight. */
const aroundValue = 4;
const numberCharacters = 12;

/** About the length of the properties as text. NaN when they hold something that has no column. */
export function weightOf(properties: JsonObject, pathLength = 0): number {
  let weight = 2;
  for (const key in properties) {
    const value = properties[key]!;
    const length = pathLength + key.length;
    if (typeof value === 'object' && value !== null && !isArray(value)) weight += weightOf(value, length + 1);
    else if (value !== null) weight += length + aroundValue + valueWeight(value);
  }
  return weight;
}

function valueWeight(value: Exclude<JsonValue, JsonObject | null>): number {
  if (typeof value === 'string') return value.length;
  if (typeof value !== 'object') return numberCharacters;
  const [first] = value;
  const type = typeof first;
  if (first === undefined || type === 'object') return Number.NaN;
  let weight = 0;
  for (const element of value) {
    if (typeof element !== type || (type === 'number' && !Number.isFinite(element))) return Number.NaN;
    weight += type === 'string' ? (element as string).length + aroundValue : numberCharacters;
  }
  return weight;
}

const isArray = (value: JsonValue): value is readonly JsonValue[] => Array.isArray(value);

export class PropertyColumns {
  /** By the path as it was sent. */
  readonly #columns = new Map<string, PathColumn>();
  readonly #byName = new Map<string, PathColumn>();
  #rows = 0;

  get isFull(): boolean {
    return this.#byName.size > propertyPathsMax;
  }

  /** `properties` of a weight that is a number. */
  add(properties: JsonObject): void {
    this.#addObject(properties, '');
    this.#rows++;
  }

  drop(places: readonly number[]): void {
    for (const column of this.#byName.values()) column.drop(places);
    this.#rows -= places.length;
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    const head = new ByteWriter();
    head.int64(flattened);
    head.varint(this.#byName.size);
    for (const name of this.#byName.keys()) head.string(name);
    const data: Buffer<ArrayBuffer>[] = [];
    for (const column of this.#byName.values()) {
      column.writeHead(head);
      data.push(...column.bytes(this.#rows));
    }
    return [head.bytes(), ...data];
  }

  /** The rows as text instead. */
  texts(): string[] {
    const texts: string[] = new Array(this.#rows).fill('');
    for (const [name, column] of this.#byName) {
      for (const [row, text] of column.texts())
        texts[row] += `${texts[row] === '' ? '{' : ','}${JSON.stringify(name)}:${text}`;
    }
    return texts.map((text) => (text === '' ? '{}' : `${text}}`));
  }

  #addObject(object: JsonObject, prefix: string): void {
    for (const key in object) {
      const value = object[key]!;
      const path = prefix === '' ? key : prefix + key;
      if (value === null || (typeof value === 'number' && !Number.isFinite(value))) continue;
      if (typeof value === 'object' && !isArray(value)) this.#addObject(value, `${path}.`);
      else this.#columnOf(path).add(this.#rows, value);
    }
  }

  #columnOf(path: string): PathColumn {
    let column = this.#columns.get(path);
    if (column !== undefined) return column;
    const name = storedPath(path);
    column = this.#byName.get(name) ?? new PathColumn();
    this.#columns.set(path, column);
    this.#byName.set(name, column);
    return column;
  }
}

class PathColumn {
  /** For each row up to the last that has the path: the place of its type. */
  readonly #types = new ByteWriter();
  readonly #values: PropertyValues<unknown>[] = [];
  /** The place of the values of each kind, by the kind's. */
  readonly #places: number[] = kinds.map(() => absent);

  /** The first value that a row has at the path counts. */
  add(row: number, value: unknown): void {
    if (this.#types.length > row) return;
    this.#types.fill(absent, row - this.#types.length);
    const kind = kindOf(value);
    let place = this.#places[kind]!;
    if (place === absent) {
      place = this.#values.push(propertyValues(kinds[kind]!)) - 1;
      this.#places[kind] = place;
    }
    this.#types.byte(place);
    this.#values[place]!.add(value);
  }

  drop(rows: readonly number[]): void {
    const types = this.#types.bytes();
    const gone = this.#values.map((): number[] => []);
    const seen = this.#values.map(() => 0);
    let next = 0;
    for (const [row, place] of types.entries()) {
      const isGone = rows[next] === row;
      if (isGone) next++;
      if (place === absent) continue;
      if (isGone) gone[place]!.push(seen[place]!);
      seen[place]!++;
    }
    this.#types.cutValues(1, rows.slice(0, next));
    for (const [place, values] of this.#values.entries()) values.drop(gone[place]!);
  }

  writeHead(head: ByteWriter): void {
    head.int64(flattened);
    head.varint(this.#values.length);
    for (const { type } of this.#values) head.string(type);
  }

  bytes(rows: number): Buffer<ArrayBuffer>[] {
    const types = Buffer.alloc(rows, this.#values.length);
    for (const [row, place] of this.#types.bytes().entries()) if (place !== absent) types[row] = place;
    return [types, ...this.#values.flatMap((values) => values.bytes())];
  }

  *texts(): Generator<readonly [row: number, text: string]> {
    const texts = this.#values.map((values) => values.texts().values());
    for (const [row, place] of this.#types.bytes().entries())
      if (place !== absent) yield [row, texts[place]!.next().value!];
  }
}

/** The place in `kinds`. */
function kindOf(value: unknown): number {
  const lists = isList(value);
  switch (typeof (lists ? value[0] : value)) {
    case 'number':
      return lists ? 3 : 0;
    case 'string':
      return lists ? 4 : 1;
    default:
      return lists ? 5 : 2;
  }
}

const isList = (value: unknown): value is readonly unknown[] => Array.isArray(value);
