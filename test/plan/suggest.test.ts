import assert from 'node:assert/strict';
import { test } from 'node:test';
import { suggest } from '../../src/plan/suggest.ts';

const names = ['timeZone', 'userId', 'utmSource', 'os', 'country'];

test('another spelling and a slip of the keys find the name that was meant', () => {
  const meant = {
    time_zone: 'timeZone',
    TIMEZONE: 'timeZone',
    userid: 'userId',
    usrId: 'userId',
    'utm-source': 'utmSource',
    contry: 'country',
    so: undefined,
  };
  for (const [wrong, name] of Object.entries(meant)) assert.equal(suggest(wrong, names), name, wrong);
});

test('a name that is like none finds none, and a very long one is not compared', () => {
  for (const wrong of ['', 'weather', 'x'.repeat(1_000_000)]) assert.equal(suggest(wrong, names), undefined);
});
