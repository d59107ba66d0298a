/**
 * The entries of a stream. A record is one entry, or several when it is large, so that a read of some entries is bounded.
 *
 *   id     = EPOCH "-" INDEX * 1024 + PART      INDEX: of the record's first event, counted from the epoch's begin
 *   fields = "h" header "d" data
 *   header = COUNT " " CRC " " PARTS " " FORM " " BEFORE     in the first part; '' in the others
 *   CRC    = CRC32C of COUNT in four little-endian bytes and the payload
 *   FORM   = "r": data is the payload; "b": it is base64 of it
 *   BEFORE = payload bytes of the partition before this record, ever
 *
 * What the CRC cannot hold, because the script gives it out, is the place: reading checks that records follow each other.
 */
import { crc32c } from '@node-rs/crc32';
import { type Reply, textOf } from './stream-service.ts';

export const partsMax = 1024;
export const partBytesMax = 64 * 1024;

export interface EntryId {
  readonly epoch: number;
  readonly index: number;
  readonly part: number;
}

export interface Header {
  readonly count: number;
  readonly crc: number;
  readonly parts: number;
  readonly isBase64: boolean;
}

export interface Entry {
  readonly id: EntryId;
  /** Undefined in later parts, and in a damaged entry. */
  readonly header: Header | undefined;
  readonly data: Reply;
}

/** The record as the append script takes it; BEFORE is added there. */
export interface EncodedRecord {
  readonly count: number;
  readonly header: string;
  readonly bytes: number;
  readonly parts: readonly (Uint8Array | string)[];
}

export function encodeRecord(count: number, bytes: Uint8Array, encoding: 'raw' | 'base64'): EncodedRecord {
  const parts: (Uint8Array | string)[] = [];
  for (let at = 0; at < bytes.byteLength || parts.length === 0; at += partBytesMax) {
    const part = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).subarray(
      at,
      at + partBytesMax,
    );
    parts.push(encoding === 'raw' ? part : part.toString('base64'));
  }
  const form = encoding === 'raw' ? 'r' : 'b';
  const header = `${count} ${checksum(count, bytes)} ${parts.length} ${form}`;
  return { count, header, bytes: bytes.byteLength, parts };
}

/** The payload; undefined when it is not what was appended. */
export function decodeParts(header: Header, parts: readonly Reply[]): Uint8Array | undefined {
  if (parts.length !== header.parts) return undefined;
  const pieces = parts.map((part) => bytesOf(part, header.isBase64));
  const bytes = pieces.length === 1 ? pieces[0]! : Buffer.concat(pieces);
  return checksum(header.count, bytes) === header.crc ? bytes : undefined;
}

/** Of one item of XRANGE; undefined when it is no entry of ours. */
export function parseEntry(reply: Reply): Entry | undefined {
  const [name, fields] = reply as readonly Reply[];
  const id = parseId(textOf(name));
  if (id === undefined || !Array.isArray(fields)) return undefined;
  const [, header, , data = ''] = fields as readonly Reply[];
  return { id, header: parseHeader(textOf(header)), data };
}

export function parseId(text: string): EntryId | undefined {
  const [, epoch, sequence] = /^(\d{1,16})-(\d{1,16})$/.exec(text) ?? [];
  if (epoch === undefined) return undefined;
  const place = Number(sequence);
  return { epoch: Number(epoch), index: Math.floor(place / partsMax), part: place % partsMax };
}

/** The id of a record's first part. */
export function recordId(epoch: number, index: number): string {
  return `${epoch}-${index * partsMax}`;
}

function parseHeader(text: string): Header | undefined {
  const [, count, crc, parts, form] = /^(\d{1,9}) (\d{1,10}) (\d{1,4}) ([rb]) /.exec(text) ?? [];
  if (count === undefined) return undefined;
  return { count: Number(count), crc: Number(crc), parts: Number(parts), isBase64: form === 'b' };
}

function bytesOf(data: Reply, isBase64: boolean): Buffer {
  if (isBase64) return Buffer.from(textOf(data), 'base64');
  if (data instanceof Uint8Array) return Buffer.from(data.buffer, data.byteOffset, data.byteLength);
  return Buffer.from(textOf(data));
}

function checksum(count: number, bytes: Uint8Array): number {
  const head = Buffer.alloc(4);
  head.writeUInt32LE(count);
  return crc32c(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength), crc32c(head));
}
