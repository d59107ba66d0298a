/** The contract of cache.ts as tests: each promise by its number. Every cache runs it. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import type { Cache } from '../cache/cache.ts';

export interface OpenedCache {
  readonly cache: Cache;
  close(): Promise<void>;
}

/** `open` gives an empty cache that holds at most `bytesMax` bytes. */
export function cacheSuite(name: string, open: (bytesMax: number) => Promise<OpenedCache>): void {
  describe(`the contract of a cache, kept by ${name}`, () => {
    const bytesMax = 100_000;
    const minute = 60_000;
    let opened: OpenedCache;
    let cache: Cache;
    before(async () => {
      opened = await open(bytesMax);
      cache = opened.cache;
    });
    after(() => opened.close());

    test('1. get returns what set stored', async () => {
      const value = 'ü😀\u0000"\n';
      await cache.set('key', value, minute);
      assert.equal(await cache.get('key'), value);
      await cache.set('key', 'later', minute);
      assert.equal(await cache.get('key'), 'later');
    });

    test('1. get returns undefined for a key that was not set, however alike', async () => {
      await cache.set('a', '1', minute);
      for (const key of ['', 'A', 'a ', 'a\u0000', '__proto__', 'constructor']) {
        assert.equal(await cache.get(key), undefined);
      }
    });

    test('1. a value that may not be kept is not given', async () => {
      await cache.set('short', 'value', minute);
      await cache.set('short', 'other', 0);
      assert.equal(await cache.get('short'), undefined);
    });

    test('2. memory stays under the bound', async () => {
      for (let i = 0; i < 500; i++) {
        await cache.set(`many-${i}`, 'x'.repeat(1_000), minute);
        assert.ok(cache.usage().bytes <= cache.usage().bytesMax);
      }
      assert.equal(await cache.get('many-0'), undefined);
      assert.equal((await cache.get('many-499'))?.length, 1_000);
    });

    test('2. the least recently used goes first', async () => {
      await cache.set('used', 'x', minute);
      await cache.set('unused', 'x', minute);
      for (let i = 0; i < 200; i++) {
        await cache.set(`filler-${i}`, 'x'.repeat(1_000), minute);
        assert.equal(await cache.get('used'), 'x');
      }
      assert.equal(await cache.get('unused'), undefined);
    });

    test('2. a value over the whole bound is not kept, and its older one is not given', async () => {
      await cache.set('large', 'small', minute);
      await cache.set('large', 'x'.repeat(bytesMax), minute);
      assert.equal(await cache.get('large'), undefined);
    });

    // The last one: the cache is closed after it.
    test('3. a closed cache behaves as an empty one', async () => {
      await cache.close();
      assert.equal(await cache.get('key'), undefined);
      await cache.set('key', 'value', minute);
      assert.equal(await cache.get('key'), undefined);
    });
  });
}
