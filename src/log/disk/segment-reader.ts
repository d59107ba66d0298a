/**
 * Walks the records of one segment file, comparing every CRC. A damaged place is reported with where the next whole
 * record begins, and the walk goes on from there. What is returned points into buffers that are never used again.
 */
import { type LogFile, systemCode } from './file-system.ts';
import { crcMatches, decodeHeader, headerBytes, magic, type RecordHeader } from './record-codec.ts';

export interface RecordStep {
  readonly kind: 'record';
  readonly position: number;
  readonly end: number;
  readonly offset: number;
  /** 0: a seal, which carries no events. */
  readonly count: number;
  readonly payload: Uint8Array;
}

export interface DamageStep {
  readonly kind: 'damage';
  readonly position: number;
  readonly detail: string;
  /** Offset of the next whole record; undefined when none follows. */
  readonly nextOffset: number | undefined;
}

export type Step = RecordStep | DamageStep | { readonly kind: 'end' };

export interface Walk {
  readonly position: number;
  /** Bytes past it are not looked at. */
  readonly end: number;
  /** The offset that the record at `position` must have. */
  readonly offset: number;
  /** Takes what the disk cannot read for zeros, so that it is damage like any other; else the read's error is thrown. */
  readonly aroundUnreadable: boolean;
}

const chunkBytes = 1024 * 1024;
/** What is given up for one place that the disk cannot read. */
const blockBytes = 4096;

export class SegmentReader {
  readonly #file: LogFile;
  readonly #end: number;
  readonly #aroundUnreadable: boolean;
  #position: number;
  #offset: number;
  #salt: number | undefined;
  #buffer: Buffer = Buffer.alloc(0);
  #bufferAt = 0;

  constructor(file: LogFile, walk: Walk) {
    this.#file = file;
    this.#position = walk.position;
    this.#end = walk.end;
    this.#offset = walk.offset;
    this.#aroundUnreadable = walk.aroundUnreadable;
  }

  /** Errors: whatever the file system says. */
  async next(): Promise<Step> {
    if (this.#position >= this.#end) return { kind: 'end' };
    await this.#load(this.#position, headerBytes);
    const header = this.#headerAt(this.#position);
    if (header !== undefined) await this.#load(this.#position, headerBytes + header.length);
    return this.buffered() ?? this.#resynchronize(header);
  }

  /** The next record when it is in memory already and whole: the quick way, without a promise. */
  buffered(): RecordStep | undefined {
    const position = this.#position;
    const header = this.#wholeAt(position);
    if (header === undefined || header.offset !== this.#offset) return undefined;
    const end = position + headerBytes + header.length;
    const at = position - this.#bufferAt;
    this.#salt = header.salt;
    this.#position = end;
    this.#offset += header.count;
    const payload = this.#buffer.subarray(at + headerBytes, end - this.#bufferAt);
    return { kind: 'record', position, end, offset: header.offset, count: header.count, payload };
  }

  /** Finds the next whole record at or after the bad place; byte by byte, because a length there cannot be believed. */
  async #resynchronize(found: RecordHeader | undefined): Promise<DamageStep> {
    const damaged = this.#position;
    const detail = this.#describe(found);
    for (let at = await this.#findMagic(damaged); at !== undefined; at = await this.#findMagic(at + 1)) {
      const header = this.#headerAt(at);
      if (header === undefined || header.offset < this.#offset) continue;
      await this.#load(at, headerBytes + header.length);
      if (this.#wholeAt(at) === undefined) continue;
      this.#position = at;
      this.#offset = header.offset;
      return { kind: 'damage', position: damaged, detail, nextOffset: header.offset };
    }
    this.#position = this.#end;
    return { kind: 'damage', position: damaged, detail, nextOffset: undefined };
  }

  #describe(header: RecordHeader | undefined): string {
    const rest = this.#end - this.#position;
    if (rest < headerBytes) return `${rest} bytes are too few for a record`;
    if (header === undefined) return 'no record begins here';
    if (headerBytes + header.length > rest) return `a record of ${header.length} bytes ends past the file`;
    if (this.#wholeAt(this.#position) === undefined) return 'the CRC32C does not match';
    return `offset ${this.#offset} was due, the record has ${header.offset}`;
  }

  async #findMagic(from: number): Promise<number | undefined> {
    for (let at = from; at + headerBytes <= this.#end; ) {
      await this.#load(at, headerBytes);
      if (this.#bufferAt + this.#buffer.byteLength < at + headerBytes) return undefined;
      const index = this.#buffer.indexOf(magic, at - this.#bufferAt);
      const found = this.#bufferAt + index;
      if (index >= 0 && found + headerBytes <= this.#end) {
        await this.#load(found, headerBytes);
        return found;
      }
      // A magic may straddle the border of two chunks.
      at = Math.max(at + 1, this.#bufferAt + this.#buffer.byteLength - magic.byteLength + 1);
    }
    return undefined;
  }

  #headerAt(position: number): RecordHeader | undefined {
    const at = position - this.#bufferAt;
    if (at < 0 || at + headerBytes > this.#buffer.byteLength) return undefined;
    const header = decodeHeader(this.#buffer, at);
    return header === undefined || (this.#salt ?? header.salt) !== header.salt ? undefined : header;
  }

  #wholeAt(position: number): RecordHeader | undefined {
    const header = this.#headerAt(position);
    if (header === undefined) return undefined;
    const at = position - this.#bufferAt;
    if (at + headerBytes + header.length > this.#buffer.byteLength) return undefined;
    return crcMatches(this.#buffer, at, header.length) ? header : undefined;
  }

  /** Brings the bytes into memory, as far as the file has them. */
  async #load(position: number, bytes: number): Promise<void> {
    const wanted = Math.min(bytes, this.#end - position);
    const at = position - this.#bufferAt;
    if (at >= 0 && at + wanted <= this.#buffer.byteLength) return;
    const size = Math.min(Math.max(wanted, chunkBytes), this.#end - position);
    this.#buffer = await this.#read(position, Buffer.allocUnsafeSlow(size));
    this.#bufferAt = position;
  }

  async #read(position: number, buffer: Buffer): Promise<Buffer> {
    try {
      return await this.#fill(position, buffer);
    } catch (error) {
      if (!this.#aroundUnreadable || systemCode(error) !== 'EIO') throw error;
    }
    for (let at = 0; at < buffer.byteLength; ) {
      const next = at + blockBytes - ((position + at) % blockBytes);
      const block = buffer.subarray(at, next).fill(0);
      await this.#fill(position + at, block).catch(() => block.fill(0));
      at = next;
    }
    return buffer;
  }

  /** What the file has, which is less than was asked for when it is shorter than it should be. */
  async #fill(position: number, buffer: Buffer): Promise<Buffer> {
    let filled = 0;
    while (filled < buffer.byteLength) {
      const read = await this.#file.read(buffer.subarray(filled), position + filled);
      if (read === 0) break;
      filled += read;
    }
    return buffer.subarray(0, filled);
  }
}
