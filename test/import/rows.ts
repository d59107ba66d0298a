/** Chunks, lines and records of a text, for tests of the readers. */
import { Readable } from 'node:stream';
import { readLines } from '../../src/import/lines.ts';
import { type MappingOptions, parseMapping } from '../../src/import/mapping.ts';
import { type InputRecord, lineBytesMax, type Records } from '../../src/import/record.ts';

/** The bytes in pieces of this size, so that every border is met. */
export async function* chunksOf(text: string | Buffer, size = 7): AsyncGenerator<Buffer> {
  const bytes = Buffer.from(text as string);
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

export const linesOf = (text: string | Buffer, size?: number) =>
  readLines(chunksOf(text, size), lineBytesMax);

export const mappingOf = (options: Partial<MappingOptions> = {}) =>
  parseMapping({ map: [], set: [], timeUnit: 'ms', ...options });

export async function all<T>(groups: AsyncIterable<readonly T[]>): Promise<T[]> {
  const found: T[] = [];
  for await (const group of groups) found.push(...group);
  return found;
}

/** Events as they are; of what is none, its line and reason. */
export async function outcomes(records: Records): Promise<unknown[]> {
  return (await all<InputRecord>(records)).map((each) =>
    'reason' in each ? [each.line, each.reason] : each.event,
  );
}

export const standardInput = (bytes: Buffer) => () => Readable.from(chunksOf(bytes, 1_000));
