/** The bytes of a record in several pieces, so that none is copied before it has to be. */
import type { RecordBytes } from './log.ts';

export function byteLengthOf(bytes: RecordBytes): number {
  if (bytes instanceof Uint8Array) return bytes.byteLength;
  return bytes.reduce((sum, { byteLength }) => sum + byteLength, 0);
}

export function piecesOf(bytes: RecordBytes): readonly Uint8Array[] {
  return bytes instanceof Uint8Array ? [bytes] : bytes;
}

/** What is left of the pieces behind their first `count` bytes. */
export function behind(pieces: readonly Uint8Array[], count: number): readonly Uint8Array[] {
  const rest: Uint8Array[] = [];
  let left = count;
  for (const piece of pieces) {
    if (left < piece.byteLength) rest.push(left === 0 ? piece : piece.subarray(left));
    left = Math.max(0, left - piece.byteLength);
  }
  return rest;
}

/** Copies the pieces to `at` and returns where they end; the target has room for them. */
export function copyTo(target: Uint8Array, at: number, bytes: RecordBytes): number {
  let end = at;
  for (const piece of piecesOf(bytes)) {
    target.set(piece, end);
    end += piece.byteLength;
  }
  return end;
}

/** In one piece; it is the given one when there is no other. */
export function joined(bytes: RecordBytes): Uint8Array {
  if (bytes instanceof Uint8Array) return bytes;
  const whole = new Uint8Array(byteLengthOf(bytes));
  copyTo(whole, 0, bytes);
  return whole;
}
