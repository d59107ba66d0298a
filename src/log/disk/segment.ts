/**
 * One segment as the log knows it: a file named by the first offset that it can hold, how far it is durable, and a sparse
 * index from offsets to bytes. The index grows while the segment is written or read, so nothing is scanned twice.
 */
import { join } from 'node:path';

const extension = '.segment';
const nameDigits = 16;
/** A read walks at most about this much before it meets its offset. */
const indexIntervalBytes = 64 * 1024;

export function segmentPath(directory: string, base: number): string {
  return join(directory, `${String(base).padStart(nameDigits, '0')}${extension}`);
}

/** The first offset that a file's name stands for; undefined when it is no segment. */
export function segmentBase(name: string): number | undefined {
  const digits = name.slice(0, -extension.length);
  if (!name.endsWith(extension) || digits.length !== nameDigits || !/^\d+$/.test(digits)) return undefined;
  return Number(digits);
}

export interface IndexEntry {
  readonly offset: number;
  readonly position: number;
}

export class Segment {
  readonly path: string;
  readonly base: number;
  /** The first offset past the segment. */
  next: number;
  /** Bytes that are durable; what a file has beyond them is nobody's. */
  bytes: number;
  /** Epoch milliseconds of the last append. */
  modifiedAt: number;
  readonly #index: IndexEntry[];

  constructor(path: string, base: number, next: number, bytes: number, modifiedAt: number) {
    this.path = path;
    this.base = base;
    this.next = next;
    this.bytes = bytes;
    this.modifiedAt = modifiedAt;
    this.#index = [{ offset: base, position: 0 }];
  }

  /** Tells that a whole record with `offset` begins at `position`. */
  note(offset: number, position: number): void {
    if (position >= this.#index.at(-1)!.position + indexIntervalBytes) this.#index.push({ offset, position });
  }

  /** The last known place at or before `offset`. */
  locate(offset: number): IndexEntry {
    let low = 0;
    let high = this.#index.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >>> 1;
      if (this.#index[middle]!.offset <= offset) low = middle;
      else high = middle - 1;
    }
    return this.#index[low]!;
  }
}
