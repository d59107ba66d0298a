import assert from 'node:assert/strict';
import { test } from 'node:test';
import fc from 'fast-check';
import { Temporal } from 'temporal-polyfill';
import { bucketsOf, timeZoneName } from '../../src/plan/edges.ts';
import type { Interval } from '../../src/plan/plan.ts';
import { anchors, timeZones } from '../../src/testing/generators.ts';

const hour = 3_600_000;
const day = 24 * hour;
const at = (iso: string): number => Date.parse(iso);
const lengths = (from: string, to: string, interval: Interval, timeZone: string): number[] => {
  const { edges } = bucketsOf(at(from), at(to), interval, timeZone);
  return edges.slice(1).map((edge, i) => (edge - edges[i]!) / hour);
};

const range = fc
  .tuple(
    fc.constantFrom(...anchors),
    fc.integer({ min: -3 * day, max: 3 * day }),
    fc.integer({ min: 1, max: 100 * day }),
  )
  .map(([anchor, shift, length]) => ({ from: anchor + shift, to: anchor + shift + length }));
const zone = fc.constantFrom(
  ...timeZones,
  'America/New_York',
  'America/Havana',
  'Asia/Gaza',
  'Africa/Casablanca',
  'Antarctica/Troll',
);
const dates = fc.constantFrom<'day' | 'week' | 'month'>('day', 'week', 'month');

test('edges ascend, begin at from and end at to', () => {
  fc.assert(
    fc.property(
      range,
      zone,
      fc.constantFrom<Interval>('15m', 'hour', 'day', 'week', 'month'),
      ({ from, to }, timeZone, interval) => {
        const { edges, nominal } = bucketsOf(from, to, interval, timeZone);
        assert.deepEqual([edges[0], edges.at(-1)], [from, to]);
        assert.ok(edges.every((edge, i) => i === 0 || edge > edges[i - 1]!));
        assert.equal(nominal.length, edges.length);
        assert.ok(nominal[0]! <= from && nominal.at(-1)! >= to);
        assert.deepEqual(nominal.slice(1, -1), edges.slice(1, -1));
      },
    ),
  );
});

test('days, weeks and months begin when Temporal says that their first day does', () => {
  fc.assert(
    fc.property(range, zone, dates, ({ from, to }, timeZone, interval) => {
      for (const edge of bucketsOf(from, to, interval, timeZone).nominal) {
        const local = Temporal.Instant.fromEpochMilliseconds(edge).toZonedDateTimeISO(timeZone);
        assert.equal(local.startOfDay().epochMilliseconds, edge, local.toString());
        if (interval === 'week') assert.equal(local.dayOfWeek, 1);
        if (interval === 'month') assert.equal(local.day, 1);
      }
    }),
    // Where a whole Monday or first was skipped its date is the next one: none of these zones did so on such a day.
  );
});

test('no day is left out', () => {
  fc.assert(
    fc.property(range, zone, ({ from, to }, timeZone) => {
      const { nominal } = bucketsOf(from, to, 'day', timeZone);
      const first = Temporal.Instant.fromEpochMilliseconds(nominal[0]!).toZonedDateTimeISO(timeZone);
      let date = first.toPlainDate();
      const expected: number[] = [];
      for (;;) {
        const start = date.toZonedDateTime(timeZone).epochMilliseconds;
        if (start !== expected.at(-1)) expected.push(start);
        if (start >= to) break;
        date = date.add({ days: 1 });
      }
      assert.deepEqual(nominal, expected);
    }),
  );
});

