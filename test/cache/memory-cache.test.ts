import assert from 'node:assert/strict';
import { test } from 'node:test';
import { MemoryCache } from '../../src/cache/memory/memory-cache.ts';
import { cacheSuite } from '../../src/testing/cache-suite.ts';
import { TestClock } from '../../src/testing/test-clock.ts';

cacheSuite('memory', async (bytesMax) => {
  const cache = new MemoryCache({ clock: new TestClock(), bytesMax });
  return { cache, close: () => cache.close() };
});

test('a value is forgotten when its time is over', async () => {
  const clock = new TestClock();
  const cache = new MemoryCache({ clock, bytesMax: 10_000 });
  await cache.set('key', 'value', 1_000);
  clock.advance(999);
  assert.equal(await cache.get('key'), 'value');
  clock.advance(1);
  assert.equal(await cache.get('key'), undefined);
  assert.deepEqual(cache.usage(), { entries: 0, bytes: 0, bytesMax: 10_000 });
});

test('the bytes of replaced and removed values are given back', async () => {
  const cache = new MemoryCache({ clock: new TestClock(), bytesMax: 10_000 });
  for (let i = 0; i < 100; i++) await cache.set(`key-${i % 3}`, 'x'.repeat(100 + i), 1_000);
  assert.equal(cache.usage().entries, 3);
  const bytes = cache.usage().bytes;
  for (let i = 0; i < 3; i++) await cache.set(`key-${i}`, 'x', 0);
  assert.ok(bytes > 0);
  assert.equal(cache.usage().bytes, 0);
});
