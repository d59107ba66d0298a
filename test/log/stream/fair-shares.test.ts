import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { fairShares } from '../../../src/log/stream/fair-shares.ts';

const world = fc.record({
  members: fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e'), { minLength: 1 }),
  holders: fc.array(fc.constantFrom('', 'a', 'b', 'c', 'd', 'e', 'gone'), { minLength: 1, maxLength: 20 }),
});

test('shares are equal but for one, and together they are all partitions', () => {
  fc.assert(
    fc.property(world, ({ members, holders }) => {
      const shares = [...fairShares(holders, members).values()];
      assert.equal(shares.length, members.length);
      assert.equal(
        shares.reduce((sum, share) => sum + share, 0),
        holders.length,
      );
      assert.ok(Math.max(...shares) - Math.min(...shares) <= 1);
    }),
  );
});

test('everybody comes to the same, in whatever order the members are told', () => {
  fc.assert(
    fc.property(world, ({ members, holders }) => {
      const shares = [...fairShares(holders, members)].sort();
      assert.deepEqual([...fairShares(holders, members.toReversed())].sort(), shares);
    }),
  );
});

test('whoever acts on the shares needs no second round, and nothing that is even is moved', () => {
  fc.assert(
    fc.property(world, ({ members, holders }) => {
      const shares = fairShares(holders, members);
      const now: string[] = [...holders];
      for (const [member, share] of shares) {
        let held = 0;
        now.forEach((holder, partition) => {
          if (holder === member && ++held > share) now[partition] = '';
        });
      }
      for (const [member, share] of shares) {
        let held = now.filter((holder) => holder === member).length;
        now.forEach((holder, partition) => {
          if ((holder === '' || !(members as string[]).includes(holder)) && held < share) {
            now[partition] = member;
            held++;
          }
        });
      }
      const again = fairShares(now, members);
      for (const member of members)
        assert.equal(now.filter((holder) => holder === member).length, again.get(member));
    }),
  );
});
