/** The hashes that are kept: another result would move retries to other partitions and split every person. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { openHasher } from '../../src/event/hasher.ts';
import { partitionOf } from '../../src/event/partition.ts';
import { personKey } from '../../src/event/person.ts';

const hasher = await openHasher();

describe('the key of a person', () => {
  it('is xxHash64 with seed 0 of the id as UTF-8', () => {
    // the first two are in the reference's own test vectors
    assert.equal(hasher.hash64(''), 0xef46db3751d8e999n);
    assert.equal(hasher.hash64('a'), 0xd24ec4f1a98c6e5bn);
    assert.equal(personKey(hasher, 'user-1', undefined), 11_633_770_265_628_666_856n);
    assert.equal(personKey(hasher, '😀 ünï', 'a'), 2_828_737_159_214_872_658n);
  });

  it('is that of userId, else that of anonymousId, else nobody', () => {
    assert.equal(personKey(hasher, 'a', 'b'), hasher.hash64('a'));
    assert.equal(personKey(hasher, undefined, 'b'), hasher.hash64('b'));
    assert.equal(personKey(hasher, undefined, undefined), 0n);
  });
});

describe('the partition of an event', () => {
  it('is the same for ever', () => {
    const partitions = ['e1', 'e2', 'e3', 'order/17'].map((id) => partitionOf(hasher, 'default', id, 8));
    assert.deepEqual(partitions, [0, 7, 7, 2]);
  });

  it('depends on project and event, and uses all partitions alike', () => {
    const counts = Array.from({ length: 8 }, () => 0);
    for (let i = 0; i < 8000; i++) counts[partitionOf(hasher, 'p', `e${i}`, 8)]! += 1;
    for (const count of counts) assert.ok(count > 850 && count < 1150, String(counts));
    const other = Array.from({ length: 50 }, (_, i) => partitionOf(hasher, 'q', `e${i}`, 8));
    assert.notDeepEqual(
      other,
      Array.from({ length: 50 }, (_, i) => partitionOf(hasher, 'p', `e${i}`, 8)),
    );
    assert.equal(partitionOf(hasher, 'p', 'e', 1), 0);
  });
});
