/**
 * The values of one column of a Native block, taken a few dozen rows at a time, as bytes (native-block.ts has the grammar).
 * So few rows stay in the processor's caches while all columns take their turn.
 */
import { millisecondsPerDay } from '../../clock.ts';
import type { JsonObject } from '../../event/event.ts';
import { ByteWriter } from './byte-writer.ts';
import { PropertyColumns, weightOf } from './property-columns.ts';
import { PropertyJson } from './property-json.ts';
import type { Column } from './schema.ts';

/** A dictionary of this block's own, indexes of 1, 2 or 4 bytes. */
const hasOwnKeys = 0x200;
const dictionaryVersion = 1;
const jsonAsText = 1;
const jsonHeadBytes = 8;
/** What DateTime64(3) holds: the engine would take other times and show something else. */
export const instants = { min: Date.UTC(1900, 0, 1), max: Date.UTC(2300, 0, 1) - 1 };
/** decimal(18,4) in ten-thousandths. */
const amountLimit = 10n ** 18n;
const twoTo32 = 2 ** 32;

/** Rows that columns take at once, at most. */
export const chunkRows = 64;

export interface ColumnValues<Row> {
  /** About what `bytes` will have. */
  readonly size: number;
  /**
   * For columns whose values may grow large: about the bytes of this row's, which will stand at `at` of those taken next.
   * Then each row is weighed before it is taken.
   */
  weigh?(row: Row, at: number): number;
  /** The first `count` of `rows`. Errors: RangeError or TypeError for a value that does not fit. */
  take(rows: readonly Row[], count: number): void;
  /** Takes out the values of the rows at these places, ascending. */
  drop(places: readonly number[]): void;
  /** All that is left. */
  bytes(): readonly Buffer<ArrayBuffer>[];
  /** Begins anew; what `bytes` gave is of no use any more. */
  clear(): void;
}

export function columnValues<Row>({ kind, field }: Column<Row>): ColumnValues<Row> {
  switch (kind) {
    case 'string':
      return new Strings(field);
    case 'dictionary':
      return new Dictionary(field);
    case 'uint64':
      return new Integers(field, new BigUint64Array(chunkRows), asBigInt);
    case 'uint16':
      return new Integers(field, new Uint16Array(chunkRows), asUint16);
    case 'boolean':
      return new Integers(field, new Uint8Array(chunkRows), (value) => (value ? 1 : 0));
    case 'day':
      return new Integers(field, new Int32Array(chunkRows), (value) =>
        Math.floor(Number(value) / millisecondsPerDay),
      );
    case 'milliseconds':
      return new Milliseconds(field);
    case 'amount':
      return new Amounts(field);
    case 'json':
      return new Json(field);
    default:
      return kind satisfies never;
  }
}

class Strings<Row> implements ColumnValues<Row> {
  readonly #field: keyof Row;
  readonly #writer = new ByteWriter();
  readonly #chunk: string[] = [];

  constructor(field: keyof Row) {
    this.#field = field;
  }

  get size(): number {
    return this.#writer.length;
  }

