/** The values of one type at one path of properties, as the engine's Dynamic column takes them. */
import { ByteWriter } from './byte-writer.ts';
import { jsonNumber, jsonString } from './property-json.ts';

export interface PropertyValues<T> {
  /** The engine's name of the type. */
  readonly type: string;
  add(value: T): void;
  /** Takes out those at these places, ascending. */
  drop(places: readonly number[]): void;
  bytes(): readonly Buffer<ArrayBuffer>[];
  /** Each as JSON, in order. */
  texts(): string[];
}

/** What a type of leaf is called here; those of arrays have elements of one type, at least one and none absent. */
export const kinds = ['number', 'string', 'boolean', 'numbers', 'strings', 'booleans'] as const;

export function propertyValues(kind: (typeof kinds)[number]): PropertyValues<unknown> {
  switch (kind) {
    case 'number':
      return new Numbers() as PropertyValues<unknown>;
    case 'string':
      return new Texts() as PropertyValues<unknown>;
    case 'boolean':
      return new Booleans() as PropertyValues<unknown>;
    case 'numbers':
      return new Lists(new Numbers()) as PropertyValues<unknown>;
    case 'strings':
      return new Lists(new Texts()) as PropertyValues<unknown>;
    case 'booleans':
      return new Lists(new Booleans()) as PropertyValues<unknown>;
    default:
      return kind satisfies never;
  }
}

class Numbers implements PropertyValues<number> {
  readonly type = 'Float64';
  readonly #writer = new ByteWriter();

  add(value: number): void {
    // -0 is 0: see plan/field.ts
    this.#writer.float64(value === 0 ? 0 : value);
  }

  drop(places: readonly number[]): void {
    this.#writer.cutValues(Float64Array.BYTES_PER_ELEMENT, places);
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    return [this.#writer.bytes()];
  }

  texts(): string[] {
    const bytes = this.#writer.bytes();
    return Array.from({ length: bytes.length / 8 }, (_, at) => jsonNumber(bytes.readDoubleLE(8 * at)));
  }
}

class Texts implements PropertyValues<string> {
  readonly type = 'String';
  readonly #writer = new ByteWriter();

  add(value: string): void {
    this.#writer.string(value);
  }

  drop(places: readonly number[]): void {
    this.#writer.cutStrings(0, places);
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    return [this.#writer.bytes()];
  }

  texts(): string[] {
    return this.#writer.readStrings().map(jsonString);
  }
}

class Booleans implements PropertyValues<boolean> {
  readonly type = 'Bool';
  readonly #writer = new ByteWriter();

  add(value: boolean): void {
    this.#writer.byte(value ? 1 : 0);
  }

  drop(places: readonly number[]): void {
    this.#writer.cutValues(1, places);
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    return [this.#writer.bytes()];
  }

  texts(): string[] {
    return Array.from(this.#writer.bytes(), (byte) => (byte === 1 ? 'true' : 'false'));
  }
}

/** Array(Nullable(T)): where each list ends, a byte for each element that none is absent, the elements. */
class Lists<T> implements PropertyValues<readonly T[]> {
  readonly #elements: PropertyValues<T>;
  #ends: number[] = [];

  constructor(elements: PropertyValues<T>) {
    this.#elements = elements;
  }

  get type(): string {
    return `Array(Nullable(${this.#elements.type}))`;
  }

  add(value: readonly T[]): void {
    for (const element of value) this.#elements.add(element);
    this.#ends.push((this.#ends.at(-1) ?? 0) + value.length);
  }

  drop(places: readonly number[]): void {
    const gone = new Set(places);
    const elements: number[] = [];
    const ends: number[] = [];
    for (const [place, [from, to]] of this.#ranges().entries()) {
      if (!gone.has(place)) ends.push((ends.at(-1) ?? 0) + to - from);
      else for (let at = from; at < to; at++) elements.push(at);
    }
    this.#elements.drop(elements);
    this.#ends = ends;
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    const ends = BigUint64Array.from(this.#ends, BigInt);
    return [Buffer.from(ends.buffer), Buffer.alloc(this.#ends.at(-1) ?? 0), ...this.#elements.bytes()];
  }

  texts(): string[] {
    const texts = this.#elements.texts();
    return this.#ranges().map(([from, to]) => `[${texts.slice(from, to).join(',')}]`);
  }

  #ranges(): (readonly [from: number, to: number])[] {
    return this.#ends.map((end, place) => [this.#ends[place - 1] ?? 0, end]);
  }
}
