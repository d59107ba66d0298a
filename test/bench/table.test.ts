/** The page's table says of each row what its newest run came to, and which runs are no claims. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Result } from '../../bench/results.ts';
import { measurementsTable } from '../../bench/table.ts';

const machine = {
  processors: '2 × processor',
  memoryGb: 8,
  system: 'Linux 6.1.0-somebodys-own',
  node: 'v24.0.0',
  engine: 'chdb 1',
  fdatasyncMs: 0.1,
  loadBefore: 0,
};
const result = (at: string, rows: Readonly<Record<string, string>>, pairs = 9, scale = 1): Result => ({
  machine: { ...machine, at },
  pairs,
  scale,
  wanted: Object.keys(rows),
  settings: { EVENTS: '5' },
  figures: Object.entries(rows).map(([row, value]) => ({
    row,
    name: `the ${row}`,
    value,
    samples: [1],
    baseline: 'itself',
    reach: '1',
    aim: '2',
    isReached: value === 'good',
    detail: '',
  })),
});
const results = [
  result('2026-01-01T00:00:00.000Z', { disk: 'old', lag: 'bad' }),
  result('2026-02-01T00:00:00.000Z', { disk: 'good' }, 3, 0.2),
];

test('each row is of its newest run, in the order of the rows', () => {
  const text = measurementsTable(results, ['lag', 'disk', 'memory']);
  const cells = text.split('\n').flatMap((line) => (line.startsWith('| the') ? [line.split(' | ')] : []));
  assert.deepEqual(
    cells.map((row) => [row[0], row[2], row.at(-1)]),
    [
      ['| the lag', '**bad** ✗', 'a |'],
      ['| the disk', '**good** ✓', 'b |'],
    ],
  );
  assert.match(text, /Not measured yet: memory\./);
});

test('a run is told with its command and its machine; one with few pairs is a development run', () => {
  const runs = measurementsTable(results, ['lag', 'disk'])
    .split('\n')
    .filter((line) => line.startsWith('- '));
  assert.match(runs[0]!, /^- \*\*a\*\*: `PAIRS=9 SCALE=1 EVENTS=5 npm run bench -- disk lag`, 2026-01-01; /);
  assert.match(runs[1]!, /^- \*\*b\*\*: .*, 2026-02-01, \*\*a development run\*\*; /);
  assert.match(runs[0]!, /Linux 6\.1, Node 24\.0\.0/);
});
