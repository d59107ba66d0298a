/** Sequences as SELECTs of narrow rows in their order: the person, the time, the tags as bits, a flag, and the code. */
import type { Filter } from '../../plan/plan.ts';
import type { SequenceQuestion } from '../sequences.ts';
import { rowField } from '../sql/question-compiler.ts';
import { aliased, select } from '../sql/select.ts';
import type { PostgresCompiler } from './postgres-compiler.ts';

/**
 *  persons   the events of each person
 *  named     those of each session that has a name; flag: the row begins one
 *  unnamed   all events of each person that name no session, to be cut; flag: the event is shown
 */
export type SequenceKind = 'persons' | 'named' | 'unnamed';

/** In bytes. */
export const sequenceWidths = ({ field }: SequenceQuestion): readonly number[] =>
  field === undefined ? [8, 8, 4, 4] : [8, 8, 4, 4, 4];

export function sequenceSelect(
  compiler: PostgresCompiler,
  question: SequenceQuestion,
  kind: SequenceKind,
): string {
  const { scope, tags, field } = question;
  const { filter: _, sample: __, ...whole } = scope;
  const shown = shownIf(compiler, question);
  const order = `${kind === 'named' ? 'session_id' : 'user_key'}, timestamp, _partition, _offset`;
  const code = field && codeOf(compiler, field);
  const flag = {
    persons: '0',
    named: `CASE WHEN session_id = lag(session_id) OVER (ORDER BY ${order}) THEN 0 ELSE 1 END`,
    unnamed: `(${[...compiler.asked(scope), ...shown].map((one) => `(${one})`).join(' AND ') || 'true'})::integer`,
  }[kind];
  const rows = select(
    [
      'user_key',
      'timestamp',
      aliased(bitsOf(compiler, tags), 'bits'),
      aliased(flag, 'flag'),
      ...(code === undefined ? [] : [aliased(code.value, 'code')]),
    ],
    `${compiler.rowsTable}${code === undefined ? '' : ` ${code.join}`}`,
    [
      ...compiler.conditions(kind === 'unnamed' ? whole : scope),
      compiler.inRanges('timestamp', [scope]),
      ...(kind === 'persons' ? [] : [`session_id ${kind === 'named' ? '<>' : '='} ''`]),
      ...(kind === 'named' ? [] : ['user_key <> 0']),
      ...(kind === 'unnamed' ? [] : shown),
    ],
    [],
  );
  return `${rows}\nORDER BY ${order}`;
}

/** Which of the events asked for are told. */
export const shownFilter = ({ tags, taggedOnly }: SequenceQuestion): Filter | undefined =>
  taggedOnly ? { or: tags } : undefined;

function shownIf(compiler: PostgresCompiler, question: SequenceQuestion): readonly string[] {
  const filter = shownFilter(question);
  return filter === undefined ? [] : [`(${compiler.filter(filter)})`];
}

/** The 32nd bit is the sign. */
const bitsOf = (compiler: PostgresCompiler, tags: readonly Filter[]): string =>
  tags.map((tag, i) => `CASE WHEN ${compiler.filter(tag)} THEN ${(1 << i) | 0} ELSE 0 END`).join(' | ') ||
  '0';

/** The place of the event's value among those asked for, from 1; 0: another. */
function codeOf(compiler: PostgresCompiler, { name, values }: NonNullable<SequenceQuestion['field']>) {
  const type = rowField(name)?.type;
  const kind = type === 'string' ? 'text' : type === 'boolean' ? 'boolean' : 'jsonb';
  const places = new Map<string, number>();
  for (const [i, value] of values.entries()) {
    const key = keyText(kind, value);
    if (key !== undefined && !places.has(key)) places.set(key, i + 1);
  }
  if (places.size === 0) return { join: '', value: '0' };
  const keys = compiler.parameters.bind([...places.keys()], `${kind}[]`);
  const nth = compiler.parameters.bind(`{${[...places.values()].join(',')}}`, 'integer[]');
  return {
    join: `LEFT JOIN unnest(${keys}, ${nth}) AS coded (coded_key, nth) ON coded_key = ${compiler.keyOf(name)}`,
    value: 'coalesce(nth, 0)',
  };
}

/** As the key of a group has it; undefined: no event can have this value. */
function keyText(
  kind: 'text' | 'boolean' | 'jsonb',
  value: string | number | boolean | null,
): string | undefined {
  if (typeof value === 'string' && value.includes('\0')) return undefined;
  if (kind === 'jsonb') return JSON.stringify(value);
  if (kind === 'boolean') return typeof value === 'boolean' ? String(value) : undefined;
  if (value === null) return '';
  return typeof value === 'string' && value !== '' ? value : undefined;
}
