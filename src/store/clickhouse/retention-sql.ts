/**
 * Retention as a SELECT: of each person who started, the period of the start, and the periods of returns as bits. The first start
 * is the lowest bit of the periods with a start, so that bits are all that is kept of a person.
 */
import type { RetentionQuestion } from '../analyses.ts';
import { indent } from '../sql/select.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';

/** Periods of one word of bits. */
const wordBits = 64;

export function retentionSelect(compiler: ClickHouseCompiler, question: RetentionQuestion): string {
  const { edges, first } = question;
  const { rows, isSame } = rowsOf(compiler, question);
  const ofEver = first === 'ever';
  const returned = [...(ofEver ? ['NOT is_before'] : []), ...(isSame ? [] : ['is_return'])];
  const started = [...(ofEver ? ['NOT is_before'] : []), 'is_start'];
  const words = [0, wordBits].filter((base) => edges.length - 1 > base);
  const bits = (name: string, conditions: readonly string[]): readonly string[] =>
    words.map((base, i) => {
      const [suffix, condition] =
        conditions.length === 0 ? ['', ''] : ['If', `, ${conditions.join(' AND ')}`];
      return `groupBitOr${suffix}(${bitOf(base, edges.length - 1)}${condition}) AS ${name}_${i}`;
    });
  const starts = isSame ? [] : bits('started', started);
  const start = words.map((_, i) => `${isSame ? 'returned' : 'started'}_${i}`);
  const having = [
    ...(isSame && !ofEver ? [] : [start.map((word) => `${word} <> 0`).join(' OR ')]),
    ...(ofEver ? ['NOT max(is_before)'] : []),
  ];
  const people = `SELECT ${[...bits('returned', returned), ...starts].join(', ')}
FROM (
${indent(rows)}
)
GROUP BY person${having.length === 0 ? '' : `\nHAVING ${having.map((one) => `(${one})`).join(' AND ')}`}`;
  // most questions have no second word
  const high = words.length > 1 ? 'returned_1' : 'toUInt64(0)';
  return `${compiler.constants()}SELECT toUInt8(${lowestBit(start)}), returned_0, ${high} FROM (\n${indent(people)}\n)`;
}

/** Rows with `person`, `period` and what they are; of all time where the first start of all is asked for. */
function rowsOf(
  compiler: ClickHouseCompiler,
  { scope, edges, start, return: back, first }: RetentionQuestion,
) {
  const { from, to } = scope;
  const isStart = `(${compiler.filter(start)})`;
  const isReturn = `(${compiler.filter(back)})`;
  const isBefore = `timestamp < ${compiler.instant(from)}`;
  // where every event both starts and returns there is nothing to tell apart
  const isSame = isStart === isReturn;
  // before the range only starts count
  const asked = isSame
    ? isStart
    : first === 'ever'
      ? `(${isStart} OR (NOT ${isBefore} AND ${isReturn}))`
      : `(${isStart} OR ${isReturn})`;
  const where = [
    ...compiler.inScope({ ...scope, from: first === 'ever' ? Number.NEGATIVE_INFINITY : from, to }),
    'user_key <> 0',
    asked,
  ];
  const columns = [
    `${compiler.person} AS person`,
    `${periodOf('toUnixTimestamp64Milli(timestamp)', edges)} AS period`,
    ...(first === 'ever' ? [`${isBefore} AS is_before`] : []),
    ...(isSame ? [] : [`${isStart} AS is_start`, `${isReturn} AS is_return`]),
  ];
  return { rows: `SELECT ${columns.join(', ')}\nFROM events\nWHERE ${where.join(' AND ')}`, isSame };
}

/** The bit of `period` in the word that begins with the period `base`. */
function bitOf(base: number, periods: number): string {
  // also computed for what lies before the range, whose period means nothing
  const bit = `bitShiftLeft(toUInt64(1), bitAnd(period, ${wordBits - 1}))`;
  if (periods <= wordBits) return bit;
  return `if(period ${base === 0 ? '<' : '>='} ${wordBits}, ${bit}, 0)`;
}

/** The index of the lowest bit of these words, of which one has some. */
function lowestBit([low, high]: readonly string[]): string {
  const indexIn = (word: string): string => `bitCount(bitXor(${word}, ${word} - 1)) - 1`;
  return high === undefined
    ? indexIn(low!)
    : `if(${low} <> 0, ${indexIn(low!)}, ${wordBits} + ${indexIn(high)})`;
}

/** The index of the edge at or before `ms`; anything before the first edge. */
function periodOf(ms: string, edges: readonly number[]): string {
  if (edges.length === 2) return 'toUInt8(0)';
  const length = edges[2]! - edges[1]!;
  // all of the same length, but for the first and the last, which may be cut
  const isEven = edges.every((edge, i) => i < 2 || i === edges.length - 1 || edge - edges[i - 1]! === length);
  const isCut = edges[1]! - edges[0]! <= length && edges.at(-1)! - edges.at(-2)! <= length;
  if (isEven && isCut) {
    const base = edges[1]! - length;
    // 49 days in milliseconds fit 32 bits, which are divided faster
    const type = edges.at(-1)! - base < 2 ** 32 ? 'toUInt32' : 'toUInt64';
    return `toUInt8(intDiv(${type}(${ms} - ${base}), ${length}))`;
  }
  const list = edges.join(', ');
  const places = edges.map((_, i) => i).join(', ');
  return `transform(roundDown(${ms}, CAST([${list}], 'Array(Int64)')), CAST([${list}], 'Array(Int64)'), CAST([${places}], 'Array(UInt8)'), toUInt8(0))`;
}
