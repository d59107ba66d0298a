import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { test } from 'node:test';
import fc from 'fast-check';
import { systemClock } from '../../../src/clock.ts';
import { removable } from '../../../src/log/disk/retention.ts';
import { Segment } from '../../../src/log/disk/segment.ts';
import type { Signals } from '../../../src/telemetry/signals.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { openLog, segmentFiles, temporaryDirectory } from './harness.ts';

/** Segments of ten offsets and 100 bytes each, written at 0, 1000, 2000, … */
const segments = Array.from({ length: 6 }, (_, i) => new Segment(`${i}`, i * 10, i * 10 + 10, 100, i * 1000));
const rule = { consumed: 60, now: 10_000, retainBytesMax: 0, retainMs: 0 };
const names = (kept: readonly Segment[]) => kept.map(({ path }) => path).join('');

test('removes what is consumed, and never the newest', () => {
  assert.equal(names(removable(segments, rule)), '01234');
  assert.equal(names(removable(segments, { ...rule, consumed: 0 })), '');
  assert.equal(names(removable(segments, { ...rule, consumed: 9 })), '');
  assert.equal(names(removable(segments, { ...rule, consumed: 10 })), '0');
  assert.equal(names(removable(segments, { ...rule, consumed: 39 })), '012');
  assert.deepEqual(removable([], rule), []);
  assert.deepEqual(removable(segments.slice(0, 1), rule), []);
});

test('retains consumed segments while they are both young and within the bytes', () => {
  const forever = Number.MAX_SAFE_INTEGER;
  assert.equal(names(removable(segments, { ...rule, retainBytesMax: 250, retainMs: forever })), '012');
  assert.equal(names(removable(segments, { ...rule, retainBytesMax: 500, retainMs: forever })), '');
  assert.equal(names(removable(segments, { ...rule, retainBytesMax: forever, retainMs: 8500 })), '01');
  assert.equal(names(removable(segments, { ...rule, retainBytesMax: 0, retainMs: forever })), '01234');
  assert.equal(names(removable(segments, { ...rule, retainBytesMax: forever, retainMs: 0 })), '01234');
});

test('never removes anything at or above the writer’s progress, nor leaves a hole', () => {
  const numbers = fc.record({
    consumed: fc.nat(70),
    now: fc.nat(20_000),
    retainBytesMax: fc.nat(700),
    retainMs: fc.nat(20_000),
  });
  fc.assert(
    fc.property(numbers, (generated) => {
      const going = removable(segments, generated);
      assert.deepEqual(going, segments.slice(0, going.length));
      assert.ok(going.length < segments.length);
      for (const { next } of going) assert.ok(next <= generated.consumed);
    }),
  );
});

test('trimming removes the files and says so', async (context) => {
  const directory = temporaryDirectory(context);
  const telemetry = new Telemetry();
  const trimmed: Signals['log.trimmed'][] = [];
  telemetry.subscribe('log.trimmed', (signal) => trimmed.push(signal));
  const log = await openLog(context, directory, { segmentBytes: 1024, telemetry });
  for (let i = 0; i < 5; i++) await log.append(0, 1, Buffer.alloc(1000));
  const paths = segmentFiles(directory);
  await log.trim(0, 3);
  assert.deepEqual(paths.map(existsSync), [false, false, false, true, true]);
  assert.deepEqual(trimmed, [{ partition: 0, below: 3, bytes: 3 * 1028 }]);
  assert.equal(log.usage().bytes, 2 * 1028);
});

test('an old segment is followed by a new one, also when nothing is appended any more', async (context) => {
  const directory = temporaryDirectory(context);
  const clock = { ...systemClock, at: 0, now: () => Date.now() + clock.at, monotonic: () => clock.at };
  const log = await openLog(context, directory, { clock, segmentMs: 60_000 });
  const bases = () => segmentFiles(directory).map((path) => Number.parseInt(basename(path), 10));
  await log.append(0, 1, Buffer.from('a'));
  await log.append(0, 1, Buffer.from('b'));
  assert.deepEqual(bases(), [0]);
  clock.at += 60_000;
  await log.append(0, 1, Buffer.from('c'));
  assert.deepEqual(bases(), [0, 2]);
  await log.trim(0, 3);
  assert.deepEqual(bases(), [2]);
  clock.at += 60_000;
  await log.trim(0, 3);
  assert.deepEqual(bases(), [3]);
  await log.close();
  const again = await openLog(context, directory, { clock });
  assert.deepEqual(again.ends(0), { first: 3, next: 3 });
  assert.equal(await again.append(0, 1, Buffer.from('d')), 3);
  assert.equal((await again.read(0, 3, { eventsMax: 1, bytesMax: 1 })).length, 1);
});
