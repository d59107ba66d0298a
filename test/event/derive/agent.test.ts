/** What a User-Agent says. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { AgentReader, isBot } from '../../../src/event/derive/agent.ts';
import { Lru } from '../../../src/event/derive/lru.ts';

const iphone =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/17.0 Mobile/15E148 Safari/604.1';
const ipad =
  'Mozilla/5.0 (iPad; CPU OS 16_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/16.6 Mobile/15E148 Safari/604.1';
const windows =
  'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/126.0.0.0 Safari/537.36';
const googlebot = 'Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)';

describe('a User-Agent', () => {
  const agents = new AgentReader();

  it('gives device, system and browser by name', () => {
    const read = (userAgent: string) => {
      const { device, os, browser } = agents.read(userAgent);
      return [device, os, browser];
    };
    assert.deepEqual(read(iphone), ['mobile', 'iOS', 'Safari']);
    assert.deepEqual(read(ipad), ['tablet', 'iOS', 'Safari']);
    assert.deepEqual(read(windows), ['desktop', 'Windows', 'Chrome']);
    assert.equal(read(googlebot)[0], '', 'a robot is no device');
  });

  it('of a robot is a robot for web and mobile, never for a server', () => {
    for (const userAgent of [googlebot, 'curl/8.5.0', 'python-requests/2.31']) {
      assert.equal(isBot(agents.read(userAgent), 'web'), true, userAgent);
      assert.equal(isBot(agents.read(userAgent), 'server'), false, userAgent);
    }
    assert.equal(isBot(agents.read(googlebot), 'mobile'), true);
    for (const userAgent of [iphone, windows, '', undefined]) {
      assert.equal(isBot(agents.read(userAgent), 'web'), false, userAgent);
    }
  });

  it('of an app is no robot, although the lists call its HTTP client one', () => {
    for (const userAgent of ['okhttp/4.9.3', 'Shop/2.1 CFNetwork/1410 Darwin/22.6.0', 'Dart/3.4 (dart:io)']) {
      assert.equal(isBot(agents.read(userAgent), 'mobile'), false, userAgent);
    }
  });

  it('may be anything', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 600 }), (userAgent) => {
        const agent = agents.read(userAgent);
        assert.equal(typeof agent.os + typeof agent.browser + typeof agent.device, 'stringstringstring');
      }),
      { numRuns: 300 },
    );
  });
});

describe('the memory of what was derived', () => {
  it('keeps the entries used last, up to its bound', () => {
    const lru = new Lru<string, number>(2);
    lru.set('a', 1);
    lru.set('b', 2);
    assert.equal(lru.get('a'), 1);
    lru.set('c', 3);
    assert.equal(lru.get('b'), undefined);
    assert.deepEqual([lru.get('a'), lru.get('c'), lru.size], [1, 3, 2]);
  });
});
