import { test } from 'node:test';
import { openHasher } from '../../../src/event/hasher.ts';
import { MemoryStore } from '../../../src/store/memory/memory-store.ts';
import { checkAgainstEvaluator } from '../../../src/testing/agreement.ts';
import { storeSuite } from '../../../src/testing/store-suite.ts';

storeSuite('memory', async () => {
  const store = new MemoryStore(await openHasher());
  return { store, close: () => store.close() };
});

test('the memory store agrees with the evaluator', async () => {
  const store = new MemoryStore(await openHasher());
  await checkAgainstEvaluator(store, { worlds: 20, plansPerWorld: 10 });
  await store.close();
});
