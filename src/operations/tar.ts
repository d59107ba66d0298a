/**
 * The archive format of backups on their way over HTTP: POSIX tar (pax), so that any tar reads it too. Only plain files; a
 * pax record carries a path or size that the old header cannot hold.
 *
 *   archive = *( [pax-header pax-data] header data ) 1024*NUL     each padded with NUL to a multiple of 512 bytes
 */
import { Buffer } from 'node:buffer';
import { failure } from '../errors.ts';

const block = 512;
const nameBytesMax = 100;
const sizeMax = 8 ** 11 - 1;
/** No path of a backup needs more. */
const paxBytesMax = 64 * 1024;

export interface TarFile {
  readonly path: string;
  readonly bytes: number;
  /** Exactly `bytes` of them. */
  readonly data: AsyncIterable<Uint8Array>;
}

export async function* writeTar(files: AsyncIterable<TarFile>): AsyncGenerator<Uint8Array> {
  for await (const { path, bytes, data } of files) {
    yield header(path, bytes);
    let written = 0;
    for await (const chunk of data) {
      written += chunk.byteLength;
      if (written > bytes) break;
      yield chunk;
    }
    if (written !== bytes) throw new Error(`${path} has ${written} bytes where ${bytes} were announced`);
    yield padding(bytes);
  }
  yield Buffer.alloc(2 * block);
}

function header(path: string, bytes: number): Uint8Array {
  const records: string[] = [];
  if (Buffer.byteLength(path) > nameBytesMax) records.push(paxRecord('path', path));
  if (bytes > sizeMax) records.push(paxRecord('size', String(bytes)));
  const plain = plainHeader(path.slice(-nameBytesMax), Math.min(bytes, sizeMax), '0');
  if (records.length === 0) return plain;
  const pax = Buffer.from(records.join(''));
  return Buffer.concat([plainHeader('pax', pax.length, 'x'), pax, padding(pax.length), plain]);
}

function plainHeader(name: string, bytes: number, type: '0' | 'x'): Buffer {
  const head = Buffer.alloc(block);
  head.write(name, 0, nameBytesMax);
  head.write('0000600\0', 100);
  head.write('0000000\0', 108);
  head.write('0000000\0', 116);
  head.write(`${bytes.toString(8).padStart(11, '0')}\0`, 124);
  head.write('00000000000\0', 136);
  head.write(type, 156);
  head.write('ustar\x0000', 257);
  head.write('        ', 148);
  const sum = head.reduce((total, byte) => total + byte, 0);
  head.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return head;
}

/** Its length counts itself. */
function paxRecord(name: string, value: string): string {
  const rest = ` ${name}=${value}\n`;
  const bytes = Buffer.byteLength(rest);
  let length = bytes + String(bytes).length;
  length = bytes + String(length).length;
  return `${length}${rest}`;
}

const padding = (bytes: number): Uint8Array => new Uint8Array((block - (bytes % block)) % block);

/**
 * The files of an archive that `writeTar` made, one after the other: each file's data must be read before the next one.
 * Errors: body_malformed, also when the archive ends before its end.
 */
export async function* readTar(source: AsyncIterable<Uint8Array>): AsyncGenerator<TarFile> {
  const input = new Input(source);
  let pax: { path?: string; size?: number } = {};
  for (;;) {
    const head = await input.exactly(block);
    if (head.every((byte) => byte === 0)) return;
    const bytes = pax.size ?? Number.parseInt(head.toString('latin1', 124, 135), 8);
    const type = head.toString('latin1', 156, 157);
    if (!Number.isSafeInteger(bytes) || head.toString('latin1', 257, 262) !== 'ustar')
      throw broken('no tar header');
    if (type === 'x') {
      if (bytes > paxBytesMax) throw broken('its pax header is too long');
      pax = readPax(await input.exactly(bytes));
    } else if (type === '0') {
      const path = pax.path ?? head.toString('utf8', 0, nameBytesMax).split('\0', 1)[0]!;
      pax = {};
      yield { path, bytes, data: input.take(bytes) };
      await input.endOfFile();
    } else throw broken(`an entry of the type ${JSON.stringify(type)}`);
    await input.exactly(padding(bytes).length);
  }
}

function readPax(data: Buffer): { path?: string; size?: number } {
  const found: { path?: string; size?: number } = {};
  for (let at = 0; at < data.length; ) {
    const length = Number.parseInt(data.toString('latin1', at, at + 8), 10);
    const record = /^\d+ (\w+)=([\s\S]*)\n$/.exec(data.toString('utf8', at, at + length));
    if (record === null) throw broken('its pax header cannot be read');
    if (record[1] === 'path') found.path = record[2]!;
    if (record[1] === 'size') found.size = Number(record[2]);
    at += length;
  }
  return found;
}

const broken = (detail: string) => failure('body_malformed', { detail: `the archive is broken: ${detail}` });

class Input {
  readonly #source: AsyncIterator<Uint8Array>;
  #rest: Buffer = Buffer.alloc(0);
  /** Of the file that is being read. */
  #left = 0;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  async exactly(bytes: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for (let missing = bytes; missing > 0; ) {
      const part = await this.#some(missing);
      parts.push(part);
      missing -= part.length;
    }
    return Buffer.concat(parts);
  }

  async *take(bytes: number): AsyncGenerator<Uint8Array> {
    this.#left = bytes;
    while (this.#left > 0) {
      const part = await this.#some(this.#left);
      this.#left -= part.length;
      yield part;
    }
  }

  /** Passes what nobody read. */
  async endOfFile(): Promise<void> {
    while (this.#left > 0) this.#left -= (await this.#some(this.#left)).length;
  }

  async #some(most: number): Promise<Buffer> {
    while (this.#rest.length === 0) {
      const { done, value } = await this.#source.next();
      if (done) throw broken('it ends too soon');
      this.#rest = Buffer.from(value.buffer, value.byteOffset, value.byteLength);
    }
    const part = this.#rest.subarray(0, most);
    this.#rest = this.#rest.subarray(part.length);
    return part;
  }
}
