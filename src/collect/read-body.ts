/**
 * Reads the body of a request and inflates it. Both sizes are bounded and reading stops at the bound, so that a small
 * body that inflates to gigabytes costs no more than one that is too large. How long a client may take to send it is the
 * HTTP server's rule.
 */
import type { Readable } from 'node:stream';
import {
  type BrotliOptions,
  brotliDecompress,
  gunzip,
  type InputType,
  type ZlibOptions,
  type ZstdOptions,
  zstdDecompress,
} from 'node:zlib';
import { failure, type MillraceError } from '../errors.ts';
import { bodyBytesMax } from './limits.ts';

/** What is read of a request: node:http's IncomingMessage is one. */
export interface BodySource extends Readable {
  readonly headers: {
    readonly 'content-encoding'?: string | undefined;
    readonly 'content-length'?: string | undefined;
  };
}

/** What `info: true` makes the functions of node:zlib give. */
interface Inflated {
  readonly buffer: Buffer;
  readonly engine: { readonly bytesWritten: number };
}
type Options = ZlibOptions & BrotliOptions & ZstdOptions;
type Done = (error: Error | null, result: Buffer) => void;
type Inflate = (input: InputType, options: Options, done: Done) => void;

/** How much an inflater makes at once; at most this much is inflated past the bound. */
const chunkBytes = 64 * 1024;
const shownCharactersMax = 40;

const inflaters = new Map<string, Inflate>([
  ['gzip', gunzip],
  ['x-gzip', gunzip],
  ['br', brotliDecompress],
  ['zstd', zstdDecompress],
]);

/** Hears how many bytes of the body have arrived so far; may throw a failure, which ends the reading. */
export type Arriving = (bytes: number) => void;

/** The inflated bytes. Errors: body_too_large, encoding_unsupported, body_malformed, and those of `arriving`. */
export async function readBody(
  source: BodySource,
  bytesMax = bodyBytesMax,
  arriving?: Arriving,
): Promise<Uint8Array> {
  const encoding = (source.headers['content-encoding'] ?? '').trim().toLowerCase() || 'identity';
  const inflate = inflaters.get(encoding);
  if (inflate === undefined && encoding !== 'identity') {
    throw failure('encoding_unsupported', {
      encoding: JSON.stringify(encoding.slice(0, shownCharactersMax)),
    });
  }
  if (Number(source.headers['content-length'] ?? 0) > bytesMax) throw tooLarge('body', bytesMax);
  const sent = await readAll(source, bytesMax, arriving);
  return inflate === undefined ? sent : await inflateAll(sent, inflate, encoding, bytesMax);
}

/** By plain listeners: an async iterator over the stream costs a small request more than all of its checks. */
function readAll(source: Readable, bytesMax: number, arriving: Arriving | undefined): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    let isWhole = false;
    const broken = (cause?: unknown) => {
      if (isWhole) return;
      reject(failure('body_malformed', { detail: 'the connection ended before the body was whole' }, cause));
    };
    const take = (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      try {
        if (bytes > bytesMax) throw tooLarge('body', bytesMax);
        arriving?.(bytes);
        chunks.push(chunk);
      } catch (error) {
        // not destroyed at the bound: the server still has an answer to send on this connection
        source.off('data', take);
        source.pause();
        reject(error);
      }
    };
    source.on('data', take);
    source.on('end', () => {
      isWhole = true;
      resolve(chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks, bytes));
    });
    source.on('error', broken);
    source.on('close', () => broken());
    if (source.destroyed && !source.readableEnded) broken();
  });
}

/** The bound is given to zlib, which stops there. Bytes after the end would be lost in silence, so they are refused. */
function inflateAll(
  sent: Uint8Array,
  inflate: Inflate,
  encoding: string,
  bytesMax: number,
): Promise<Uint8Array> {
  const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
  const options = { maxOutputLength: bytesMax, chunkSize: chunkBytes, info: true };
  inflate(sent, options, (error, result) => {
    if (error !== null) return reject(inflateFailure(error, encoding, bytesMax));
    const { buffer, engine } = result as unknown as Inflated;
    if (engine.bytesWritten === sent.byteLength) return resolve(buffer);
    const rest = sent.byteLength - engine.bytesWritten;
    reject(failure('body_malformed', { detail: `${rest} bytes follow the end of the ${encoding} data` }));
  });
  return promise;
}

function inflateFailure(error: NodeJS.ErrnoException, encoding: string, bytesMax: number): MillraceError {
  if (error.code === 'ERR_BUFFER_TOO_LARGE') return tooLarge('inflated body', bytesMax);
  return failure('body_malformed', { detail: `the body is not whole ${encoding} data` }, error);
}

function tooLarge(limit: string, bytesMax: number): MillraceError {
  return failure('body_too_large', { limit, bytesMax });
}
