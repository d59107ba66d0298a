import assert from 'node:assert/strict';
import { test } from 'node:test';
import { parseTime } from '../../src/plan/time.ts';

const shown = (value: unknown, timeZone = 'UTC'): string => {
  const moment = parseTime(value, timeZone);
  if (typeof moment === 'string') return moment;
  return [moment.from, moment.end].map((time) => new Date(time).toISOString()).join(' ');
};

const cases: readonly (readonly [value: unknown, timeZone: string, from: string, end: string])[] = [
  ['2025-06-15', 'UTC', '2025-06-15T00:00:00.000Z', '2025-06-16T00:00:00.000Z'],
  ['2025-06-15', 'Asia/Kolkata', '2025-06-14T18:30:00.000Z', '2025-06-15T18:30:00.000Z'],
  ['2025-03-30', 'Europe/Berlin', '2025-03-29T23:00:00.000Z', '2025-03-30T22:00:00.000Z'],
  ['2018-11-04', 'America/Sao_Paulo', '2018-11-04T03:00:00.000Z', '2018-11-05T02:00:00.000Z'],
  ['2025-06-15T12:30Z', 'Asia/Kolkata', '2025-06-15T12:30:00.000Z', '2025-06-15T12:30:00.001Z'],
  ['2025-06-15T12:30:59.5+02:00', 'UTC', '2025-06-15T10:30:59.500Z', '2025-06-15T10:30:59.501Z'],
  ['2025-06-15 12:30:00,123456789z', 'UTC', '2025-06-15T12:30:00.124Z', '2025-06-15T12:30:00.124Z'],
  ['2025-06-15T12:30:00.123000-0330', 'UTC', '2025-06-15T16:00:00.123Z', '2025-06-15T16:00:00.124Z'],
  ['2025-06-15T12:30', 'Asia/Kolkata', '2025-06-15T07:00:00.000Z', '2025-06-15T07:00:00.001Z'],
  ['2025-10-26T02:30', 'Europe/Berlin', '2025-10-26T00:30:00.000Z', '2025-10-26T00:30:00.001Z'],
  ['2025-03-30T02:30', 'Europe/Berlin', '2025-03-30T01:30:00.000Z', '2025-03-30T01:30:00.001Z'],
  [1_750_000_000_000, 'UTC', '2025-06-15T15:06:40.000Z', '2025-06-15T15:06:40.001Z'],
  [-1, 'UTC', '1969-12-31T23:59:59.999Z', '1970-01-01T00:00:00.000Z'],
];

for (const [value, timeZone, from, end] of cases) {
  test(`reads ${value} in ${timeZone} as ${from} up to ${end}`, () =>
    assert.equal(shown(value, timeZone), `${from} ${end}`));
}

test('refuses dates and times that do not exist', () => {
  for (const wrong of [
    '2025-02-29',
    '2025-13-01',
    '2025-00-10',
    '2025-06-15T24:00Z',
    '2025-06-15T12:60Z',
    '2025-06-15T12:00:60Z',
    '2025-06-15T12:00+24:00',
  ]) {
    assert.match(shown(wrong), /date and time that exist/, wrong);
  }
});

test('refuses what is no time, and says what a time looks like', () => {
  for (const wrong of [
    '',
    'now',
    '15.06.2025',
    '2025-6-1',
    '1750000000000',
    '2025-06-15T12',
    '2025-06-15\n',
    '+012025-06-15',
  ]) {
    assert.match(shown(wrong), /must be a time like/, JSON.stringify(wrong));
  }
  for (const wrong of [null, undefined, {}, [], true]) assert.match(shown(wrong), /must be a time/);
});

test('refuses numbers that are no whole milliseconds, or are out of range', () => {
  assert.match(shown(1.5), /whole number/);
  assert.match(shown(Number.NaN), /whole number/);
  assert.match(shown(1e18), /years 0 to 9999/);
});
