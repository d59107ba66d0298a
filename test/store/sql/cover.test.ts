/** Covers are checked against what they must be: the range once, pieces within one bucket, nothing dirty but from rows. */
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import fc from 'fast-check';
import { type Cover, cover, type Range, rangesMax, type Tier, tierMs } from '../../../src/store/sql/cover.ts';

const minute = 60_000;
const hour = tierMs.hour;
const day = tierMs.day;
const allTiers = ['day', 'hour', 'slot'] as const;

describe('a cover', () => {
  test('takes the largest pieces inside and the rest from raw rows', () => {
    const { raw, tiers } = cover([day - hour - 20 * minute, 3 * day + 5 * minute], allTiers, []);
    assert.deepEqual(tiers.day, [{ from: day, to: 3 * day }]);
    assert.deepEqual(tiers.hour, [{ from: day - hour, to: day }]);
    assert.deepEqual(tiers.slot, [{ from: day - hour - 15 * minute, to: day - hour }]);
    assert.deepEqual(raw, [
      { from: day - hour - 20 * minute, to: day - hour - 15 * minute },
      { from: 3 * day, to: 3 * day + 5 * minute },
    ]);
  });

  test('takes whole days of another zone from hours and slots, in one range when buckets touch', () => {
    const edges = [-5.5 * hour, -5.5 * hour + day, -5.5 * hour + 2 * day];
    const { raw, tiers } = cover(edges, allTiers, []);
    assert.deepEqual([raw, tiers.day], [[], []]);
    assert.deepEqual(cover(edges, ['slot'], []).tiers.slot, [
      { from: -5.5 * hour, to: -5.5 * hour + 2 * day },
    ]);
    assert.equal(tiers.hour.length, 2);
  });

  test('takes dirty days from raw rows', () => {
    const { raw, tiers } = cover([0, 4 * day], allTiers, [{ from: day, to: 2 * day }]);
    assert.deepEqual(raw, [{ from: day, to: 2 * day }]);
    assert.deepEqual(tiers.day, [
      { from: 0, to: day },
      { from: 2 * day, to: 4 * day },
    ]);
  });

  test('uses fewer tiers rather than more ranges than its bound', () => {
    const edges = Array.from({ length: 3_001 }, (_, i) => i * day + 30 * minute);
    const pieces = cover(edges, allTiers, []);
    assert.equal(countRanges(pieces), 1);
    assert.equal(pieces.tiers.slot.length, 1);
    const odd = Array.from({ length: 3_001 }, (_, i) => i * day + minute);
    assert.deepEqual(cover(odd, allTiers, []).raw, [{ from: minute, to: 3_000 * day + minute }]);
  });

  test('covers any range exactly once, no piece in two buckets', () => {
    const edge = fc.oneof(
      fc.integer({ min: -400, max: 400 }).map((n) => n * tierMs.slot),
      fc.integer({ min: -4 * day, max: 4 * day }),
    );
    const edges = fc
      .uniqueArray(edge, { minLength: 2, maxLength: 12 })
      .map((some) => some.sort((a, b) => a - b));
    const dirty = fc
      .uniqueArray(fc.integer({ min: -5, max: 5 }), { maxLength: 3 })
      .map((some) => some.sort((a, b) => a - b).map((n): Range => ({ from: n * day, to: (n + 1) * day })));
    fc.assert(
      fc.property(
        edges,
        dirty,
        fc.constantFrom<readonly Tier[]>(allTiers, ['slot']),
        (borders, marked, tiers) => {
          const pieces = cover(borders, tiers, marked);
          const all = [...pieces.raw, ...Object.values(pieces.tiers).flat()].sort((a, b) => a.from - b.from);
          assert.equal(all[0]!.from, borders[0]);
          assert.equal(all.at(-1)!.to, borders.at(-1));
          for (let i = 1; i < all.length; i++) assert.equal(all[i]!.from, all[i - 1]!.to);
          for (const tier of tiers) {
            for (const { from, to } of pieces.tiers[tier]) {
              assert.ok(from % tierMs[tier] === 0 && to % tierMs[tier] === 0);
              assert.ok(!marked.some((one) => one.from < to && from < one.to), 'nothing dirty');
              for (const border of borders)
                assert.ok(border <= from || border >= to || border % tierMs[tier] === 0);
            }
          }
        },
      ),
    );
  });
});

const countRanges = (pieces: Cover): number =>
  pieces.raw.length + Object.values(pieces.tiers).reduce((sum, some) => sum + some.length, 0);

assert.ok(rangesMax >= 730, 'a year of days in India has two ranges a day');
