/** How the answers of ClickHouseCompiler are read: buckets by their edges, groups by the packed texts of their keys. */
import { groupingOf } from '../../plan/group.ts';
import type { FieldName } from '../../plan/plan.ts';
import type { AnswerForm } from '../sql/answer.ts';
import { rowField } from '../sql/question-compiler.ts';
import type { GroupValue, Question } from '../store.ts';

/** @param usersOf what the number of persons is for what the engine counted */
export function answerForm({ plan, edges }: Question, usersOf: (counted: number) => number): AnswerForm {
  const buckets = new Map(edges.map((edge, index) => [String(edge), index]));
  const isText = groupingOf(plan)?.fields.map((name) => rowField(name)?.type === 'string') ?? [];
  return {
    bucketOf: (edge) => buckets.get(edge)!,
    valuesOf(label) {
      const keys = isText.length === 1 ? [label] : unpackedKeys(label);
      return keys.map((key, i) => groupValue(key, isText[i]!));
    },
    usersOf,
  };
}

/** Each key after its length in bytes and a colon. */
function unpackedKeys(packed: string): readonly string[] {
  const bytes = Buffer.from(packed);
  const keys: string[] = [];
  for (let at = 0; at < bytes.length; ) {
    const colon = bytes.indexOf(':', at);
    const end = colon + 1 + Number(bytes.toString('latin1', at, colon));
    keys.push(bytes.toString('utf8', colon + 1, end));
    at = end;
  }
  return keys;
}

/** The value of one field, out of its key. */
export const valueOfKey = (name: FieldName, key: string): GroupValue =>
  groupValue(key, rowField(name)?.type === 'string');

function groupValue(key: string, isText: boolean): GroupValue {
  if (isText) return key === '' ? null : key;
  const colon = key.indexOf(':');
  const text = key.slice(colon + 1);
  switch (key.slice(0, colon)) {
    case 'string':
      return text;
    case 'number':
      return Number(text);
    case 'boolean':
      return text === 'true';
    default:
      return null;
  }
}
