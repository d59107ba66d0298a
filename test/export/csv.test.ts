import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { csvHeader, csvLine } from '../../src/export/csv.ts';
import type { Column } from '../../src/export/sheet.ts';

const columns: readonly Column[] = ['a', 'b'].map((name) => ({ name, type: 'text' }));
const line = (a: unknown, b?: unknown) => csvLine(columns, { a, b });

test('a cell that a spreadsheet would run is made harmless, numbers stay numbers', () => {
  for (const text of [
    '=1+1',
    '+49 30',
    '-a',
    '-',
    '@SUM(A1)',
    '\tx',
    '\rx',
    '\n=1',
    "'quoted",
    '--1',
    '-1e5',
  ])
    assert.match(line(text), /^"?'/, JSON.stringify(text));
  for (const number of ['-12.5', '-3', '0', '12.5']) assert.equal(line(number), `${number},\r\n`);
  assert.equal(line(-1.5, true), '-1.5,true\r\n');
  assert.equal(line('a=1', 'b-2'), 'a=1,b-2\r\n');
});

test('what a reader of CSV reads, one apostrophe taken away, is what was written', () => {
  const cell = fc.oneof(fc.string(), fc.stringMatching(/^[=+\-@\t\r\n'",a1.]{0,5}$/));
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, cell), { minLength: 1, maxLength: 5 }), (rows) => {
      const text = csvHeader(columns) + rows.map(([a, b]) => line(a, b)).join('');
      const read = parse(text, { record_delimiter: '\r\n' }) as string[][];
      const given = read.slice(1).map((row) => row.map((one) => (one.startsWith("'") ? one.slice(1) : one)));
      assert.deepEqual(given, rows);
    }),
  );
});

test('absent values are empty, objects are JSON', () => {
  assert.equal(line(null, undefined), ',\r\n');
  assert.equal(line({ a: ['x', 1] }), '"{""a"":[""x"",1]}",\r\n');
});