test('hours and quarters begin on a full one of the local clock, or where it jumps', () => {
  fc.assert(
    fc.property(
      range,
      zone,
      fc.constantFrom<'15m' | 'hour'>('15m', 'hour'),
      ({ from, to }, timeZone, interval) => {
        const end = Math.min(to, from + 4 * day);
        for (const edge of bucketsOf(from, end, interval, timeZone).nominal) {
          const local = Temporal.Instant.fromEpochMilliseconds(edge).toZonedDateTimeISO(timeZone);
          const before = Temporal.Instant.fromEpochMilliseconds(edge - 1).toZonedDateTimeISO(timeZone);
          const minutes = interval === 'hour' ? 60 : 15;
          const isFull = local.minute % minutes === 0 && local.second === 0 && local.millisecond === 0;
          assert.ok(isFull || local.offsetNanoseconds !== before.offsetNanoseconds, local.toString());
        }
      },
    ),
  );
});

test('a day has 23 hours when clocks go forward and 25 when they go back', () => {
  assert.deepEqual(lengths('2025-03-29T23:00Z', '2025-03-31T22:00Z', 'day', 'Europe/Berlin'), [23, 24]);
  assert.deepEqual(lengths('2025-10-25T22:00Z', '2025-10-27T23:00Z', 'day', 'Europe/Berlin'), [25, 24]);
  assert.equal(lengths('2025-10-25T22:00Z', '2025-10-26T23:00Z', 'hour', 'Europe/Berlin').length, 25);
});

test('days begin at the half hour of zones that are half an hour off', () => {
  const { edges } = bucketsOf(at('2025-06-14T18:30Z'), at('2025-06-16T18:30Z'), 'day', 'Asia/Kolkata');
  assert.deepEqual(
    edges.map((edge) => new Date(edge).toISOString().slice(8, 16)),
    ['14T18:30', '15T18:30', '16T18:30'],
  );
  assert.deepEqual(lengths('2025-06-14T18:15Z', '2025-06-15T18:15Z', 'day', 'Asia/Kathmandu'), [24]);
});

test('clocks that go back half an hour make an hour of 90 minutes, and forward one of 30', () => {
  assert.deepEqual(
    lengths('2025-04-05T14:00Z', '2025-04-05T16:30Z', 'hour', 'Australia/Lord_Howe'),
    [1.5, 1],
  );
  assert.deepEqual(
    lengths('2025-10-04T14:30Z', '2025-10-04T17:00Z', 'hour', 'Australia/Lord_Howe'),
    [1, 0.5, 1],
  );
  assert.deepEqual(lengths('2025-04-05T13:00Z', '2025-04-06T13:30Z', 'day', 'Australia/Lord_Howe'), [24.5]);
});

test('a day begins at 01:00 where midnight does not exist', () => {
  assert.deepEqual(lengths('2018-11-03T03:00Z', '2018-11-05T02:00Z', 'day', 'America/Sao_Paulo'), [24, 23]);
});

test('a day whose midnight comes twice begins at the first', () => {
  assert.deepEqual(lengths('2025-11-02T04:00Z', '2025-11-03T05:00Z', 'day', 'America/Havana'), [25]);
});

test('a date that the zone skipped has no bucket', () => {
  assert.deepEqual(lengths('2011-12-29T10:00Z', '2011-12-31T10:00Z', 'day', 'Pacific/Apia'), [24, 24]);
});

test('the first and the last bucket are clipped to the range and keep their nominal borders', () => {
  const { edges, nominal } = bucketsOf(at('2025-06-04T12:00Z'), at('2025-06-17T12:00Z'), 'week', 'UTC');
  assert.deepEqual(edges, ['2025-06-04T12:00Z', '2025-06-09', '2025-06-16', '2025-06-17T12:00Z'].map(at));
  assert.deepEqual(nominal, ['2025-06-02', '2025-06-09', '2025-06-16', '2025-06-23'].map(at));
});

test('a year by the hour has 8,760 buckets', () => {
  assert.equal(lengths('2025-01-01', '2026-01-01', 'hour', 'America/New_York').length, 8_760);
});

test('time zones are known by their IANA names, in any case', () => {
  assert.equal(timeZoneName('europe/berlin'), 'Europe/Berlin');
  for (const wrong of ['', '+02:00', 'Mars/Olympus', '__proto__', 'UTC\u0000', '../etc'])
    assert.equal(timeZoneName(wrong), undefined);
});
