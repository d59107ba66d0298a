/**
 * Opens what is to be imported: a file or standard input, unpacked by its first bytes (gzip, zstd) and never by its name. What cannot be
 * read as text in UTF-8 is refused here with what to do about it, before anything is sent.
 */
import { once } from 'node:events';
import { createReadStream, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Readable } from 'node:stream';
import { createGunzip, createZstdDecompress } from 'node:zlib';
import { failure, isFailure } from '../errors.ts';

export interface Input {
  /** As it was named; 'standard input' for `-`. */
  readonly name: string;
  /** Undefined: it cannot be read at any place but in order. */
  readonly path: string | undefined;
  /** As it lies on disk; undefined when that is not known. */
  readonly size: number | undefined;
  /** How many bytes of `size` were read. */
  bytesRead(): number;
  /** The first bytes, unpacked; empty when there are none. */
  readonly head: Buffer;
  /** All bytes, unpacked, `head` included. Errors: import_input_invalid, when they end too early or are damaged. */
  readonly chunks: AsyncIterable<Buffer>;
  close(): void;
}

const chunkBytes = 64 * 1024;

/** A part of the name that says what it is: 'access.log' of 'logs/access.log.gz'. */
export function plainName(path: string): string {
  return basename(path).replace(/\.(gz|zst|zstd)$/i, '');
}

/** Errors: import_option_invalid, when there is no such file or it is none. */
export function checkFile(path: string): void {
  try {
    const found = statSync(path);
    if (found.isDirectory()) throw optionInvalid(`${path} is a directory; name its files`);
  } catch (error) {
    if (isFailure(error)) throw error;
    const { code } = error as NodeJS.ErrnoException;
    throw optionInvalid(code === 'ENOENT' ? `there is no file ${path}` : `${path} cannot be read (${code})`);
  }
}

/** `standardInput` is read when the path is `-`. Errors: import_option_invalid, import_input_invalid. */
export async function openInput(path: string, standardInput: () => Readable): Promise<Input> {
  const isStandardInput = path === '-';
  const name = isStandardInput ? 'standard input' : path;
  if (!isStandardInput) checkFile(path);
  const found = isStandardInput ? undefined : statSync(path);
  const raw = isStandardInput ? standardInput() : createReadStream(path, { highWaterMark: chunkBytes });
  let bytesRead = 0;
  const counted = count(raw, (bytes) => {
    bytesRead += bytes;
  });
  try {
    const packed = await peek(counted);
    refuseOtherPacking(packed.head, name);
    const plain = await peek(unpack(packed, name));
    return {
      name,
      path: isStandardInput ? undefined : path,
      // a pipe or a device has no size
      size: found?.isFile() ? found.size : undefined,
      bytesRead: () => bytesRead,
      head: plain.head,
      chunks: explained(plain.chunks, name),
      close: () => void raw.destroy(),
    };
  } catch (error) {
    raw.destroy();
    throw explain(error, name);
  }
}

async function* count(raw: AsyncIterable<Buffer>, add: (bytes: number) => void): AsyncGenerator<Buffer> {
  for await (const chunk of raw) {
    add(chunk.byteLength);
    yield chunk;
  }
}

interface Peeked {
  readonly head: Buffer;
  readonly chunks: AsyncGenerator<Buffer>;
}

const headBytes = 1024;

/** Looks at the begin and gives all of it back. */
async function peek(chunks: AsyncGenerator<Buffer>): Promise<Peeked> {
  const first: Buffer[] = [];
  for (let bytes = 0; bytes < headBytes; ) {
    const { value, done } = await chunks.next();
    if (done) break;
    first.push(value);
    bytes += value.byteLength;
  }
  async function* all() {
    yield* first.splice(0);
    yield* chunks;
  }
  return { head: Buffer.concat(first).subarray(0, headBytes), chunks: all() };
}

