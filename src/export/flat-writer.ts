/**
 * FlatBuffers, as much as Arrow's metadata needs: tables, vectors, text. Built from the end to the beginning, so that what is pointed at
 * stands there already. Offsets are counted from the end. Source: "FlatBuffer Internals", flatbuffers.dev.
 */

/** Where a table, vector or text is. */
export type Place = number;
/** One field of a table: absent, a number of so many bytes, or something that was written before. */
export type FlatField =
  | undefined
  | readonly [bytes: 1 | 2 | 4 | 8, value: number]
  | { readonly place: Place };

const roomAtFirst = 1024;

export class FlatWriter {
  #bytes = Buffer.alloc(roomAtFirst);
  /** The first byte that is used. */
  #begin = roomAtFirst;
  #alignment = 1;

  text(value: string): Place {
    const bytes = Buffer.from(value);
    this.#align(4, bytes.length + 1);
    // the room is zero, which ends the text
    this.#begin -= bytes.length + 1;
    bytes.copy(this.#bytes, this.#begin);
    this.#number(4, bytes.length);
    return this.#end();
  }

  tables(places: readonly Place[]): Place {
    this.#align(4, places.length * 4);
    for (const place of places.toReversed()) this.#offset(place);
    this.#number(4, places.length);
    return this.#end();
  }

  /** A vector of structs that are made of 64-bit integers alone. */
  longs(values: readonly number[], perStruct: number): Place {
    this.#align(4, values.length * 8);
    this.#align(8, values.length * 8);
    for (const value of values.toReversed()) this.#number(8, value);
    this.#number(4, values.length / perStruct);
    return this.#end();
  }

  /** Fields in the order of their ids. Wide ones stand first in memory, so that little is lost to alignment. */
  table(fields: readonly FlatField[]): Place {
    const begin = this.#end();
    const places = fields.map(() => 0);
    for (const [id, field] of fields.entries()) {
      if (field === undefined) continue;
      if ('place' in field) this.#offset(field.place);
      else this.#aligned(...field);
      places[id] = this.#end();
    }
    this.#aligned(4, 0);
    const table = this.#end();
    for (const place of places.toReversed()) this.#aligned(2, place === 0 ? 0 : table - place);
    this.#aligned(2, table - begin);
    this.#aligned(2, (fields.length + 2) * 2);
    // the table begins with how far before it this list of its fields stands
    this.#bytes.writeInt32LE(this.#end() - table, this.#bytes.length - table);
    return table;
  }

  /** All of it, beginning with where `root` is. */
  finish(root: Place): Buffer {
    this.#align(this.#alignment, 4);
    this.#offset(root);
    return this.#bytes.subarray(this.#begin);
  }

  #end(): Place {
    return this.#bytes.length - this.#begin;
  }

  #offset(place: Place): void {
    this.#align(4, 0);
    this.#number(4, this.#end() + 4 - place);
  }

  #aligned(bytes: 1 | 2 | 4 | 8, value: number): void {
    this.#align(bytes, 0);
    this.#number(bytes, value);
  }

  #number(bytes: 1 | 2 | 4 | 8, value: number): void {
    this.#begin -= bytes;
    if (bytes === 8) this.#bytes.writeBigInt64LE(BigInt(value), this.#begin);
    else this.#bytes.writeIntLE(value, this.#begin, bytes);
  }

  /** Makes what begins `further` bytes before here stand at a multiple of `bytes`, and room for it. */
  #align(bytes: number, further: number): void {
    this.#alignment = Math.max(this.#alignment, bytes);
    const padding = -(this.#end() + further) & (bytes - 1);
    while (this.#begin < padding + further + 16) this.#grow();
    this.#begin -= padding;
  }

  #grow(): void {
    const more = Buffer.alloc(this.#bytes.length * 2);
    this.#bytes.copy(more, more.length - this.#bytes.length);
    this.#begin += more.length - this.#bytes.length;
    this.#bytes = more;
  }
}
