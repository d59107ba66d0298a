import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { JsonObject } from '../../src/event/event.ts';
import { fieldExists, fields, fieldValue } from '../../src/plan/field.ts';
import { eventRow } from '../../src/testing/rows.ts';

const valueIn = (properties: JsonObject, path: string) =>
  fieldValue(eventRow({ properties }), `properties.${path}`);
const existsIn = (properties: JsonObject, path: string) =>
  fieldExists(eventRow({ properties }), `properties.${path}`);

test('every field of a row but its place, project and person key can be asked for', () => {
  const hidden = ['partition', 'offset', 'project', 'personKey', 'properties'];
  const all = Object.keys(eventRow()).filter((name) => !hidden.includes(name));
  assert.deepEqual([...fields.keys()].sort(), all.sort());
});

test("an absent text field, '' in the row, has no value and does not exist", () => {
  assert.equal(fieldValue(eventRow(), 'country'), undefined);
  assert.equal(fieldExists(eventRow(), 'country'), false);
  assert.equal(fieldValue(eventRow({ country: 'DE' }), 'country'), 'DE');
});

test('a bot verdict of false and an amount of zero exist', () => {
  assert.equal(fieldExists(eventRow(), 'bot'), true);
  assert.equal(fieldExists(eventRow({ amount: 0n }), 'amount'), true);
  assert.equal(fieldExists(eventRow(), 'amount'), false);
});

test('a key with dots means the same as nesting', () => {
  for (const properties of [
    { 'a.b.c': 1 },
    { a: { 'b.c': 1 } },
    { 'a.b': { c: 1 } },
    { a: { b: { c: 1 } } },
  ]) {
    assert.equal(valueIn(properties, 'a.b.c'), 1);
    assert.equal(existsIn(properties, 'a.b'), true);
    assert.equal(valueIn(properties, 'a.b'), undefined);
  }
});

test('of two spellings of one path the first counts', () => {
  assert.equal(valueIn({ 'a.b': 1, a: { b: 2 } }, 'a.b'), 1);
  assert.equal(valueIn({ a: { b: 2 }, 'a.b': 1 }, 'a.b'), 2);
  assert.equal(valueIn({ a: { b: null }, 'a.b': 1 }, 'a.b'), 1);
});

test('a value and one below it can stand side by side', () => {
  assert.equal(valueIn({ a: 1, 'a.b': 2 }, 'a'), 1);
  assert.equal(valueIn({ a: 1, 'a.b': 2 }, 'a.b'), 2);
});

test('null, {} and objects of nothing but these are absent', () => {
  for (const nothing of [null, {}, { b: null }, { b: {} }]) {
    assert.equal(existsIn({ a: nothing }, 'a'), false);
    assert.equal(valueIn({ a: nothing }, 'a'), undefined);
  }
});

test('an array exists, has no scalar, and is not walked into', () => {
  for (const list of [[], [1], [{ b: 1 }]]) {
    assert.equal(existsIn({ a: list }, 'a'), true);
    assert.equal(valueIn({ a: list }, 'a'), undefined);
    assert.equal(existsIn({ a: list }, 'a.b'), false);
  }
});

test('an empty text, false and 0 are values', () => {
  assert.equal(valueIn({ a: '' }, 'a'), '');
  assert.equal(valueIn({ a: false }, 'a'), false);
  assert.ok(Object.is(valueIn({ a: -0 }, 'a'), 0));
});

test('keys that every JavaScript object answers to are keys like any other', () => {
  assert.equal(valueIn({}, 'constructor'), undefined);
  assert.equal(existsIn({}, '__proto__'), false);
  assert.equal(valueIn(JSON.parse('{"__proto__": {"x": 1}}'), '__proto__.x'), 1);
});
