/**
 * A growing buffer that is written from the front: little-endian integers, and strings behind their length in bytes as a
 * base-128 number. The hot path of every insert, so it makes no object per value.
 */

const initialBytes = 64 * 1024;

export class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafe(initialBytes);
  #length = 0;

  /** What was written; shares memory with the writer. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  uint8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  uint16(value: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeUInt16LE(value, this.#length);
  }

  uint32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeUInt32LE(value, this.#length);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32LE(value, this.#length);
  }

  /** A safe integer as 64 bits with sign, without a BigInt. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / 2 ** 32);
    this.#bytes.writeUInt32LE(value - high * 2 ** 32, this.#length);
    this.#length = this.#bytes.writeInt32LE(high, this.#length + 4);
  }

  bigInt64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigInt64LE(value, this.#length);
  }

  bigUint64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigUInt64LE(value, this.#length);
  }

  varint(value: number): void {
    this.#reserve(5);
    let rest = value;
    while (rest >= 0x80) {
      this.#bytes[this.#length++] = (rest & 0x7f) | 0x80;
      rest >>>= 7;
    }
    this.#bytes[this.#length++] = rest;
  }

  /** UTF-8 behind its length. Short strings, nearly all, are written once; the length is put in afterwards. */
  string(value: string): void {
    if (value.length * 3 >= 0x80) {
      this.varint(Buffer.byteLength(value));
      this.#reserve(value.length * 3);
      this.#length += this.#bytes.write(value, this.#length);
      return;
    }
    this.#reserve(value.length * 3 + 1);
    const at = this.#length;
    const written = value === '' ? 0 : this.#bytes.write(value, at + 1);
    this.#bytes[at] = written;
    this.#length = at + 1 + written;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
