/**
 * Appends groups to one segment file: one write, then one fsync, and only then does the segment grow. What a failed write
 * left behind is cut off, so that the next group begins where the last durable one ends.
 */
import type { RecordBytes } from '../log.ts';
import { behind, piecesOf } from '../record-bytes.ts';
import type { FileSystem, LogFile } from './file-system.ts';
import { encodeHeader, encodeRecord, headerBytes } from './record-codec.ts';
import type { Segment } from './segment.ts';

export interface Appended {
  readonly count: number;
  readonly payload: RecordBytes;
  /** Of the whole record on disk. */
  readonly byteLength: number;
}

/** A larger record's payload is written from where it is; a smaller one is copied, which costs less than one piece more. */
const copiedRecordBytesMax = 4 * 1024;
/** Buffers up to this size are used again for the next group. */
const reusedBufferBytesMax = 1024 * 1024;

export class SegmentWriter {
  readonly segment: Segment;
  readonly #file: LogFile;
  readonly #salt: number;
  #buffer = Buffer.allocUnsafeSlow(64 * 1024);

  private constructor(segment: Segment, file: LogFile, salt: number) {
    this.segment = segment;
    this.#file = file;
    this.#salt = salt;
  }

  /** Makes the file; its name is not durable before the directory is synced. */
  static async open(files: FileSystem, segment: Segment, salt: number): Promise<SegmentWriter> {
    return new SegmentWriter(segment, await files.open(segment.path, 'create'), salt);
  }

  /** Writes the group behind what is durable. Returns its bytes, which are not durable yet. */
  async write(group: readonly Appended[]): Promise<number> {
    let pieces = this.#encode(group);
    let written = 0;
    while (pieces.length > 0) {
      const more = await this.#file.write(pieces, this.segment.bytes + written);
      if (more === 0) throw new Error('the file system wrote nothing');
      written += more;
      pieces = behind(pieces, more);
    }
    return written;
  }

  /** Cuts off what a failed write left. */
  async undo(): Promise<void> {
    await this.#file.truncate(this.segment.bytes);
  }

  async sync(): Promise<void> {
    await this.#file.sync();
  }

  /** Takes a synced group into the segment; from here on it is readable. */
  accept(group: readonly Appended[], now: number): void {
    const { segment } = this;
    for (const { count, byteLength } of group) {
      segment.note(segment.next, segment.bytes);
      segment.bytes += byteLength;
      segment.next += count;
    }
    segment.modifiedAt = now;
  }

  async close(): Promise<void> {
    await this.#file.close();
  }

  /** Headers and small records side by side in one buffer, and large payloads between its parts. */
  #encode(group: readonly Appended[]): readonly Uint8Array[] {
    const target = this.#bufferFor(group.reduce((sum, { byteLength }) => sum + copiedBytes(byteLength), 0));
    const pieces: Uint8Array[] = [];
    let begin = 0;
    let at = 0;
    let offset = this.segment.next;
    for (const { count, payload, byteLength } of group) {
      const record = { salt: this.#salt, count, offset, payload };
      if (byteLength <= copiedRecordBytesMax) {
        at = encodeRecord(target, at, record);
      } else {
        at = encodeHeader(target, at, record);
        pieces.push(target.subarray(begin, at), ...piecesOf(payload));
        begin = at;
      }
      offset += count;
    }
    if (at > begin) pieces.push(target.subarray(begin, at));
    return pieces;
  }

  #bufferFor(size: number): Buffer {
    if (size <= this.#buffer.byteLength) return this.#buffer;
    const buffer = Buffer.allocUnsafeSlow(size);
    if (size <= reusedBufferBytesMax) this.#buffer = buffer;
    return buffer;
  }
}

function copiedBytes(recordBytes: number): number {
  return recordBytes <= copiedRecordBytesMax ? recordBytes : headerBytes;
}