const gzipMagic = [0x1f, 0x8b];
const zstdMagic = [0x28, 0xb5, 0x2f, 0xfd];
const otherPackings: readonly (readonly [string, string, readonly number[]])[] = [
  ['bzip2', 'bzip2 -dc', [0x42, 0x5a, 0x68]],
  ['xz', 'xz -dc', [0xfd, 0x37, 0x7a, 0x58, 0x5a]],
  ['lz4', 'lz4 -dc', [0x04, 0x22, 0x4d, 0x18]],
  ['zip', 'unzip -p', [0x50, 0x4b, 0x03, 0x04]],
];
const begins = (head: Buffer, magic: readonly number[]) => magic.every((byte, at) => head[at] === byte);

function refuseOtherPacking(head: Buffer, name: string): void {
  const found = otherPackings.find(([, , magic]) => begins(head, magic));
  if (found !== undefined)
    throw inputInvalid(
      name,
      `is packed with ${found[0]}; unpack it on the way: ${found[1]} FILE | millrace import -`,
    );
}

function unpack({ head, chunks }: Peeked, name: string): AsyncGenerator<Buffer> {
  if (begins(head, gzipMagic)) return pump(chunks, createGunzip({ chunkSize: chunkBytes }));
  if (begins(head, zstdMagic)) return unpackZstd(chunks, name);
  return chunks;
}

/** Node's decoder stops at the end of the first frame and says nothing of the others, so they are looked for. */
async function* unpackZstd(chunks: AsyncGenerator<Buffer>, name: string): AsyncGenerator<Buffer> {
  const decoder = createZstdDecompress({ chunkSize: chunkBytes });
  let fed = 0;
  const counted = count(chunks, (bytes) => {
    fed += bytes;
  });
  yield* pump(counted, decoder);
  if (fed > decoder.bytesWritten || !(await counted.next()).done)
    throw inputInvalid(
      name,
      'holds more than one zstd frame, and only the first was read; unpack it on the way: zstd -dc FILE | millrace import -',
    );
}

type Decoder = ReturnType<typeof createGunzip> | ReturnType<typeof createZstdDecompress>;

/** `pipe` without its unhandled errors: what feeding throws comes out of the decoder. */
async function* pump(chunks: AsyncGenerator<Buffer>, decoder: Decoder): AsyncGenerator<Buffer> {
  let ended = false;
  decoder.once('end', () => {
    ended = true;
  });
  // an error that comes when nobody reads any more
  decoder.on('error', () => {});
  const feeding = (async () => {
    while (!ended && !decoder.destroyed) {
      const { value, done } = await chunks.next();
      if (done || ended || decoder.destroyed) break;
      if (!decoder.write(value) && !ended) await Promise.race([once(decoder, 'drain'), once(decoder, 'end')]);
    }
    decoder.end();
  })().catch((error: Error) => decoder.destroy(error));
  try {
    yield* decoder as AsyncIterable<Buffer>;
  } finally {
    ended = true;
    decoder.destroy();
  }
  await feeding;
}

async function* explained(chunks: AsyncIterable<Buffer>, name: string): AsyncGenerator<Buffer> {
  try {
    yield* chunks;
  } catch (error) {
    throw explain(error, name);
  }
}

/** What reading and unpacking throw, as one sentence. */
function explain(error: unknown, name: string): Error {
  if (isFailure(error)) return error;
  const { code = '', message } = error as NodeJS.ErrnoException;
  if (code === 'Z_BUF_ERROR')
    return inputInvalid(
      name,
      'ends in the middle of its packed data: it was cut, or is still being written',
      error,
    );
  if (/^(Z_|ZSTD_)/.test(code))
    return inputInvalid(name, `is damaged: it cannot be unpacked (${message})`, error);
  return inputInvalid(name, `cannot be read (${code || message})`, error);
}

export const inputInvalid = (name: string, detail: string, cause?: unknown) =>
  failure('import_input_invalid', { detail: `${name} ${detail}` }, cause);
export const optionInvalid = (detail: string) => failure('import_option_invalid', { detail });
