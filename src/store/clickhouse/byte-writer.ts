/**
 * A growing buffer that is written from the front: little-endian integers, and strings behind their length in bytes as a
 * base-128 number. The hot path of every insert, so it makes no object per value.
 */

const initialBytes = 64 * 1024;
/** Units; the length of what is shorter is one byte. */
const shortMax = 80;

/** What is written is longer than the writer may hold. */
export class BytesExceeded extends Error {
  override readonly name = 'BytesExceeded';
}

export class ByteWriter {
  #bytes: Buffer = Buffer.allocUnsafe(initialBytes);
  #length = 0;
  readonly #bytesMax: number;

  /** @param bytesMax about: seen only when the buffer must grow, and not below its first size */
  constructor(bytesMax = Number.POSITIVE_INFINITY) {
    this.#bytesMax = bytesMax;
  }

  /** What was written; shares memory with the writer. */
  bytes(): Buffer {
    return this.#bytes.subarray(0, this.#length);
  }

  /** The bytes of a typed array as the machine has them: little-endian on every one that the engine runs on. */
  append(values: ArrayBufferView<ArrayBuffer>): void {
    this.#reserve(values.byteLength);
    this.#bytes.set(new Uint8Array(values.buffer, values.byteOffset, values.byteLength), this.#length);
    this.#length += values.byteLength;
  }

  /** A safe integer as 64 bits with sign. */
  int64(value: number): void {
    this.#reserve(8);
    const high = Math.floor(value / 2 ** 32);
    this.#bytes.writeUInt32LE(value - high * 2 ** 32, this.#length);
    this.#length = this.#bytes.writeInt32LE(high, this.#length + 4);
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

  /** UTF-8 behind its length. Nearly all strings are short and ASCII, for which a loop beats the call into the runtime. */
  string(value: string): void {
    if (value.length < shortMax && this.#shortAscii(value)) return;
    this.varint(Buffer.byteLength(value));
    this.#reserve(value.length * 3);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** False, and nothing written, when there is more than ASCII in `value`. */
  #shortAscii(value: string): boolean {
    const length = value.length;
    this.#reserve(length + 1);
    const bytes = this.#bytes;
    const at = this.#length + 1;
    for (let i = 0; i < length; i++) {
      const unit = value.charCodeAt(i);
      if (unit > 0x7f) return false;
      bytes[at + i] = unit;
    }
    bytes[at - 1] = length;
    this.#length = at + length;
    return true;
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    if (needed > this.#bytesMax) throw new BytesExceeded(`more than ${this.#bytesMax} bytes`);
    const grown = Buffer.allocUnsafe(Math.max(needed, Math.min(this.#bytesMax, this.#bytes.length * 2)));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
