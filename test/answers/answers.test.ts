import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryStore } from '../../src/store/memory/memory-store.ts';
import { answerSets, answersSuite } from './run.ts';

answersSuite('the memory store', async () => {
  const store = new MemoryStore();
  return { store, close: () => store.close() };
});

test('there are at least 40 hand-written answers', () => {
  assert.ok(answerSets.reduce((sum, set) => sum + set.cases.length, 0) >= 40);
});
