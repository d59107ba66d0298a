/**
 * Runs test/hazards/ and makes docs/hazards.md of what the tests report: one row a hazard, with rounds, faults, what was lost and
 * doubled. ROUNDS, FUZZ, AWAY_MS and OVERLOAD_MS scale it; words behind the command narrow it to some files, which then
 * only print. `--print` writes nothing.
 */
import { spawn } from 'node:child_process';
import { globSync, readFileSync, writeFileSync } from 'node:fs';
import { availableParallelism, release, totalmem } from 'node:os';
import { join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { type HazardRow, hazardMark } from '../test/hazards/report.ts';

const root = join(import.meta.dirname, '..');
const page = join(root, 'docs/hazards.md');
const begin = '<!-- the table, made by scripts/hazards.ts -->';
const end = '<!-- the end of the table -->';
/** With many rounds a file runs for hours. */
const fileTimeoutMs = 12 * 3_600_000;
const scales = ['ROUNDS', 'FUZZ', 'AWAY_MS', 'OVERLOAD_MS'] as const;

const { values, positionals } = parseArgs({
  options: { print: { type: 'boolean' } },
  allowPositionals: true,
});
const files =
  positionals.length > 0
    ? positionals.map((each) => relative(root, each))
    : globSync('test/hazards/*.test.ts', { cwd: root });
const { rows, failed } = await runTests(files.sort());
const table = tableOf(rows);
console.log(table);
if (!failed && values.print !== true && positionals.length === 0) {
  const text = readFileSync(page, 'utf8');
  const [head = '', rest = ''] = text.split(begin);
  const tail = rest.split(end)[1] ?? '\n';
  writeFileSync(page, `${head}${begin}\n\n${madeOn()}\n\n${table}\n\n${end}${tail}`);
}
process.exitCode = failed ? 1 : 0;

/** One file at a time: each is to have the machine for itself. */
async function runTests(wanted: readonly string[]): Promise<{ rows: HazardRow[]; failed: boolean }> {
  const flags = ['--test', '--test-concurrency=1', `--test-timeout=${fileTimeoutMs}`, '--test-reporter=tap'];
  const child = spawn(process.execPath, [...flags, ...wanted], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const found: HazardRow[] = [];
  let rest = '';
  for await (const chunk of child.stdout.setEncoding('utf8')) {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop()!;
    for (const line of lines) {
      const at = line.indexOf(hazardMark);
      // tap marks what it would take for its own
      if (at >= 0)
        found.push(
          JSON.parse(
            line
              .slice(at + hazardMark.length)
              .replaceAll('\\#', '#')
              .replaceAll('\\\\', '\\'),
          ) as HazardRow,
        );
      else if (/^\s*(ok|not ok) /.test(line) || /# SKIP|error:/.test(line)) console.error(line.trim());
    }
  }
  const code =
    child.exitCode ??
    (await new Promise<number>((resolve) => child.on('exit', (given) => resolve(given ?? 1))));
  return { rows: found.sort((a, b) => a.number - b.number), failed: code !== 0 };
}

function tableOf(rows: readonly HazardRow[]): string {
  const grouped = (count: number | undefined) => count?.toLocaleString('en-US') ?? '–';
  const lines = rows.map(({ number, hazard, made, rounds, faults, acknowledged, lost, doubled, note = '' }) =>
    [number, hazard, made, ...[rounds, faults, acknowledged, lost, doubled].map(grouped), note].join(' | '),
  );
  return [
    '| | hazard | how it is made | rounds | faults | events acknowledged | lost | doubled | what was seen |',
    '|---|---|---|--:|--:|--:|--:|--:|---|',
    ...lines.map((line) => `| ${line} |`),
  ].join('\n');
}

function madeOn(): string {
  const set = scales
    .filter((name) => process.env[name] !== undefined)
    .map((name) => `${name}=${process.env[name]}`);
  const command = [...set, 'node scripts/hazards.ts'].join(' ');
  const machine = `${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB, Linux ${release().split('-')[0]}, Node ${process.version}`;
  return `Made by \`${command}\` on ${new Date().toISOString().slice(0, 10)}; ${machine}.`;
}
