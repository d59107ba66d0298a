/** From an accepted event to its row. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Event } from '../../src/event/event.ts';
import { openPrepareTools, prepareRow } from '../../src/writer/prepare.ts';

const tools = await openPrepareTools();
const origin = { partition: 2, offset: 7, project: 'p', receivedAt: 1000 };
const event: Event = { eventId: 'e', type: 'x', timestamp: 5, source: 'web' };
const prepare = (fields: Partial<Event>) => prepareRow({ ...event, ...fields }, origin, tools);

const firefox = 'Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0';

describe('the row of an event', () => {
  it('has every column, blank where the event says nothing', () => {
    const row = prepare({});
    const { properties, personKey, amount, bot, ...rest } = row;
    assert.deepEqual([properties, personKey, amount, bot], [{}, 0n, null, false]);
    const { eventId, type, source, timestamp, ...blank } = rest;
    assert.deepEqual([eventId, type, source, timestamp], ['e', 'x', 'web', 5]);
    const { partition, offset, project, receivedAt, ...texts } = blank;
    assert.deepEqual({ partition, offset, project, receivedAt }, origin);
    for (const [name, value] of Object.entries(texts)) assert.equal(value, '', name);
  });

  it('has the same shape whatever the event holds', () => {
    const full = prepare({
      userId: 'u',
      url: 'https://a.b/c',
      amount: '1',
      properties: { a: 1 },
      userAgent: firefox,
    });
    assert.deepEqual(Object.keys(full), Object.keys(prepare({})));
  });

  it('has the person of userId, else of anonymousId', () => {
    assert.equal(
      prepare({ userId: 'a', anonymousId: 'b' }).personKey,
      prepare({ anonymousId: 'a' }).personKey,
    );
    assert.notEqual(prepare({ userId: 'a' }).personKey, prepare({ userId: 'b' }).personKey);
  });

  it('has device, system and browser as sent, the rest from the User-Agent, which it does not keep', () => {
    const row = prepare({ userAgent: firefox, os: 'My OS' });
    assert.deepEqual([row.device, row.os, row.browser, row.bot], ['desktop', 'My OS', 'Firefox', false]);
    assert.ok(!JSON.stringify(Object.values(row).map(String)).includes('Gecko'));
  });

  it('has the verdict on robots for web, none for a server', () => {
    assert.equal(prepare({ userAgent: 'curl/8' }).bot, true);
    assert.equal(prepare({ userAgent: 'curl/8', source: 'server' }).bot, false);
  });

  it('has host, path, campaign and channel of the page', () => {
    const row = prepare({
      url: 'https://example.com/a?utm_source=s&utm_medium=email&utm_campaign=c&utm_term=t&utm_content=n',
      referrer: 'https://news.example.org/x',
    });
    assert.deepEqual(
      [row.host, row.path, row.referrerHost, row.channel],
      ['example.com', '/a', 'news.example.org', 'email'],
    );
    assert.deepEqual(
      [row.utmSource, row.utmMedium, row.utmCampaign, row.utmTerm, row.utmContent],
      ['s', 'email', 'c', 't', 'n'],
    );
  });

  it('has its amount in ten-thousandths', () => {
    const cases: [string, bigint][] = [
      ['0', 0n],
      ['12.5', 125_000n],
      ['-0.0001', -1n],
      ['-12.34', -123_400n],
      ['99999999999999.9999', 999_999_999_999_999_999n],
    ];
    for (const [amount, expected] of cases) assert.equal(prepare({ amount }).amount, expected, amount);
  });
});
