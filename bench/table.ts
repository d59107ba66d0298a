/**
 * The bench table of docs/measurements.md, made of the results that are kept: of each row its newest run, with the command and the
 * machine of that run below. `node bench/table.ts` prints it; with --write, or after `npm run bench -- --write`, the page has it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commandOf, keptResults, type Result, type RowFigure } from './results.ts';

const page = join(import.meta.dirname, '../docs/measurements.md');
const begin = '<!-- bench: made by node bench/table.ts --write -->';
const end = '<!-- end of bench -->';
/** A real run has at least so many pairs, at full length. */
const pairsMin = 9;

/** A table of figures alone, for the terminal. */
export const figuresTable = (figures: readonly RowFigure[]): string =>
  table(
    figures.map((each) => [each, '']),
    false,
  );

/** `order`: the names of all rows. */
export function measurementsTable(results: readonly Result[], order: readonly string[]): string {
  const newest = order.flatMap((row) => {
    const result = results.findLast(({ figures }) => figures.some((each) => each.row === row));
    return result === undefined ? [] : [{ row, result }];
  });
  const runs = [...new Set(newest.map(({ result }) => result))].sort((a, b) =>
    a.machine.at < b.machine.at ? -1 : 1,
  );
  const nameOf = (run: Result) => String.fromCharCode('a'.charCodeAt(0) + runs.indexOf(run));
  const lines = newest.flatMap(({ row, result }) =>
    result.figures.filter((each) => each.row === row).map((each) => [each, nameOf(result)] as const),
  );
  const missing = order.filter((row) => !newest.some((each) => each.row === row));
  return [
    table(lines, true),
    '',
    ...runs.map((run) => `- **${nameOf(run)}**: ${describe(run)}`),
    ...(missing.length > 0 ? ['', `Not measured yet: ${missing.join(', ')}.`] : []),
  ].join('\n');
}

/** Puts the table between the page's two marks. */
export function writeTable(order: readonly string[]): void {
  const text = readFileSync(page, 'utf8');
  const [from, to] = [text.indexOf(begin), text.indexOf(end)];
  if (from < 0 || to < from) throw new Error(`docs/measurements.md lacks the marks ${begin} and ${end}`);
  const made = measurementsTable(keptResults(), order);
  writeFileSync(page, `${text.slice(0, from + begin.length)}\n${made}\n${text.slice(to)}`);
}

function table(lines: readonly (readonly [figure: RowFigure, run: string])[], withRuns: boolean): string {
  const heads = ['row', 'baseline in the same run', 'measured', 'reach', 'aim', 'seen'];
  const all = withRuns ? [...heads, 'run'] : heads;
  const cells = lines.map(([{ name, value, baseline, reach, aim, isReached, detail }, run]) => {
    const mark = isReached === undefined ? '' : isReached ? ' ✓' : ' ✗';
    const own = [name, baseline, `**${value}**${mark}`, reach, aim, detail];
    return withRuns ? [...own, run] : own;
  });
  return [all, all.map(() => '---'), ...cells].map((row) => `| ${row.join(' | ')} |`).join('\n');
}

function describe(result: Result): string {
  const { processors, memoryGb, system, node, engine, fdatasyncMs, loadBefore, at } = result.machine;
  const isReal = result.pairs >= pairsMin && result.scale >= 1;
  // the kernel's version without its builder's name
  const machine = `${processors}, ${memoryGb} GB of memory, ${/^Linux \d+\.\d+/.exec(system)?.[0] ?? system}, Node ${node.slice(1)}, ${engine}`;
  return `\`${commandOf(result)}\`, ${at.slice(0, 10)}${isReal ? '' : ', **a development run**'}; ${machine}; a \`fdatasync\` of 512 bytes ${fdatasyncMs} ms; load average before ${loadBefore}`;
}

if (import.meta.main) {
  const { rows } = await import('./rows.ts');
  const order = rows.map(({ name }) => name);
  if (process.argv.includes('--write')) writeTable(order);
  else console.log(measurementsTable(keptResults(), order));
}
