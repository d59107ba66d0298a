/**
 * The bytes of a segment. All numbers are little-endian.
 *
 *   segment  = record*
 *   record   = magic crc salt length count offset payload
 *   magic    = FF 'M' 'R' version    version is 01; FF cannot stand in UTF-8, so text never looks like a record
 *   crc      = u32                   CRC32C of everything in the record that follows it
 *   salt     = u32                   random, the same in all records of a segment: nobody can forge a record in a payload
 *   length   = u32                   bytes of the payload
 *   count    = u32                   events in the record; 0 is a seal: all before it was durable when it was written
 *   offset   = u64                   offset of the first event
 *   payload  = length bytes
 */
import { crc32c } from '@node-rs/crc32';
import type { RecordBytes } from '../log.ts';
import { byteLengthOf, copyTo, piecesOf } from '../record-bytes.ts';

export const headerBytes = 28;
/** Also the bound of what a damaged length can make a reader believe. */
export const recordBytesMax = 64 * 1024 * 1024;
/** Records that are written and synced together have at most this many bytes, unless it is one record. */
export const groupBytesMax = 4 * 1024 * 1024;
export const magic: Uint8Array = Uint8Array.of(0xff, 0x4d, 0x52, 0x01);
const magicWord = 0x01524dff;

export interface RecordHeader {
  readonly salt: number;
  readonly length: number;
  readonly count: number;
  readonly offset: number;
}

export interface NewRecord extends Omit<RecordHeader, 'length'> {
  readonly payload: RecordBytes;
}

/** Writes the record at `at` and returns where it ends; the buffer has room for it. */
export function encodeRecord(target: Buffer, at: number, record: NewRecord): number {
  const end = copyTo(target, at + headerBytes, record.payload);
  encodeFields(target, at, record, end - at - headerBytes);
  target.writeUInt32LE(crc32c(target.subarray(at + 8, end)), at + 4);
  return end;
}

/** The header alone, and where it ends: for a payload that is written from where it is. */
export function encodeHeader(target: Buffer, at: number, record: NewRecord): number {
  const end = at + headerBytes;
  encodeFields(target, at, record, byteLengthOf(record.payload));
  let crc = crc32c(target.subarray(at + 8, end));
  for (const piece of piecesOf(record.payload)) crc = crc32c(piece, crc);
  target.writeUInt32LE(crc, at + 4);
  return end;
}

/** The header at `at`, not yet compared with its CRC; undefined when there is no magic or the numbers are impossible. */
export function decodeHeader(source: Buffer, at: number): RecordHeader | undefined {
  if (source.readUInt32LE(at) !== magicWord) return undefined;
  const length = source.readUInt32LE(at + 12);
  const offset = readOffset(source, at + 20);
  if (length > recordBytesMax || !Number.isSafeInteger(offset)) return undefined;
  return {
    salt: source.readUInt32LE(at + 8),
    length,
    count: source.readUInt32LE(at + 16),
    offset,
  };
}

/** Whether the whole record at `at` is what was written. */
export function crcMatches(source: Buffer, at: number, length: number): boolean {
  return source.readUInt32LE(at + 4) === crc32c(source.subarray(at + 8, at + headerBytes + length));
}

function encodeFields(target: Buffer, at: number, record: NewRecord, length: number): void {
  target.writeUInt32LE(magicWord, at);
  target.writeUInt32LE(record.salt, at + 8);
  target.writeUInt32LE(length, at + 12);
  target.writeUInt32LE(record.count, at + 16);
  writeOffset(target, record.offset, at + 20);
}

function writeOffset(target: Buffer, offset: number, at: number): void {
  target.writeUInt32LE(offset % 2 ** 32, at);
  target.writeUInt32LE(Math.floor(offset / 2 ** 32), at + 4);
}

function readOffset(source: Buffer, at: number): number {
  return source.readUInt32LE(at + 4) * 2 ** 32 + source.readUInt32LE(at);
}
