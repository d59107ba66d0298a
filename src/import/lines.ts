/** Cuts bytes into lines. A line over the bound is counted and its begin kept; the rest of it is let go as it comes, so memory stays flat. */

export interface Line {
  /** From 1, as editors count. */
  readonly number: number;
  /** Without its line feed and carriage return; cut at the bound. */
  readonly bytes: Buffer;
  /** Longer than `bytes` when it was cut. */
  readonly length: number;
}

const lineFeed = 0x0a;
const carriageReturn = 0x0d;
const byteOrderMark = [0xef, 0xbb, 0xbf];

/** The lines of each chunk together. A last line without a line feed is one; empty lines are counted and left out. */
export async function* readLines(
  chunks: AsyncIterable<Buffer>,
  lineBytesMax: number,
): AsyncGenerator<readonly Line[]> {
  const cutter = new LineCutter(lineBytesMax);
  for await (const chunk of chunks) {
    const lines = cutter.add(chunk);
    if (lines.length > 0) yield lines;
  }
  const last = cutter.end();
  if (last.length > 0) yield last;
}

class LineCutter {
  readonly #lineBytesMax: number;
  #number = 0;
  #pieces: Buffer[] = [];
  #kept = 0;
  #length = 0;

  constructor(lineBytesMax: number) {
    this.#lineBytesMax = lineBytesMax;
  }

  add(chunk: Buffer): Line[] {
    const lines: Line[] = [];
    let first = 0;
    for (let feed = chunk.indexOf(lineFeed); feed >= 0; feed = chunk.indexOf(lineFeed, first)) {
      this.#take(chunk.subarray(first, feed), lines);
      first = feed + 1;
    }
    this.#keep(chunk.subarray(first));
    return lines;
  }

  end(): Line[] {
    const lines: Line[] = [];
    if (this.#length > 0) this.#take(Buffer.alloc(0), lines);
    return lines;
  }

  #keep(piece: Buffer): void {
    this.#length += piece.length;
    const room = this.#lineBytesMax - this.#kept;
    if (piece.length === 0 || room <= 0) return;
    // a copy, so that a piece of a long line does not hold on to its chunk
    this.#pieces.push(Buffer.from(piece.subarray(0, room)));
    this.#kept += Math.min(piece.length, room);
  }

  #take(tail: Buffer, lines: Line[]): void {
    this.#number += 1;
    const whole = this.#length === 0 ? tail.subarray(0, this.#lineBytesMax) : this.#join(tail);
    const length = this.#length + tail.length;
    this.#length = 0;
    const bytes = trimmed(whole, this.#number === 1);
    if (bytes.length > 0)
      lines.push({ number: this.#number, bytes, length: bytes.length + length - whole.length });
  }

  #join(tail: Buffer): Buffer {
    const room = this.#lineBytesMax - this.#kept;
    const whole = Buffer.concat([...this.#pieces, tail.subarray(0, room)]);
    this.#pieces = [];
    this.#kept = 0;
    return whole;
  }
}

function trimmed(bytes: Buffer, isFirst: boolean): Buffer {
  const end = bytes.at(-1) === carriageReturn ? bytes.length - 1 : bytes.length;
  const first = isFirst && byteOrderMark.every((byte, at) => bytes[at] === byte) ? byteOrderMark.length : 0;
  return bytes.subarray(first, end);
}
