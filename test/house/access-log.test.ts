/** Lines of an access log as events, for scripts/send-access-log.ts. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOfLine } from '../../scripts/access-log/parse-line.ts';

const options = { site: 'https://www.example.com', visitor: 'address' } as const;
const line =
  '192.0.2.7 - - [17/May/2015:10:05:03 +0200] "GET /blog/a?b=1 HTTP/1.1" 200 203023 "http://example.org/from" "Mozilla/5.0 (\\"X\\")"';

describe('a line of an access log', () => {
  it('becomes an event', () => {
    const { eventId, ...event } = eventOfLine(line, 0, options) as { eventId: string };
    assert.match(eventId, /^[0-9a-f]{32}$/);
    assert.deepEqual(event, {
      type: 'pageview',
      timestamp: '2015-05-17T10:05:03+02:00',
      source: 'web',
      ip: '192.0.2.7',
      anonymousId: '192.0.2.7',
      userAgent: 'Mozilla/5.0 ("X")',
      url: 'https://www.example.com/blog/a?b=1',
      referrer: 'http://example.org/from',
      properties: { method: 'GET', status: 200, bytes: 203023 },
    });
  });

  it('is the same event when it is sent again, and another one when it stands there twice', () => {
    const id = (occurrence: number) =>
      (eventOfLine(line, occurrence, options) as { eventId: string }).eventId;
    assert.equal(id(0), id(0));
    assert.notEqual(id(0), id(1));
  });

  it('may lack referrer, User-Agent and size', () => {
    const event = eventOfLine('::1 - bob [01/Jan/2020:00:00:00 +0000] "-" 408 -', 0, {
      ...options,
      visitor: 'derived',
    });
    assert.deepEqual(Object.keys(event!), ['type', 'timestamp', 'eventId', 'source', 'ip', 'properties']);
  });

  it('is no event when it is something else', () => {
    assert.equal(eventOfLine('hello', 0, options), undefined);
    assert.equal(eventOfLine(line.replace('May', 'Mai'), 0, options), undefined);
  });
});
