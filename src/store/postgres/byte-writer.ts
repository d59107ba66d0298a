/**
 * A growing buffer that is written from the front in network order, as PostgreSQL's binary forms are. The hot path of every
 * insert, so it makes no object per value.
 */
const initialBytes = 256 * 1024;
/** Units; longer text is written by the runtime. */
const shortMax = 100;

export class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafe(initialBytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written; the writer begins anew and gives this memory away. */
  take(): Buffer {
    const taken = this.#bytes.subarray(0, this.#length);
    this.#bytes = Buffer.allocUnsafe(initialBytes);
    this.#length = 0;
    return taken;
  }

  bytes(value: Buffer): void {
    this.#reserve(value.length);
    this.#length += value.copy(this.#bytes, this.#length);
  }

  int8(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  int16(value: number): void {
    this.#reserve(2);
    this.#length = this.#bytes.writeInt16BE(value, this.#length);
  }

  int32(value: number): void {
    this.#reserve(4);
    this.#length = this.#bytes.writeInt32BE(value, this.#length);
  }

  /** A whole number as 64 bits with sign. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / 2 ** 32);
    this.#bytes.writeInt32BE(high, this.#length);
    this.#length = this.#bytes.writeUInt32BE(value - high * 2 ** 32, this.#length + 4);
  }

  /** The same bits with sign or without. */
  uint64(value: bigint): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeBigUInt64BE(value, this.#length);
  }

  /** UTF-8 behind a byte, and both behind their length. */
  textAfter(byte: number, value: string): void {
    this.#reserve(value.length * 3 + 5);
    const written = this.#bytes.write(value, this.#length + 5);
    this.#bytes.writeInt32BE(written + 1, this.#length);
    this.#bytes[this.#length + 4] = byte;
    this.#length += written + 5;
  }

  /** UTF-8 behind its length. */
  text(value: string): void {
    if (value.length < shortMax && this.#shortAscii(value)) return;
    this.#reserve(value.length * 3 + 4);
    const written = this.#bytes.write(value, this.#length + 4);
    this.#bytes.writeInt32BE(written, this.#length);
    this.#length += written + 4;
  }

  /** False, and nothing written, when there is more than ASCII in `value`. */
  #shortAscii(value: string): boolean {
    const length = value.length;
    this.#reserve(length + 4);
    const bytes = this.#bytes;
    const at = this.#length + 4;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return false;
      bytes[at + i] = unit;
    }
    bytes[at - 4] = 0;
    bytes[at - 3] = 0;
    bytes[at - 2] = 0;
    bytes[at - 1] = length;
    this.#length = at + length;
    return true;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafe(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
