/** What the questions of a key may cost, as people write it: `time=10s memory=100MB rows=50000000 concurrent=2 waiting=4`. */
import type { KeyLimits } from '../catalog/catalog.ts';
import { UsageError } from './context.ts';

type Unit = 'time' | 'bytes' | 'count';

const words: ReadonlyMap<string, readonly [limit: keyof KeyLimits, unit: Unit]> = new Map([
  ['time', ['timeMs', 'time']],
  ['memory', ['memoryBytes', 'bytes']],
  ['rows', ['rowsMax', 'count']],
  ['concurrent', ['concurrencyMax', 'count']],
  ['waiting', ['waitingMax', 'count']],
]);

const units: Readonly<Record<Unit, Readonly<Record<string, number>>>> = {
  time: { ms: 1, s: 1_000, m: 60_000 },
  bytes: { B: 1, KB: 1e3, MB: 1e6, GB: 1e9, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 },
  count: { '': 1, k: 1e3, M: 1e6 },
};

export const budgetHelp =
  'time=10s memory=100MB rows=50M concurrent=2 waiting=4 (those left out are as the settings say)';

/** Errors: UsageError. Whether the numbers may be so is decided where keys are made. */
export function limitsOf(given: readonly string[]): KeyLimits {
  return Object.fromEntries(given.map(limitOf));
}

function limitOf(text: string): readonly [keyof KeyLimits, number] {
  const [, word = '', amount = '', unit = ''] = /^([a-z]+)=(\d+(?:\.\d+)?) ?([A-Za-z]*)$/.exec(text) ?? [];
  const [limit, kind] = words.get(word) ?? [];
  const factor = kind && Object.hasOwn(units[kind], unit) ? units[kind][unit] : undefined;
  if (limit === undefined || factor === undefined)
    throw new UsageError(`--budget ${JSON.stringify(text)} is not understood; it takes ${budgetHelp}`);
  return [limit, Math.round(Number(amount) * factor)];
}

/** As it is written, for the list of keys. */
export function budgetText(limits: KeyLimits = {}): string {
  return [...words]
    .flatMap(([word, [limit, unit]]) => {
      const value = limits[limit];
      return value === undefined ? [] : [`${word}=${amountText(value, unit)}`];
    })
    .join(' ');
}

/** In the largest unit in which it is whole. */
function amountText(value: number, unit: Unit): string {
  const fitting = Object.entries(units[unit]).filter(([, factor]) => value > 0 && value % factor === 0);
  const [name, factor] = fitting.sort(([, a], [, b]) => b - a)[0] ?? [Object.keys(units[unit])[0]!, 1];
  return `${value / factor}${name}`;
}
