/**
 * `npm run bench [-- row… --write]`: one table, each row measured against its baseline in the same run, in alternating pairs. `PAIRS`
 * (3) says how many, `SCALE` (0.2) how long the long ones take: the real run is PAIRS=9 SCALE=1. Results are kept in results/
 * as JSON with the machine's description; --write puts the newest of each row into docs/measurements.md.
 */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from './machine.ts';
import { keepResult, type RowFigure } from './results.ts';
import type { BenchContext, Row } from './row.ts';
import { rows } from './rows.ts';
import { figuresTable, writeTable } from './table.ts';

const pairs = Number(process.env.PAIRS ?? 3);
const scale = Number(process.env.SCALE ?? 0.2);
/** What else decides what is measured, to be kept with the result. Where data is kept decides nothing. */
const deciding = ['EVENTS', 'ONLY', 'BENCH_LOG', 'BENCH_NODE_OPTIONS'];
const names = rows.map(({ name }) => name);

const wanted = process.argv.slice(2).filter((each) => each !== '--write');
const unknown = wanted.filter((name) => !names.includes(name));
if (unknown.length > 0) {
  console.error(`there is no row ${unknown.join(', ')}; there are ${names.join(', ')}`);
  process.exit(1);
}
// BENCH_DIRECTORY: where data goes, when the directory for temporary files is not on the disk to be measured
const root = mkdtempSync(join(process.env.BENCH_DIRECTORY ?? tmpdir(), 'millrace-bench-'));
const machine = describeMachine(root);
const figures: RowFigure[] = [];
try {
  for (const row of rows) {
    if (wanted.length > 0 && !wanted.includes(row.name)) continue;
    // one row that fails costs no other
    await measure(row).then(
      (measured) => figures.push(...measured),
      (error: Error) => {
        console.error(`${row.name} failed: ${error.stack}`);
        process.exitCode = 1;
      },
    );
  }
} finally {
  rmSync(root, { recursive: true, force: true });
}
const described = Object.entries(machine).map(([name, value]) => `${name}: ${value}`);
console.log(`\n${described.join(', ')}; ${pairs} pairs\n\n${figuresTable(figures)}`);
if (figures.length > 0) {
  const settings = Object.fromEntries(
    deciding.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])),
  );
  console.error(`kept in ${keepResult({ machine, pairs, scale, wanted, settings, figures })}`);
  if (process.argv.includes('--write')) writeTable(names);
}

async function measure(row: Row): Promise<RowFigure[]> {
  const directory = join(root, row.name);
  mkdirSync(directory);
  const say = (text: string) => console.error(`${row.name}: ${text}`);
  const context: BenchContext = { pairs, scale, directory, say };
  try {
    return (await row.run(context)).map((figure) => ({ row: row.name, ...figure }));
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}
