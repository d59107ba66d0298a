import assert from 'node:assert/strict';
import { test } from 'node:test';
import { compareGroups, type GroupScalar, groupKey } from '../../src/plan/group.ts';

const sorted = (groups: readonly (readonly [GroupScalar, number])[]): GroupScalar[] =>
  groups
    .map(([value, events]) => ({ values: [value], events }))
    .sort(compareGroups)
    .map((group) => group.values[0]!);

test('groups are ordered by events, then by the bytes of their text, then by the name of their type', () => {
  const groups = [
    ['true', 1],
    [true, 1],
    ['😀', 1],
    ['～', 1],
    [null, 1],
    ['null', 1],
    [10, 1],
    [9, 1],
    ['1', 1],
    [1, 1],
    ['z', 2],
  ] as const;
  assert.deepEqual(sorted(groups), ['z', 1, '1', 10, 9, null, 'null', true, 'true', '～', '😀']);
});

test('a group is a value and its type', () => {
  const values = [1, '1', true, 'true', null, 'null', '', 'string:'];
  assert.equal(new Set(values.map((value) => groupKey([value]))).size, values.length);
});

test('a group by several fields is ordered by them one after the other, and is the values in their order', () => {
  const groups = [
    ['b', 1],
    ['a', '1'],
    ['a', 1],
    [null, 'a'],
    ['a', null],
  ].map((values) => ({ values, events: 1 }));
  assert.deepEqual(
    groups.sort(compareGroups).map((group) => group.values),
    [
      ['a', 1],
      ['a', '1'],
      ['a', null],
      ['b', 1],
      [null, 'a'],
    ],
  );
  const keys = [['a', 'b'], ['b', 'a'], ['ab'], ['a,b'], ['a', 'b', null], ['a","string:b']];
  assert.equal(new Set(keys.map(groupKey)).size, keys.length);
});
