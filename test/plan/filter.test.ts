import assert from 'node:assert/strict';
import { test } from 'node:test';
import { matches } from '../../src/plan/filter.ts';
import type { Filter } from '../../src/plan/plan.ts';
import { eventRow } from '../../src/testing/rows.ts';

const row = eventRow({
  type: 'purchase',
  country: 'DE',
  amount: 123_400n,
  bot: false,
  properties: { plan: 'pro', size: 3, list: ['pro'], old: false, tilde: '～' },
});

const cases: readonly (readonly [about: string, filter: Filter, expected: boolean])[] = [
  ['eq holds for the value', { field: 'country', op: 'eq', value: 'DE' }, true],
  ['eq keeps upper and lower case apart', { field: 'country', op: 'eq', value: 'de' }, false],
  ['eq of another type is false', { field: 'properties.size', op: 'eq', value: '3' }, false],
  ['eq of an absent field is false', { field: 'city', op: 'eq', value: 'Bonn' }, false],
  [
    'not of a comparison with an absent field is true',
    { not: { field: 'city', op: 'eq', value: 'Bonn' } },
    true,
  ],
  ['eq of a list is false', { field: 'properties.list', op: 'eq', value: 'pro' }, false],
  ['exists holds for a list', { field: 'properties.list', op: 'exists' }, true],
  ['eq holds for false', { field: 'properties.old', op: 'eq', value: false }, true],
  ['eq holds for a bot verdict', { field: 'bot', op: 'eq', value: false }, true],
  ['in holds when one member is equal', { field: 'properties.size', op: 'in', value: ['3', 3] }, true],
  [
    'in is false when only the text is alike',
    { field: 'properties.size', op: 'in', value: ['3', true] },
    false,
  ],
  ['contains looks anywhere', { field: 'type', op: 'contains', value: 'chas' }, true],
  ['contains knows no wildcards', { field: 'type', op: 'contains', value: 'p%e' }, false],
  ['startsWith looks at the start', { field: 'type', op: 'startsWith', value: 'chase' }, false],
  ['contains of a number is false', { field: 'properties.size', op: 'contains', value: '3' }, false],
  ['gt compares numbers', { field: 'properties.size', op: 'gt', value: 2 }, true],
  ['gt with text is false for a number', { field: 'properties.size', op: 'gt', value: '2' }, false],
  ['gte compares text by bytes', { field: 'properties.tilde', op: 'lt', value: '😀' }, true],
  ['lte of a boolean is false', { field: 'properties.old', op: 'lte', value: 1 }, false],
  ['eq of an amount is exact', { field: 'amount', op: 'eq', value: 12.34 }, true],
  ['in of amounts is exact', { field: 'amount', op: 'in', value: [12.34001, 12.34] }, true],
  ['gt of an amount minds more than four places', { field: 'amount', op: 'gt', value: 12.33999 }, true],
  ['time is compared in milliseconds', { field: 'timestamp', op: 'lte', value: row.timestamp }, true],
  [
    'and needs all, or needs one',
    {
      and: [
        { field: 'type', op: 'exists' },
        {
          or: [
            { field: 'city', op: 'exists' },
            { field: 'country', op: 'exists' },
          ],
        },
      ],
    },
    true,
  ],
];

for (const [about, filter, expected] of cases) {
  test(about, () =>
    assert.equal(
      matches(row, filter, () => new Set()),
      expected,
    ),
  );
}
