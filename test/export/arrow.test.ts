/** What is written as an Arrow stream, read by the library of Arrow's own project. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { tableFromIPC } from 'apache-arrow';
import fc from 'fast-check';
import { arrowBytes } from '../../src/export/arrow.ts';
import { groupRowsMax } from '../../src/export/row-groups.ts';
import type { Column, Row, Sheet } from '../../src/export/sheet.ts';

const types = ['text', 'integer', 'number', 'boolean', 'time', 'json'] as const;

async function read(sheet: Sheet) {
  const pieces: Buffer[] = [];
  for await (const piece of arrowBytes(sheet)) pieces.push(piece);
  const table = tableFromIPC(Buffer.concat(pieces));
  return { table, batches: pieces.length - 2 };
}

/** A value as the reader gives it back. */
function readBack(type: Column['type'], value: unknown): unknown {
  if (value === undefined || value === null) return null;
  switch (type) {
    case 'integer':
      return BigInt(value as number);
    case 'time':
      return Date.parse(value as string);
    case 'json':
      return JSON.stringify(value);
    default:
      return value;
  }
}

describe('an Arrow stream', () => {
  it('has the columns with their types, and no batch when there is no row', async () => {
    const columns = types.map((type) => ({ name: `a ${type}`, type }));
    const { table, batches } = await read({ columns, rows: [] });
    assert.deepEqual(
      table.schema.fields.map(({ name, type, nullable }) => [name, String(type), nullable]),
      [
        ['a text', 'Utf8', true],
        ['a integer', 'Int64', true],
        ['a number', 'Float64', true],
        ['a boolean', 'Bool', true],
        ['a time', 'Timestamp<MILLISECOND, UTC>', true],
        ['a json', 'Utf8', true],
      ],
    );
    assert.deepEqual([table.numRows, batches], [0, 0]);
  });

  it('gives back every value, and null where there is none', async () => {
    const anyOf: Readonly<Record<Column['type'], fc.Arbitrary<unknown>>> = {
      text: fc.string({ unit: 'grapheme' }),
      integer: fc.maxSafeInteger(),
      number: fc.double({ noNaN: true }),
      boolean: fc.boolean(),
      time: fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
      json: fc.dictionary(fc.string(), fc.jsonValue()),
    };
    const sheets = fc
      .uniqueArray(fc.tuple(fc.string({ minLength: 1 }), fc.constantFrom(...types)), {
        selector: ([name]) => name,
        minLength: 1,
        maxLength: 12,
      })
      .chain((named) => {
        const row = fc.tuple(...named.map(([, type]) => fc.option(anyOf[type])));
        return fc.tuple(fc.constant(named), fc.array(row, { maxLength: 40 }));
      });
    await fc.assert(
      fc.asyncProperty(sheets, async ([named, values]) => {
        const columns = named.map(([name, type]) => ({ name, type }));
        const rows: Row[] = values.map((row) =>
          Object.assign(Object.create(null), Object.fromEntries(named.map(([name], i) => [name, row[i]]))),
        );
        const { table } = await read({ columns, rows: [rows] });
        for (const [c, [, type]] of named.entries()) {
          const column = table.getChildAt(c)!;
          const found = values.map((_, r) => column.get(r) as unknown);
          assert.deepEqual(
            found,
            values.map((row) => readBack(type, row[c])),
          );
        }
      }),
      { numRuns: 150 },
    );
  });

  it('is cut into batches, so that no more than one is held', async () => {
    async function* pieces() {
      for (let i = 0; i < 50; i++) yield Array.from({ length: 1_000 }, (_, r) => ({ n: i * 1_000 + r }));
    }
    const { table, batches } = await read({ columns: [{ name: 'n', type: 'integer' }], rows: pieces() });
    assert.deepEqual([table.numRows, batches], [50_000, Math.ceil(50_000 / groupRowsMax)]);
    assert.equal(table.getChildAt(0)!.get(49_999), 49_999n);
  });
});
