/** Retention as a SELECT: of each person who started, the period of the start, and the periods of returns as bits. */

import type { RetentionQuestion } from '../analyses.ts';
import { indent } from '../sql/select.ts';
import type { ClickHouseCompiler } from './clickhouse-compiler.ts';

/** Periods of one word of bits. */
const wordBits = 64;

export function retentionSelect(compiler: ClickHouseCompiler, question: RetentionQuestion): string {
  const { scope, edges, start, return: back, first } = question;
  const { from, to } = scope;
  const isStart = `(${compiler.filter(start)})`;
  const isReturn = `(${compiler.filter(back)})`;
  const inRange = `timestamp >= ${compiler.instant(from)}`;
  // where every event both starts and returns there is nothing to tell apart
  const isSame = isStart === isReturn;
  // before the range only starts count, and only where the first of all time is asked for
  const asked = isSame
    ? isStart
    : first === 'ever'
      ? `(${isStart} OR (${inRange} AND ${isReturn}))`
      : `(${isStart} OR ${isReturn})`;
  const where = [
    ...compiler.inScope({ ...scope, from: first === 'ever' ? Number.NEGATIVE_INFINITY : from, to }),
    'user_key <> 0',
    asked,
  ];
  const returned = [...(first === 'ever' ? [inRange] : []), ...(isSame ? [] : [isReturn])].join(' AND ');
  const rows = `SELECT ${compiler.person} AS person, toUnixTimestamp64Milli(timestamp) AS ms${isSame ? '' : `, ${isStart} AS is_start`}${
    returned === ''
      ? ''
      : `,
  ${returned} AS is_return`
  }
FROM events
WHERE ${where.join(' AND ')}`;
  const bitsFrom = (base: number): string => {
    // most questions have no second word
    if (edges.length - 1 <= base) return 'toUInt64(0)';
    const bit = bitOf(edges, base);
    return returned === '' ? `groupBitOr(${bit})` : `groupBitOrIf(${bit}, is_return)`;
  };
  const people = `SELECT person, ${isSame ? 'min(ms)' : 'minIf(ms, is_start)'} AS first, ${bitsFrom(0)} AS low, ${bitsFrom(wordBits)} AS high
FROM (
${indent(rows)}
)
GROUP BY person
HAVING ${isSame ? '' : 'countIf(is_start) > 0 AND '}first >= ${from}`;
  return `${compiler.constants()}SELECT toUInt8(${periodOf('first', edges)}), low, high FROM (\n${indent(people)}\n)`;
}

/** The bit of the period of `ms` in the word that begins with the period `base`. */
function bitOf(edges: readonly number[], base: number): string {
  const period = periodOf('ms', edges);
  // also computed for what lies before the range, which is no return
  const bit = `bitShiftLeft(toUInt64(1), positiveModulo(${period}, ${wordBits}))`;
  if (edges.length - 1 <= wordBits) return bit;
  return `if(${base === 0 ? `${period} < ${wordBits}` : `${period} >= ${base}`}, ${bit}, 0)`;
}

/** The index of the edge at or before `ms`. */
function periodOf(ms: string, edges: readonly number[]): string {
  const length = edges[2] === undefined ? undefined : edges[2]! - edges[1]!;
  // all of the same length, but for the first and the last, which may be cut
  const isEven = edges.every((edge, i) => i < 2 || i === edges.length - 1 || edge - edges[i - 1]! === length);
  const isCut =
    length !== undefined && edges[1]! - edges[0]! <= length && edges.at(-1)! - edges.at(-2)! <= length;
  if (length !== undefined && isEven && isCut) return `intDiv(${ms} - ${edges[1]! - length}, ${length})`;
  const list = edges.join(', ');
  const places = edges.map((_, i) => i).join(', ');
  return `transform(roundDown(${ms}, CAST([${list}], 'Array(Int64)')), CAST([${list}], 'Array(Int64)'), CAST([${places}], 'Array(Int64)'), toInt64(0))`;
}
