/**
 * Bodies of requests. A statement's text goes into memory; an INSERT's data go into a private file and are read by the engine
 * from there: chDB's own insert calls paste data behind SQL and run what stands behind the first blank line.
 */
import { createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { EngineRefusal, refusals } from './engine-refusal.ts';
import { sqlBytesMax } from './engine-server-config.ts';

export interface BodyFile {
  readonly path: string;
  remove(): Promise<void>;
}

export class BodyReader {
  readonly #directory: string;
  readonly #fileBytesMax: number;
  #files = 0;

  constructor(directory: string, fileBytesMax: number) {
    this.#directory = directory;
    this.#fileBytesMax = fileBytesMax;
  }

  /** Errors: EngineRefusal when it is too long or `signal` aborts. */
  async text(request: IncomingMessage, signal: AbortSignal): Promise<string> {
    const parts: Buffer[] = [];
    for await (const part of limited(request, sqlBytesMax)) {
      signal.throwIfAborted();
      parts.push(part);
    }
    return Buffer.concat(parts).toString('utf8');
  }

  /** Errors: EngineRefusal when it is too long or `signal` aborts; the file is then gone. */
  async file(request: IncomingMessage, signal: AbortSignal): Promise<BodyFile> {
    this.#files += 1;
    const path = join(this.#directory, `insert-${this.#files}`);
    const file = { path, remove: () => rm(path, { force: true }) };
    try {
      const sink = createWriteStream(path, { flags: 'wx', mode: 0o600 });
      await pipeline(limited(request, this.#fileBytesMax), sink, { signal });
      return file;
    } catch (error) {
      await file.remove();
      signal.throwIfAborted();
      throw error;
    }
  }
}

async function* limited(request: IncomingMessage, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.byteLength;
    if (bytes > bytesMax)
      throw new EngineRefusal(refusals.tooLarge, `the body is longer than ${bytesMax} bytes`);
    yield part;
  }
}