  take(rows: readonly Row[], count: number): void {
    let isEmpty = true;
    for (let i = 0; i < count; i++) {
      const value = rows[i]![this.#field] as string;
      this.#chunk[i] = value;
      if (value !== '') isEmpty = false;
    }
    // many columns are empty from row to row
    if (isEmpty) this.#writer.fill(0, count);
    else this.#writer.strings(this.#chunk, count);
  }

  drop(places: readonly number[]): void {
    this.#writer.cutStrings(0, places);
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    return [this.#writer.bytes()];
  }

  clear(): void {
    this.#writer.clear();
  }
}

/** A power of two. */
const recentSlots = 64;

class Dictionary<Row> implements ColumnValues<Row> {
  readonly #field: keyof Row;
  readonly #indexes = new Map<string, number>();
  readonly #keys = new ByteWriter();
  readonly #rows = new ByteWriter();
  readonly #chunk = new Uint32Array(chunkRows);
  /** Values seen lately, by length and ends: to compare with one is quicker than to hash a text that was just parsed. */
  readonly #recent: (string | undefined)[] = new Array(recentSlots);
  readonly #recentIndexes = new Uint32Array(recentSlots);
  #count = 0;

  constructor(field: keyof Row) {
    this.#field = field;
  }

  get size(): number {
    return this.#keys.length + this.#rows.length;
  }

  take(rows: readonly Row[], count: number): void {
    let last: string | undefined;
    let index = 0;
    for (let i = 0; i < count; i++) {
      const value = rows[i]![this.#field] as string;
      if (value !== last) {
        index = this.#indexOf(value);
        last = value;
      }
      this.#chunk[i] = index;
    }
    this.#rows.append(this.#chunk.subarray(0, count));
    this.#count += count;
  }

  #indexOf(value: string): number {
    const { length } = value;
    const ends = length === 0 ? 0 : value.charCodeAt(0) + 7 * value.charCodeAt(length - 1);
    const slot = (5 * length + ends) & (recentSlots - 1);
    if (this.#recent[slot] === value) return this.#recentIndexes[slot]!;
    let index = this.#indexes.get(value);
    if (index === undefined) {
      index = this.#indexes.size;
      this.#indexes.set(value, index);
      this.#keys.string(value);
    }
    this.#recent[slot] = value;
    this.#recentIndexes[slot] = index;
    return index;
  }

  /** A key that no row has any more does no harm. */
  drop(places: readonly number[]): void {
    this.#rows.cutValues(Uint32Array.BYTES_PER_ELEMENT, places);
    this.#count -= places.length;
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    const keys = this.#indexes.size;
    const width = keys <= 0x100 ? 0 : keys <= 0x1_0000 ? 1 : 2;
    const head = new ByteWriter();
    head.int64(dictionaryVersion);
    head.int64(hasOwnKeys | width);
    head.int64(keys);
    const between = new ByteWriter();
    between.int64(this.#count);
    return [head.bytes(), this.#keys.bytes(), between.bytes(), this.#narrow(width)];
  }

  clear(): void {
    this.#indexes.clear();
    this.#recent.fill(undefined);
    this.#keys.clear();
    this.#rows.clear();
    this.#count = 0;
  }

  #narrow(width: number): Buffer<ArrayBuffer> {
    const wide = this.#rows.bytes();
    if (width === 2) return wide;
    const indexes = new Uint32Array(wide.buffer, wide.byteOffset, this.#count);
    const narrow = width === 0 ? Uint8Array.from(indexes) : Uint16Array.from(indexes);
    return Buffer.from(narrow.buffer);
  }
}

type Integer =
  | Uint8Array<ArrayBuffer>
  | Uint16Array<ArrayBuffer>
  | Int32Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

class Integers<Row> implements ColumnValues<Row> {
  readonly #field: keyof Row;
  readonly #chunk: Integer;
  readonly #read: (value: unknown) => number | bigint;
  readonly #writer = new ByteWriter();

  constructor(field: keyof Row, chunk: Integer, read: (value: unknown) => number | bigint) {
    this.#field = field;
    this.#chunk = chunk;
    this.#read = read;
  }

  get size(): number {
    return this.#writer.length;
  }

  take(rows: readonly Row[], count: number): void {
    for (let i = 0; i < count; i++) this.#chunk[i] = this.#read(rows[i]![this.#field]);
    this.#writer.append(this.#chunk.subarray(0, count));
  }

  drop(places: readonly number[]): void {
    this.#writer.cutValues(this.#chunk.BYTES_PER_ELEMENT, places);
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    return [this.#writer.bytes()];
  }

  clear(): void {
    this.#writer.clear();
  }
}

const asBigInt = (value: unknown): bigint => BigInt(value as number | bigint);
const asUint16 = (value: unknown): number => inRange(value as number, 0, 0xffff);

function inRange(value: number, min: number, max: number): number {
  if (Number.isInteger(value) && value >= min && value <= max) return value;
  throw new RangeError(`${value} is no whole number from ${min} to ${max}`);
}

/** 64 bits each, as two halves: no BigInt per value. */
class Milliseconds<Row> implements ColumnValues<Row> {
  readonly #field: keyof Row;
  readonly #chunk = new Int32Array(chunkRows * 2);
  readonly #writer = new ByteWriter();

  constructor(field: keyof Row) {
    this.#field = field;
  }

  get size(): number {
    return this.#writer.length;
  }

  take(rows: readonly Row[], count: number): void {
    for (let i = 0; i < count; i++) {
      const value = inRange(rows[i]![this.#field] as number, instants.min, instants.max);
      this.#chunk[2 * i] = value;
      this.#chunk[2 * i + 1] = Math.floor(value / twoTo32);
    }
    this.#writer.append(this.#chunk.subarray(0, 2 * count));
  }

  drop(places: readonly number[]): void {
    this.#writer.cutValues(2 * Int32Array.BYTES_PER_ELEMENT, places);
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    return [this.#writer.bytes()];
  }

  clear(): void {
    this.#writer.clear();
  }
}

class Amounts<Row> implements ColumnValues<Row> {
  readonly #field: keyof Row;
  readonly #nulls = new ByteWriter();
  readonly #values = new ByteWriter();
  readonly #chunkNulls = new Uint8Array(chunkRows);
  readonly #chunk = new BigInt64Array(chunkRows);

  constructor(field: keyof Row) {
    this.#field = field;
  }

  get size(): number {
    return this.#nulls.length + this.#values.length;
  }

  take(rows: readonly Row[], count: number): void {
    for (let i = 0; i < count; i++) {
      const value = rows[i]![this.#field] as bigint | null;
      if (value !== null && (value <= -amountLimit || value >= amountLimit))
        throw new RangeError(`${value} ten-thousandths do not fit a decimal of 18 digits`);
      this.#chunkNulls[i] = value === null ? 1 : 0;
      this.#chunk[i] = value ?? 0n;
    }
    this.#nulls.append(this.#chunkNulls.subarray(0, count));
    this.#values.append(this.#chunk.subarray(0, count));
  }

  drop(places: readonly number[]): void {
    this.#nulls.cutValues(1, places);
    this.#values.cutValues(BigInt64Array.BYTES_PER_ELEMENT, places);
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    return [this.#nulls.bytes(), this.#values.bytes()];
  }

  clear(): void {
    this.#nulls.clear();
    this.#values.clear();
  }
}

/** As columns of paths for as long as these hold everything, else as text. */
class Json<Row> implements ColumnValues<Row> {
  readonly #field: keyof Row;
  /** Undefined: the rows are text. */
  #columns: PropertyColumns | undefined = new PropertyColumns();
  readonly #writer = new ByteWriter();
  readonly #json = new PropertyJson();
  readonly #chunk: string[] = [];
  /** Of the rows that are taken next, as they were weighed. */
  readonly #weights = new Float64Array(chunkRows);
  /** Of the columns, as if they were text. */
  #weight = 0;
  #needsText = false;

  constructor(field: keyof Row) {
    this.#field = field;
  }

  get size(): number {
    return this.#columns === undefined ? this.#writer.length : this.#weight;
  }

  weigh(row: Row, at: number): number {
    const properties = row[this.#field] as JsonObject;
    if (this.#columns !== undefined) {
      const weight = weightOf(properties);
      if (!Number.isNaN(weight)) {
        // one that stood there was not taken
        if (this.#chunk.length > at) this.#chunk.length = at;
        this.#weights[at] = weight;
        return weight;
      }
      this.#needsText = true;
    }
    const text = this.#json.text(properties);
    this.#chunk[at] = text;
    return text.length;
  }

  take(rows: readonly Row[], count: number): void {
    if (this.#needsText) this.#becomeText();
    if (this.#columns === undefined) {
      for (let i = 0; i < count; i++) this.#chunk[i] ??= this.#json.text(rows[i]![this.#field] as JsonObject);
      this.#writer.strings(this.#chunk, count);
      this.#chunk.length = 0;
      return;
    }
    for (let i = 0; i < count; i++) {
      this.#weight += this.#weights[i]!;
      this.#columns.add(rows[i]![this.#field] as JsonObject);
    }
    if (this.#columns.isFull) this.#becomeText();
  }

  drop(places: readonly number[]): void {
    if (this.#columns === undefined) this.#writer.cutStrings(jsonHeadBytes, places);
    else this.#columns.drop(places);
  }

  bytes(): readonly Buffer<ArrayBuffer>[] {
    return this.#columns?.bytes() ?? [this.#writer.bytes()];
  }

  clear(): void {
    this.#columns = new PropertyColumns();
    this.#writer.clear();
    this.#chunk.length = 0;
    this.#weight = 0;
    this.#needsText = false;
  }

  #becomeText(): void {
    if (this.#columns === undefined) return;
    this.#writer.int64(jsonAsText);
    const texts = this.#columns.texts();
    for (let from = 0; from < texts.length; from += chunkRows) {
      const some = texts.slice(from, from + chunkRows);
      this.#writer.strings(some, some.length);
    }
    this.#columns = undefined;
  }
}
