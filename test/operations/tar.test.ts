/** The archive of backups: what goes in comes out, whatever the names and sizes, and a cut one is found out. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { readTar, type TarFile, writeTar } from '../../src/operations/tar.ts';

type Plain = { readonly path: string; readonly content: Uint8Array };

async function* files(all: readonly Plain[]): AsyncGenerator<TarFile> {
  for (const { path, content } of all)
    yield {
      path,
      bytes: content.length,
      data: (async function* () {
        yield content;
      })(),
    };
}

async function bytesOf(source: AsyncIterable<Uint8Array>): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of source) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function* inPieces(bytes: Uint8Array, size: number): AsyncGenerator<Uint8Array> {
  for (let from = 0; from < bytes.length; from += size) yield bytes.subarray(from, from + size);
}

async function read(source: AsyncIterable<Uint8Array>): Promise<Plain[]> {
  const found: Plain[] = [];
  for await (const { path, data } of readTar(source)) found.push({ path, content: await bytesOf(data) });
  return found;
}

const anyFiles = fc.array(
  fc.record({
    path: fc
      .string({ unit: 'grapheme', minLength: 1, maxLength: 300 })
      .filter((path) => !/[\0\n]/.test(path)),
    content: fc.uint8Array({ maxLength: 2_000 }),
  }),
  { maxLength: 6 },
);

test('an archive gives back what was put into it', () =>
  fc.assert(
    fc.asyncProperty(anyFiles, fc.integer({ min: 1, max: 3_000 }), async (all, size) => {
      const archive = await bytesOf(writeTar(files(all)));
      const found = await read(inPieces(archive, size));
      assert.deepEqual(
        found.map(({ path, content }) => [path, [...content]]),
        all.map(({ path, content }) => [path.toWellFormed(), [...content]]),
      );
    }),
  ));

test('an archive that was cut is refused', async () => {
  const archive = await bytesOf(writeTar(files([{ path: 'a', content: new Uint8Array(700) }])));
  for (const cut of [0, 100, 512, 1_000, 1_536])
    await assert.rejects(read(inPieces(archive.subarray(0, cut), 512)), { code: 'body_malformed' });
});

test('a file that is shorter than it was announced ends the archive', async () => {
  const short = { path: 'a', bytes: 10, data: inPieces(new Uint8Array(9), 9) };
  await assert.rejects(
    bytesOf(
      writeTar(
        (async function* () {
          yield short;
        })(),
      ),
    ),
    /9 bytes where 10/,
  );
});
