/**
 * Bodies of requests. A statement's text goes into memory; an INSERT's data go into a private file and are read by the engine
 * from there: chDB's own insert calls paste data behind SQL and run what stands behind the first blank line.
 */
import { createWriteStream } from 'node:fs';
import { rm, stat } from 'node:fs/promises';
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

  /**
   * A file that whoever sent the request has laid into the directory, and removes. Errors: EngineRefusal when it is not there, or
   * is too long.
   */
  async laid(name: string): Promise<BodyFile> {
    if (!laidName.test(name))
      throw new EngineRefusal(refusals.badRequest, `${name} is no name of a laid file`);
    const path = join(this.#directory, name);
    const info = await stat(path).catch(() => undefined);
    if (info === undefined) throw new EngineRefusal(refusals.noFile, `the file ${name} is not there`);
    if (info.size > this.#fileBytesMax) throw tooLong(this.#fileBytesMax);
    return { path, remove: async () => {} };
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

/** Nothing that leads out of the directory. */
const laidName = /^laid-[0-9a-f-]{36}$/;

const tooLong = (bytesMax: number) =>
  new EngineRefusal(refusals.tooLarge, `the body is longer than ${bytesMax} bytes`);

async function* limited(request: IncomingMessage, bytesMax: number): AsyncGenerator<Buffer> {
  let bytes = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    bytes += part.byteLength;
    if (bytes > bytesMax) throw tooLong(bytesMax);
    yield part;
  }
}
