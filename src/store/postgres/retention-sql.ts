/** Retention as a SELECT: of each person who started, the period of the start, and the periods of returns as bits of two words. */
import type { RetentionQuestion } from '../analyses.ts';
import { indent, select } from '../sql/select.ts';
import type { PostgresCompiler } from './postgres-compiler.ts';
import { instants } from './schema.ts';

export const retentionWidths: readonly number[] = [4, 8, 8];
/** Periods of one word of bits. */
const wordBits = 64;

/** The time whose rows are looked at. */
export const retentionRange = ({ scope, first }: RetentionQuestion) => ({
  from: first === 'ever' ? instants.min : scope.from,
  to: scope.to,
});

export function retentionSelect(compiler: PostgresCompiler, question: RetentionQuestion): string {
  const { scope, edges, start, return: back, first } = question;
  const isStart = `(${compiler.filter(start)})`;
  // before the range only starts count
  const inRange = first === 'ever' ? `timestamp >= ${compiler.instant(scope.from)} AND ` : '';
  const isReturn = `(${inRange}(${compiler.filter(back)}))`;
  const period = `width_bucket(timestamp, ${compiler.parameters.instants(edges.slice(0, -1))}) - 1`;
  const rows = select(
    ['user_key', `${period} AS period`, `${isStart} AS is_start`, `${isReturn} AS is_return`],
    compiler.rowsTable,
    [
      ...compiler.conditions(scope),
      compiler.inRanges('timestamp', [retentionRange(question)]),
      'user_key <> 0',
      `(${isStart} OR ${isReturn})`,
    ],
    [],
  );
  const people = select(
    [
      'min(period) FILTER (WHERE is_start) AS started',
      `${bits('period < 64', 'period')} AS low`,
      `${edges.length - 1 > wordBits ? bits('period >= 64', 'period - 64') : '0::bigint'} AS high`,
    ],
    `(\n${indent(rows)}\n) AS own`,
    [],
    ['user_key'],
  );
  return `SELECT started, low, high\nFROM (\n${indent(people)}\n) AS people\nWHERE started >= 0`;
}

const bits = (which: string, bit: string): string =>
  `coalesce(bit_or(1::bigint << (${bit})) FILTER (WHERE is_return AND ${which}), 0)`;
