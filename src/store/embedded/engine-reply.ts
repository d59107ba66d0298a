/**
 * Answers as ClickHouse gives them: whole, streamed under the reader's own speed, or an exception. After the first byte
 * of a streamed answer an exception is told by a tagged note and a transfer that is cut off, so nobody takes it for the end.
 */
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { finished } from 'node:stream/promises';
import type { ChdbResult } from 'chdb';
import { exceptionOf } from './engine-refusal.ts';

/** A reader that takes nothing for so long loses its answer, and its lane goes to the next. */
const stalledMsMax = 60_000;

/** Resolves once the system has taken all of it, or the reader has gone: until then it counts as under way. */
export async function sendWhole(response: ServerResponse, result: ChdbResult): Promise<void> {
  const bytes = result.bytes();
  response.setHeader('content-length', bytes.byteLength);
  response.end(bytes);
  if (response.writableLength === 0) return;
  try {
    await finished(response, { signal: AbortSignal.timeout(stalledMsMax) });
  } catch {
    response.destroy();
  }
}

export async function sendStream(
  response: ServerResponse,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
): Promise<void> {
  const tag = randomBytes(12).toString('base64url');
  response.setHeader('x-clickhouse-exception-tag', tag);
  try {
    for await (const chunk of chunks) {
      signal.throwIfAborted();
      if (!response.write(chunk)) await drained(response, signal);
    }
    response.end();
  } catch (error) {
    if (!response.headersSent) throw error;
    response.write(exceptionNote(exceptionOf(error).text, tag), () => response.destroy());
  }
}

async function drained(response: ServerResponse, signal: AbortSignal): Promise<void> {
  await once(response, 'drain', { signal: AbortSignal.any([signal, AbortSignal.timeout(stalledMsMax)]) });
}

function exceptionNote(text: string, tag: string): string {
  const message = `${text.trim()}\n`;
  const length = Buffer.byteLength(message);
  return `\r\n__exception__\r\n${tag}\r\n${message}${length} ${tag}\r\n__exception__\r\n`;
}

export function sendException(
  response: ServerResponse,
  exception: { readonly code: number; readonly status: number; readonly text: string },
): void {
  if (response.headersSent || response.destroyed) return void response.destroy();
  // a body that was not read to its end stands in front of the next request
  if (!response.req.complete) response.setHeader('connection', 'close');
  response.statusCode = exception.status;
  response.setHeader('x-clickhouse-exception-code', exception.code);
  response.removeHeader('x-clickhouse-exception-tag');
  response.end(`${exception.text}\n`);
}
