/** What a condition may say of a field, in words, and what that is in a plan. `not` stands around the comparison. */
import { type FieldType, fieldType } from '../fields/fields.ts';

export type Op = 'eq' | 'in' | 'gt' | 'gte' | 'lt' | 'lte' | 'contains' | 'startsWith' | 'matches' | 'exists';

export interface Operator {
  readonly id: string;
  readonly words: string;
  readonly op: Op;
  readonly not: boolean;
  readonly takes: 'one' | 'many' | 'text' | 'none';
}

const operator = (id: string, words: string, op: Op, takes: Operator['takes'], not = false): Operator => ({
  id,
  words,
  op,
  not,
  takes,
});

const equal = [
  operator('eq', 'is', 'eq', 'one'),
  operator('not-eq', 'is not', 'eq', 'one', true),
  operator('in', 'is one of', 'in', 'many'),
  operator('not-in', 'is none of', 'in', 'many', true),
];
const ofText = [
  operator('contains', 'contains', 'contains', 'text'),
  operator('not-contains', 'does not contain', 'contains', 'text', true),
  operator('startsWith', 'begins with', 'startsWith', 'text'),
  operator('not-startsWith', 'does not begin with', 'startsWith', 'text', true),
  operator('matches', 'matches the pattern', 'matches', 'text'),
  operator('not-matches', 'does not match', 'matches', 'text', true),
];
const there = [
  operator('exists', 'is there', 'exists', 'none'),
  operator('not-exists', 'is not there', 'exists', 'none', true),
];
const order = (words: readonly [string, string, string, string]) =>
  (['gt', 'gte', 'lt', 'lte'] as const).map((op, index) => operator(op, words[index]!, op, 'one'));
/** Only where a plan has it: a comparison that is false for absent fields, turned round. */
const turnedOrder = (['gt', 'gte', 'lt', 'lte'] as const).map((op) =>
  operator(`not-${op}`, `is not ${op.startsWith('g') ? 'over' : 'under'}`, op, 'one', true),
);

const byType: Readonly<Record<FieldType, readonly Operator[]>> = {
  text: [
    ...equal,
    ...ofText,
    ...there,
    ...order(['comes after', 'is or comes after', 'comes before', 'is or comes before']),
  ],
  number: [
    ...equal.slice(0, 2),
    ...order(['is over', 'is at least', 'is under', 'is at most']),
    ...equal.slice(2),
    ...there,
  ],
  boolean: [...equal.slice(0, 2), ...there],
  time: [...order(['is after', 'is from', 'is before', 'is until']), ...equal.slice(0, 2), ...there],
  property: [...equal, ...ofText, ...order(['is over', 'is at least', 'is under', 'is at most']), ...there],
};

export const operatorsOf = (field: string): readonly Operator[] => byType[fieldType(field)];

export function operatorOf(field: string, op: Op, not: boolean): Operator {
  const fits = (each: Operator) => each.op === op && each.not === not;
  return operatorsOf(field).find(fits) ?? turnedOrder.find(fits) ?? operator(op, op, op, 'one', not);
}
