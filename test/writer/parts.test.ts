import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import type { Signals } from '../../src/telemetry/signals.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { backoffMs } from '../../src/writer/backoff.ts';
import { ledgerOf, progressAfter } from '../../src/writer/ledger.ts';
import { OffsetSet } from '../../src/writer/offset-set.ts';
import { describeReason, quarantineReasons } from '../../src/writer/quarantine.ts';
import { RecentRate } from '../../src/writer/recent-rate.ts';
import { ModeSwitch } from '../../src/writer/writer-mode.ts';

test('offsets are found in ranges as in a plain set', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.nat(60)), fc.nat(60), fc.nat(60), (offsets, a, b) => {
      const plain = new Set(offsets);
      const ranges: [number, number][] = [];
      for (let offset = 0; offset <= 60; offset++) {
        if (!plain.has(offset)) continue;
        if (ranges.at(-1)?.[1] === offset) ranges.at(-1)![1]++;
        else ranges.push([offset, offset + 1]);
      }
      const set = new OffsetSet(ranges);
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      for (let offset = 0; offset <= 61; offset++) assert.equal(set.has(offset), plain.has(offset));
      assert.equal(set.count(from, to), offsets.filter((offset) => offset >= from && offset < to).length);
    }),
  );
});

test('a window whose offsets do not all have one fate never becomes a progress', () => {
  const before = { next: 10, stored: 10, duplicates: 0, quarantined: 0 };
  const window = { from: 10, to: 20, stored: 5, duplicates: 2, quarantined: 1, lost: 2 };
  const after = progressAfter(before, window);
  assert.deepEqual(after, { next: 20, stored: 15, duplicates: 2, quarantined: 1 });
  assert.equal(ledgerOf(after, { first: 0, next: 25 }).lost, 2);
  assert.throws(() => progressAfter(before, { ...window, lost: 1 }), /10-20/);
  assert.throws(() => progressAfter(before, { ...window, from: 9 }), /begins at 9/);
});

test('waiting grows from the least to the most and is never shorter than half a step', () => {
  const bounds = { backoffMinMs: 50, backoffMaxMs: 5000 };
  const least = [1, 2, 3, 8, 60, 4000].map((attempt) => backoffMs(attempt, bounds, () => 0));
  const most = [1, 2, 3, 8, 60, 4000].map((attempt) => backoffMs(attempt, bounds, () => 1));
  assert.deepEqual(least, [25, 50, 100, 2500, 2500, 2500]);
  assert.deepEqual(most, [50, 100, 200, 5000, 5000, 5000]);
});

test('a transition that the table does not have is a defect; each other one is published', () => {
  const telemetry = new Telemetry();
  const seen: Signals['writer.mode'][] = [];
  telemetry.subscribe('writer.mode', (signal) => seen.push(signal));
  const modes = new ModeSwitch(4, telemetry);
  modes.set('recovering');
  modes.set('recovering');
  assert.throws(() => modes.set('inserting'), /from recovering to inserting/);
  modes.set('stopped');
  assert.throws(() => modes.set('recovering'), /from stopped to recovering/);
  assert.deepEqual(seen, [
    { partition: 4, from: 'starting', to: 'recovering' },
    { partition: 4, from: 'recovering', to: 'stopped' },
  ]);
});

test('each reason for the quarantine has its own description', () => {
  assert.equal(new Set(quarantineReasons.map(describeReason)).size, quarantineReasons.length);
});

test('the rate counts the last ten seconds and forgets what is older', () => {
  let at = 5_000;
  const clock = { now: () => at, monotonic: () => at, sleep: async () => {} };
  const rate = new RecentRate(clock);
  rate.add(100);
  at += 3_000;
  rate.add(50);
  assert.equal(rate.perSecond(), 15);
  at += 7_000;
  assert.equal(rate.perSecond(), 5);
  at += 3_600_000;
  assert.equal(rate.perSecond(), 0);
});
