/**
 * `npm run bench [row…]`: one table, each row measured against its baseline in the same run, in alternating pairs. `PAIRS` (3)
 * says how many, `SCALE` (0.2) how long the long ones take: the real run is PAIRS=9 SCALE=1. Results are kept in results/ as
 * JSON with the machine's description.
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describeMachine } from './machine.ts';
import type { BenchContext, Figure, Row } from './row.ts';
import { diskRow } from './rows/disk.ts';
import { durableRows } from './rows/durable.ts';
import { lagRow } from './rows/lag.ts';
import { memoryRow } from './rows/memory.ts';
import { postgresRows } from './rows/postgres.ts';
import { postgresInsertRow } from './rows/postgres-insert.ts';
import { questionsRow } from './rows/questions.ts';
import { restartRow } from './rows/restart.ts';
import { sustainedRow } from './rows/sustained.ts';

const rows: readonly Row[] = [
  ...durableRows,
  sustainedRow,
  postgresInsertRow,
  lagRow,
  memoryRow,
  diskRow,
  restartRow,
  questionsRow,
  ...postgresRows,
];
const pairs = Number(process.env.PAIRS ?? 3);
const scale = Number(process.env.SCALE ?? 0.2);

const wanted = process.argv.slice(2);
const unknown = wanted.filter((name) => !rows.some((row) => row.name === name));
if (unknown.length > 0) {
  console.error(
    `there is no row ${unknown.join(', ')}; there are ${rows.map(({ name }) => name).join(', ')}`,
  );
  process.exit(1);
}
// BENCH_DIRECTORY: where data goes, when the directory for temporary files is not on the disk to be measured
const root = mkdtempSync(join(process.env.BENCH_DIRECTORY ?? tmpdir(), 'millrace-bench-'));
const machine = describeMachine(root);
const figures: (Figure & { row: string })[] = [];
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
console.log(
  `\n${Object.entries(machine)
    .map(([name, value]) => `${name}: ${value}`)
    .join(', ')}; ${pairs} pairs\n`,
);
console.log(table(figures));
keep();

async function measure(row: Row): Promise<(Figure & { row: string })[]> {
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

function table(of: readonly Figure[]): string {
  const lines = of.map(({ name, value, baseline, reach, aim, isReached, detail }) => {
    const mark = isReached === undefined ? '' : isReached ? ' ✓' : ' ✗';
    return `| ${name} | ${baseline} | **${value}**${mark} | ${reach} | ${aim} | ${detail} |`;
  });
  return [
    '| row | baseline in the same run | measured | reach | aim | seen |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

function keep(): void {
  const directory = join(import.meta.dirname, 'results');
  mkdirSync(directory, { recursive: true });
  const name = `${machine.at.slice(0, 19).replaceAll(':', '')}-${wanted.join('-') || 'all'}.json`;
  writeFileSync(
    join(directory, name),
    `${JSON.stringify({ machine, pairs, scale, figures }, undefined, 1)}\n`,
  );
  console.error(`kept in bench/results/${name}`);
}
