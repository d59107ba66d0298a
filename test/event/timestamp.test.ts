/** ISO 8601, read strictly. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { parseTimestamp } from '../../src/event/timestamp.ts';

describe('a timestamp in ISO 8601', () => {
  it('is read to the millisecond, in UTC when it has no offset', () => {
    const noon = Date.UTC(2024, 1, 29, 12);
    const cases: [string, number][] = [
      ['2024-02-29', Date.UTC(2024, 1, 29)],
      ['2024-02-29T12:00', noon],
      ['2024-02-29T12:00:00', noon],
      ['2024-02-29 12:00:00', noon],
      ['2024-02-29t12:00:00z', noon],
      ['2024-02-29T12:00:00Z', noon],
      ['2024-02-29T12:00:00.1Z', noon + 100],
      ['2024-02-29T12:00:00,123456789Z', noon + 123],
      ['2024-02-29T12:00:00.9999', noon + 999],
      ['2024-02-29T17:30:00+05:30', noon],
      ['2024-02-29T17:30:00+0530', noon],
      ['2024-02-29T04:00-08', noon],
      ['2024-03-01T00:00:00.000+12:00', noon],
      ['2000-02-29T00:00:00Z', Date.UTC(2000, 1, 29)],
      ['0000-01-01', -62_167_219_200_000],
      ['0099-12-31', new Date('0099-12-31T00:00:00Z').getTime()],
    ];
    for (const [text, expected] of cases) assert.equal(parseTimestamp(text), expected, text);
  });

  it('is refused when it is no time at all', () => {
    const cases = [
      '',
      '2024',
      '2024-02',
      '2024-02-30',
      '2023-02-29',
      '1900-02-29',
      '2024-13-01',
      '2024-00-01',
      '2024-01-00',
      '2024-1-1',
      '20240101',
      '2024-W01-1',
      '2024-001',
      '+002024-01-01',
      '2024-01-01Z',
      '2024-01-01T',
      '2024-01-01T12',
      '2024-01-01T24:00:00Z',
      '2024-01-01T23:60:00Z',
      '2024-01-01T23:59:60Z',
      '2024-01-01T1:00:00Z',
      '2024-01-01T12:00:00.Z',
      '2024-01-01T12:00:00.1234567890Z',
      '2024-01-01T12:00.5Z',
      '2024-01-01T12:00:00+',
      '2024-01-01T12:00:00+1',
      '2024-01-01T12:00:00+24:00',
      '2024-01-01T12:00:00+01:60',
      '2024-01-01T12:00:00+01:0',
      '2024-01-01T12:00:00+01:000',
      '2024-01-01T12:00:00Zx',
      '2024-01-01T12:00:00 Z',
      ' 2024-01-01',
      '2024-01-01 ',
      '２０２４-01-01',
      'Mon, 01 Jan 2024 00:00:00 GMT',
    ];
    for (const text of cases) assert.equal(parseTimestamp(text), undefined, text);
  });

  it('agrees with what Date writes, for every time of the years 0 to 9999', () => {
    const times = fc.integer({ min: -62_167_219_200_000, max: 253_402_300_799_999 });
    fc.assert(fc.property(times, (ms) => parseTimestamp(new Date(ms).toISOString()) === ms));
  });

  it('never throws', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[0-9TZ:.+ -]{0,30}$/));
    fc.assert(
      fc.property(texts, (text) => {
        const at = parseTimestamp(text);
        return at === undefined || Number.isInteger(at);
      }),
    );
  });
});
