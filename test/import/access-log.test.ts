/** Lines of an access log as events. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { eventOfLine } from '../../src/import/access-log.ts';
import { readAccessLog } from '../../src/import/readers.ts';
import { linesOf, mappingOf, outcomes } from './rows.ts';

const options = { site: 'https://www.example.com', visitor: 'address' } as const;
const line =
  '192.0.2.7 - - [17/May/2015:10:05:03 +0200] "GET /blog/a?b=1 HTTP/1.1" 200 203023 "http://example.org/from" "Mozilla/5.0 (\\"X\\")"';

describe('a line of an access log', () => {
  it('becomes an event', () => {
    assert.deepEqual(eventOfLine(line, options), {
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

  it('leaves the visitor to the server, and the path alone, when nothing else is said', () => {
    const event = eventOfLine(line, { site: '', visitor: 'address+agent' })!;
    assert.deepEqual([event.anonymousId, event.url], [undefined, '/blog/a?b=1']);
  });

  it('may lack referrer, User-Agent and size, and may have a user with blanks', () => {
    for (const user of ['bob', 'bob the builder', '-']) {
      const event = eventOfLine(`::1 - ${user} [01/Jan/2020:00:00:00 +0000] "-" 408 -`, {
        ...options,
        visitor: 'address+agent',
      });
      assert.deepEqual(Object.keys(event!), ['type', 'timestamp', 'source', 'ip', 'properties']);
    }
  });

  it('is no event when it is something else', () => {
    assert.equal(eventOfLine('hello', options), undefined);
    assert.equal(eventOfLine(line.replace('May', 'Mai'), options), undefined);
  });

  it('is rejected by itself, and constants win over what it says', async () => {
    const text = `${line}\nhello\n\n${line}`;
    const set = ['type=request', 'properties.server=a1'];
    const [first, second, third] = await outcomes(
      readAccessLog(linesOf(text), { isLatin1: false, mapping: mappingOf({ set }) }, options),
    );
    assert.deepEqual(second, [2, 'not_a_log_line']);
    assert.deepEqual(first, third);
    const { type, properties } = first as { type: string; properties: object };
    assert.equal(type, 'request');
    assert.deepEqual(properties, { method: 'GET', status: 200, bytes: 203023, server: 'a1' });
  });
});
