/**
 * Whether the files of a part are whole on disk. The engine knows how many bytes it gave to write for the files that its
 * `checksums.txt` lists; the few others are whole when they end as such files end.
 */
import { closeSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import { join } from 'node:path';

/** Files outside of the checksums, which the engine's number of bytes leaves out. */
const unlisted: Readonly<Record<string, (path: string, bytes: number) => boolean>> = {
  'checksums.txt': isWholeList,
  'columns.txt': endsWithLine,
  'columns_substreams.txt': endsWithLine,
  'default_compression_codec.txt': isNotEmpty,
  'metadata_version.txt': isNotEmpty,
};

/** @param bytes what the engine believes that the listed files have; false also when the part is not there */
export function isWholePart(directory: string, bytes: number): boolean {
  try {
    let found = 0;
    for (const name of readdirSync(directory)) {
      const path = join(directory, name);
      const { size } = statSync(path);
      const isWhole = unlisted[name];
      if (isWhole === undefined) found += size;
      else if (!isWhole(path, size)) return false;
    }
    return found === bytes;
  } catch {
    return false;
  }
}

function isNotEmpty(_path: string, bytes: number): boolean {
  return bytes > 0;
}

function endsWithLine(path: string, bytes: number): boolean {
  return bytes > 0 && bytesAt(path, bytes - 1, 1).toString() === '\n';
}

/** A line that names the version, then one compressed block: a hash of 16 bytes, its method, its length from there on. */
function isWholeList(path: string, bytes: number): boolean {
  const head = bytesAt(path, 0, listHeadBytesMax);
  const block = head.indexOf('\n') + 1 + hashBytes;
  if (block === hashBytes || head.byteLength < block + 5) return false;
  return bytes >= block + head.readUInt32LE(block + 1);
}

const hashBytes = 16;
const listHeadBytesMax = 64;

function bytesAt(path: string, position: number, length: number): Buffer {
  const file = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(file, bytes, 0, length, position));
  } finally {
    closeSync(file);
  }
}
