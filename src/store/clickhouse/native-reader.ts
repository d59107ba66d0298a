/**
 * Reads the blocks of a streamed answer in ClickHouse's Native format into typed arrays, one block at a time, so that millions
 * of numbers pass without an object for each. It knows what analyses ask for: fixed-width numbers, and arrays of them.
 *
 *   block  = varint columns, varint rows, column*
 *   column = string name, string type, values
 *   values = numbers, little-endian | uint64 ends of arrays (cumulative), then numbers
 */
import { ClickHouseError } from './clickhouse-error.ts';

export type Numbers =
  | Uint8Array<ArrayBuffer>
  | Uint32Array<ArrayBuffer>
  | Float64Array<ArrayBuffer>
  | BigUint64Array<ArrayBuffer>;

export interface NativeColumn {
  readonly values: Numbers;
  /** Of a column of arrays: where each row's array ends in `values`. */
  readonly ends?: Uint32Array<ArrayBuffer>;
}

const makers = {
  UInt8: { width: 1, make: (bytes: ArrayBuffer) => new Uint8Array(bytes) },
  UInt32: { width: 4, make: (bytes: ArrayBuffer) => new Uint32Array(bytes) },
  Float64: { width: 8, make: (bytes: ArrayBuffer) => new Float64Array(bytes) },
  UInt64: { width: 8, make: (bytes: ArrayBuffer) => new BigUint64Array(bytes) },
  // as words, the lowest first
  UInt128: { width: 16, make: (bytes: ArrayBuffer) => new Uint32Array(bytes) },
  UInt256: { width: 32, make: (bytes: ArrayBuffer) => new Uint32Array(bytes) },
} as const;
type NumberType = keyof typeof makers;

/** The columns of each block that has rows. Errors: ClickHouseError, those of `chunks`. */
export async function* nativeBlocks(
  chunks: AsyncIterable<Uint8Array>,
): AsyncGenerator<readonly NativeColumn[]> {
  const bytes = new ChunkReader(chunks);
  try {
    while (!(await bytes.isAtEnd())) {
      const columns = await bytes.varint();
      const rows = await bytes.varint();
      const read: NativeColumn[] = [];
      for (let i = 0; i < columns; i++) {
        await bytes.text();
        read.push(await readColumn(bytes, await bytes.text(), rows));
      }
      if (rows > 0) yield read;
    }
  } finally {
    await bytes.close();
  }
}

async function readColumn(bytes: ChunkReader, type: string, rows: number): Promise<NativeColumn> {
  const item = /^Array\((.*)\)$/.exec(type)?.[1];
  if (item === undefined) return { values: await numbers(bytes, type, rows) };
  const ends = lowWords(await bytes.take(rows * makers.UInt64.width));
  return { ends, values: await numbers(bytes, item, ends.at(-1) ?? 0) };
}

async function numbers(bytes: ChunkReader, type: string, count: number): Promise<Numbers> {
  if (!(type in makers)) throw lost(`a column has the type ${type}`);
  const { width, make } = makers[type as NumberType];
  return make(await bytes.take(count * width));
}

/** An answer that does not fit into memory never comes: one block of it has far fewer than 2^32 numbers. */
function lowWords(bytes: ArrayBuffer): Uint32Array<ArrayBuffer> {
  const words = new Uint32Array(bytes);
  const low = new Uint32Array(words.length / 2);
  for (let i = 0; i < low.length; i++) low[i] = words[2 * i]!;
  return low;
}

const lost = (what: string): ClickHouseError =>
  new ClickHouseError(`the answer cannot be read: ${what}`, 0, 'unclear');

/** Bytes by number out of chunks of any size. */
class ChunkReader {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  #at = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  async isAtEnd(): Promise<boolean> {
    while (this.#at === this.#chunk.byteLength) {
      const next = await this.#chunks.next();
      if (next.done) return true;
      this.#chunk = next.value;
      this.#at = 0;
    }
    return false;
  }

  /** A copy, so that it begins where numbers of any width may. */
  async take(count: number): Promise<ArrayBuffer> {
    const taken = new Uint8Array(new ArrayBuffer(count));
    let filled = 0;
    while (filled < count) {
      if (await this.isAtEnd()) throw lost('it ends in the middle');
      const some = this.#chunk.subarray(this.#at, this.#at + count - filled);
      taken.set(some, filled);
      filled += some.byteLength;
      this.#at += some.byteLength;
    }
    return taken.buffer;
  }

  async varint(): Promise<number> {
    let value = 0;
    for (let factor = 1; ; factor *= 128) {
      if (await this.isAtEnd()) throw lost('it ends in the middle');
      const byte = this.#chunk[this.#at++]!;
      value += (byte & 127) * factor;
      if (byte < 128) return value;
    }
  }

  async text(): Promise<string> {
    return Buffer.from(await this.take(await this.varint())).toString('utf8');
  }

  async close(): Promise<void> {
    await this.#chunks.return?.();
  }
}
