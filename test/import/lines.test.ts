/** Bytes cut into lines, whatever their chunks. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readLines } from '../../src/import/lines.ts';
import { all, chunksOf } from './rows.ts';

const texts = async (text: string, size: number, bytesMax = 100) =>
  (await all(readLines(chunksOf(text, size), bytesMax))).map(({ number, bytes, length }) => [
    number,
    bytes.toString(),
    length,
  ]);

describe('readLines', () => {
  it('gives the same lines for every size of chunks', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.string({ unit: fc.constantFrom('a', 'é', ' ', '"'), maxLength: 12 })),
        fc.integer({ min: 1, max: 40 }),
        async (lines, size) => {
          const expected = lines.flatMap((line, at) =>
            line === '' ? [] : [[at + 1, line, Buffer.byteLength(line)]],
          );
          assert.deepEqual(await texts(lines.join('\n'), size), expected);
          assert.deepEqual(await texts(lines.map((line) => `${line}\r\n`).join(''), size), expected);
        },
      ),
    );
  });

  it('cuts a line that is too long, says how long it was, and goes on', async () => {
    for (const size of [1, 7, 64, 1_000]) {
      const found = await texts(`a\n${'b'.repeat(500)}\nc`, size, 10);
      assert.deepEqual(found, [
        [1, 'a', 1],
        [2, 'b'.repeat(10), 500],
        [3, 'c', 1],
      ]);
    }
  });

  it('holds no more of an endless line than its bound', async () => {
    const piece = Buffer.alloc(1_000_000, 'x');
    async function* endless() {
      for (let i = 0; i < 100; i++) yield piece;
    }
    const [line] = await all(readLines(endless(), 1_000));
    assert.deepEqual([line!.bytes.length, line!.length], [1_000, 100_000_000]);
  });

  it('leaves out a byte order mark', async () => {
    assert.deepEqual(await texts('\uFEFFa\nb', 2), [
      [1, 'a', 1],
      [2, 'b', 1],
    ]);
  });
});
