/**
 * Groups as PostgreSQL tells them apart: a text column is its own key ('' where it is absent), so is a boolean one, and a property is
 * its jsonb, where 'null' stands for whatever is no scalar. Numbers come from JavaScript's own text of doubles, so that equal
 * doubles are equal numerics.
 */
import type { EventRow } from '../../event/event-row.ts';
import { groupingOf } from '../../plan/group.ts';
import type { FieldName } from '../../plan/plan.ts';
import type { AnswerForm } from '../sql/answer.ts';
import { columnName } from '../sql/column-name.ts';
import { rowField } from '../sql/question-compiler.ts';
import type { GroupValue, Question } from '../store.ts';

/** @param property the property's jsonb as an SQL expression, for a field that is no column */
export function groupKey(name: FieldName, property: () => string): string {
  const field = rowField(name);
  if (field !== undefined) return columnName(field.name as keyof EventRow);
  const value = property();
  return `CASE WHEN jsonb_typeof(${value}) IN ('string', 'number', 'boolean') THEN ${value} ELSE 'null' END`;
}

/** Terms to order by: the text that JavaScript makes of the value, then the name of its type. */
export function keyOrder(name: FieldName, key: string): readonly [text: string, type: string] {
  switch (rowField(name)?.type) {
    case 'string':
      return [
        `CASE WHEN ${key} = '' THEN 'null' ELSE ${key} END COLLATE "C"`,
        `CASE WHEN ${key} = '' THEN 'null' ELSE 'string' END COLLATE "C"`,
      ];
    case 'boolean':
      return [key, `'boolean'::text`];
    default:
      return [propertyText(key), `jsonb_typeof(${key}) COLLATE "C"`];
  }
}

const propertyText = (key: string): string =>
  `CASE jsonb_typeof(${key}) WHEN 'number' THEN ${numberText(key)} WHEN 'null' THEN 'null' ELSE ${key} #>> '{}' END COLLATE "C"`;

/** A numeric is written without an exponent; JavaScript has one from 1e21 on and below 1e-6. */
function numberText(key: string): string {
  const text = `(${key} #>> '{}')`;
  const digits = `length(ltrim(${text}, '-'))`;
  const large = `rtrim(regexp_replace(rtrim(${text}, '0'), '^(-?\\d)', '\\1.'), '.') || 'e+' || ${digits} - 1`;
  const small = `rtrim(regexp_replace(${text}, '^(-?)0\\.0*(\\d)', '\\1\\2.'), '.') || 'e-' || ${digits} - length(ltrim(${text}, '-0.')) - 1`;
  return `CASE WHEN ${text} ~ '^-?\\d{22}' THEN ${large} WHEN ${text} ~ '^-?0\\.000000' THEN ${small} ELSE ${text} END`;
}

/** How the answers of PostgresCompiler are read. @param usersOf what the number of persons is for what was counted */
export function answerForm({ plan }: Question, usersOf: (counted: number) => number): AnswerForm {
  const isText = groupingOf(plan)?.fields.map((name) => rowField(name)?.type === 'string') ?? [];
  return {
    bucketOf: (text) => Number(text) - 1,
    valuesOf: (label) =>
      (JSON.parse(label) as GroupValue[]).map((value, i) => (isText[i] && value === '' ? null : value)),
    usersOf,
  };
}
