/**
 * A growing buffer that is written from the front: little-endian integers, and strings behind their length in bytes as a
 * base-128 number. The hot path of every insert: many strings are written by one call into the runtime.
 */

const initialBytes = 1024;
const keptTimesMax = 8;
/** Units; the length of a shorter one, when it is ASCII, is one byte that is ASCII itself. */
const shortMax = 128;
const loopedMax = 24;
const lengths = Array.from({ length: shortMax }, (_, length) => String.fromCharCode(length));

export class ByteWriter {
  #bytes: Buffer<ArrayBuffer> = Buffer.allocUnsafeSlow(initialBytes);
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** What was written; shares memory with the writer. */
  bytes(): Buffer<ArrayBuffer> {
    return this.#bytes.subarray(0, this.#length);
  }

  /** Forgets what was written. Keeps its memory for the next, unless that was much more than was needed. */
  clear(): void {
    if (this.#bytes.length > initialBytes && this.#bytes.length > keptTimesMax * this.#length)
      this.#bytes = Buffer.allocUnsafeSlow(initialBytes);
    this.#length = 0;
  }

  /** Takes these stretches out: [from, to) of what was written, ascending, not touching. */
  cut(stretches: readonly (readonly [from: number, to: number])[]): void {
    let end = stretches[0]?.[0] ?? this.#length;
    for (const [index, [, to]] of stretches.entries()) {
      const next = stretches[index + 1]?.[0] ?? this.#length;
      this.#bytes.copyWithin(end, to, next);
      end += next - to;
    }
    this.#length = end;
  }

  /** Takes out the values at these places, ascending; each value has so many bytes. */
  cutValues(width: number, places: readonly number[]): void {
    this.cut(places.map((place) => [place * width, (place + 1) * width]));
  }

  /** Takes out the strings at these places, ascending; the first one begins at byte `first`. */
  cutStrings(first: number, places: readonly number[]): void {
    const stretches: [number, number][] = [];
    let at = first;
    let place = 0;
    for (const wanted of places) {
      for (; place < wanted; place++) at = this.#endOfString(at);
      const end = this.#endOfString(at);
      stretches.push([at, end]);
      at = end;
      place++;
    }
    this.cut(stretches);
  }

  #endOfString(at: number): number {
    return this.#stringAt(at).end;
  }

  #stringAt(at: number): { begin: number; end: number } {
    let length = 0;
    for (let shift = 0, next = at; ; shift += 7) {
      const byte = this.#bytes[next++]!;
      length += (byte & 0x7f) * 2 ** shift;
      if (byte < 0x80) return { begin: next, end: next + length };
    }
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

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  /** The same byte, so many times. */
  fill(value: number, count: number): void {
    this.#reserve(count);
    this.#bytes.fill(value, this.#length, this.#length + count);
    this.#length += count;
  }

  float64(value: number): void {
    this.#reserve(8);
    this.#length = this.#bytes.writeDoubleLE(value, this.#length);
  }

  /** UTF-8 behind its length. */
  string(value: string): void {
    if (value.length < loopedMax && this.#shortAscii(value)) return;
    this.varint(Buffer.byteLength(value));
    this.#reserve(value.length * 3);
    this.#length += this.#bytes.write(value, this.#length);
  }

  /** For a few characters a loop beats the call into the runtime. False, and nothing written, when there is more than ASCII. */
  #shortAscii(value: string): boolean {
    const { length } = value;
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

  /** All strings that were written, when nothing else was. */
  readStrings(): string[] {
    const strings: string[] = [];
    for (let at = 0; at < this.#length; ) {
      const { begin, end } = this.#stringAt(at);
      strings.push(this.#bytes.toString('utf8', begin, end));
      at = end;
    }
    return strings;
  }

  /**
   * `string` of each: what is short and ASCII is joined with its lengths and written at once, three times faster. A few dozen
   * at a time are best.
   */
  strings(values: readonly string[], count: number): void {
    let joined = '';
    for (let i = 0; i < count; i++) {
      const value = values[i]!;
      if (value.length >= shortMax) {
        this.#stringsApart(values, count);
        return;
      }
      joined += lengths[value.length]! + value;
    }
    this.#reserve(joined.length * 3);
    const written = this.#bytes.write(joined, this.#length);
    if (written === joined.length) this.#length += written;
    else this.#stringsApart(values, count);
  }

  #stringsApart(values: readonly string[], count: number): void {
    for (let i = 0; i < count; i++) this.string(values[i]!);
  }

  #reserve(more: number): void {
    const needed = this.#length + more;
    if (needed <= this.#bytes.length) return;
    const grown = Buffer.allocUnsafeSlow(Math.max(needed, this.#bytes.length * 2));
    this.#bytes.copy(grown, 0, 0, this.#length);
    this.#bytes = grown;
  }
}
