/**
 * Rows as one block of ClickHouse's Native format, which costs the engine 5 to 8 times less than JSON. In this order
 * (https://clickhouse.com/docs/interfaces/formats/Native; src/Formats/NativeWriter.cpp):
 *
 *   block      = varint columns, varint rows, column*
 *   column     = string name, string type, values
 *   values     = one after the other: string | integers, little-endian | nulls (a byte each), then integers
 *   dictionary = int64 1 (version), int64 flags | width, int64 keys, string*, int64 rows, index*
 *   json       = int64 1 (as text), string* | as in property-columns.ts
 *
 * A JSON column must have the table's own type, to the letter: what is converted from another type, String too, is parsed
 * without regard to the statement's settings (dates were guessed, 1.0 became an integer).
 */
import { ByteWriter } from './byte-writer.ts';
import { type ColumnValues, chunkRows, columnValues, instants } from './native-columns.ts';
import { type Column, columnType } from './schema.ts';

export { instants };

/** Rows are given to the columns together once they weigh this much, so that few large ones are not many. */
const chunkWeightMax = 256 * 1024;

/** A block that takes its rows one at a time. */
export class NativeBlock<Row> {
  readonly #columns: readonly Column<Row>[];
  readonly #values: readonly ColumnValues<Row>[];
  /** Of the few columns whose values may grow large. */
  readonly #weighers: readonly ((row: Row, at: number) => number)[];
  readonly #bytesMax: number;
  readonly #chunk: Row[] = [];
  #chunkCount = 0;
  #chunkWeight = 0;
  #taken = 0;
  #size = 0;

  /** @param bytesMax about: nothing is added to a block that would pass it, but for its first row */
  constructor(columns: readonly Column<Row>[], bytesMax = Number.POSITIVE_INFINITY) {
    this.#columns = columns;
    this.#values = columns.map((column) => columnValues(column));
    this.#weighers = this.#values.flatMap((values) => values.weigh?.bind(values) ?? []);
    this.#bytesMax = bytesMax;
  }

  /** About what `finish` will give. */
  get bytes(): number {
    return this.#size + this.#chunkWeight;
  }

  get rows(): number {
    return this.#taken + this.#chunkCount;
  }

  /**
   * False, and the row is not in it, when the block is full. Errors: RangeError or TypeError for a value of this row or one
   * just before it that does not fit; the block is of no use then.
   */
  add(row: Row): boolean {
    let weight = 0;
    for (const weigh of this.#weighers) weight += weigh(row, this.#chunkCount);
    if (this.bytes + weight > this.#bytesMax && this.rows > 0) return false;
    this.#chunk[this.#chunkCount++] = row;
    this.#chunkWeight += weight;
    if (this.#chunkCount === chunkRows || this.#chunkWeight >= chunkWeightMax) this.#flush();
    return true;
  }

  /** Takes out the rows at these places, ascending. Errors: as `add`. */
  drop(places: readonly number[]): void {
    this.#flush();
    for (const values of this.#values) values.drop(places);
    this.#taken -= places.length;
  }

  /** Begins anew, in the memory of the columns that it has. */
  clear(): void {
    for (const values of this.#values) values.clear();
    this.#chunkCount = 0;
    this.#chunkWeight = 0;
    this.#taken = 0;
    this.#size = 0;
  }

  /** Errors: as `add`. */
  finish(): Buffer<ArrayBuffer> {
    this.#flush();
    const head = new ByteWriter();
    head.varint(this.#columns.length);
    head.varint(this.#taken);
    const parts: Buffer<ArrayBuffer>[] = [head.bytes()];
    for (const [index, { name, kind }] of this.#columns.entries()) {
      const title = new ByteWriter();
      title.string(name);
      title.string(columnType(kind));
      parts.push(title.bytes(), ...this.#values[index]!.bytes());
    }
    return inOwnMemory(parts);
  }

  #flush(): void {
    if (this.#chunkCount === 0) return;
    let size = 0;
    for (const values of this.#values) {
      values.take(this.#chunk, this.#chunkCount);
      size += values.size;
    }
    this.#size = size;
    this.#taken += this.#chunkCount;
    this.#chunkCount = 0;
    this.#chunkWeight = 0;
  }
}

/** `Row`'s fields must hold what the columns' kinds say. Errors: RangeError or TypeError for values that do not fit. */
export function nativeBlock<Row>(columns: readonly Column<Row>[], rows: readonly Row[]): Buffer<ArrayBuffer> {
  const block = new NativeBlock(columns);
  for (const row of rows) block.add(row);
  return block.finish();
}

/** Not by Buffer.concat: what it makes of less than 4 kB lies in memory that is shared, and cannot pass between threads. */
function inOwnMemory(parts: readonly Buffer[]): Buffer<ArrayBuffer> {
  const whole = Buffer.allocUnsafeSlow(parts.reduce((bytes, part) => bytes + part.length, 0));
  let at = 0;
  for (const part of parts) at += part.copy(whole, at);
  return whole;
}
