/** What a run of the bench came to: kept as JSON in results/, one file a run, named by its time and rows. */
import { globSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Machine } from './machine.ts';
import type { Figure } from './row.ts';

export interface RowFigure extends Figure {
  readonly row: string;
}

export interface Result {
  readonly machine: Machine;
  readonly pairs: number;
  readonly scale: number;
  /** The rows that were asked for; none: all. */
  readonly wanted?: readonly string[];
  /** What else decides what was measured: EVENTS and the like. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly figures: readonly RowFigure[];
}

const directory = join(import.meta.dirname, 'results');

/** The path, as people know it. */
export function keepResult(result: Result): string {
  mkdirSync(directory, { recursive: true });
  const { machine, wanted = [] } = result;
  const name = `${machine.at.slice(0, 19).replaceAll(':', '')}-${wanted.join('-') || 'all'}.json`;
  writeFileSync(join(directory, name), `${JSON.stringify(result, undefined, 1)}\n`);
  return `bench/results/${name}`;
}

/** Oldest first. */
export function keptResults(): readonly Result[] {
  return globSync('*.json', { cwd: directory })
    .sort()
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as Result);
}

/** The line that makes a result like this one. */
export function commandOf({ pairs, scale, wanted, settings = {}, figures }: Result): string {
  const names = wanted ?? [...new Set(figures.map(({ row }) => row))];
  const variables = Object.entries({ PAIRS: pairs, SCALE: scale, ...settings }).map(
    ([name, value]) => `${name}=${value}`,
  );
  return [...variables, 'npm run bench', ...(names.length > 0 ? ['--', ...names] : [])].join(' ');
}
