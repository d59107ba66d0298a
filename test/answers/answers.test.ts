import assert from 'node:assert/strict';
import { test } from 'node:test';
import { openHasher } from '../../src/event/hasher.ts';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { answerSets, answersSuite } from './run.ts';

answersSuite('the memory store', async () => {
  const store = new MemoryStore(await openHasher());
  return { store, close: () => store.close() };
});

test('there are at least 150 hand-written answers, without those to odd texts', () => {
  const written = answerSets.filter(({ about }) => about !== 'odd text');
  assert.ok(written.reduce((sum, set) => sum + set.cases.length, 0) >= 150);
});
