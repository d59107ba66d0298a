/** What a page's URL and its referrer say. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { readArrival } from '../../../src/event/derive/channel.ts';
import { readHost, readPage } from '../../../src/event/derive/page.ts';

describe('a URL', () => {
  it('gives host and path', () => {
    const cases: [string, string, string][] = [
      ['https://Example.COM:8443/A/b?x=1#y', 'example.com', '/A/b'],
      ['https://example.com', 'example.com', '/'],
      ['https://münchen.de/straße', 'xn--mnchen-3ya.de', '/stra%C3%9Fe'],
      ['/pricing?x=1#y', '', '/pricing'],
      ['//cdn.example.com/x', '', ''],
      ['pricing', '', ''],
      ['mailto:a@example.com', '', ''],
      ['about:blank', '', ''],
      ['javascript:alert(1)', '', ''],
      ['app://Home/settings/x', 'home', '/settings/x'],
      ['file:///c:/x', '', '/c:/x'],
      ['http://[2001:db8::1]/x', '[2001:db8::1]', '/x'],
      ['https://example.com/%E0%A4%A', 'example.com', '/%E0%A4%A'],
      ['https://', '', ''],
      ['https://a b/', '', ''],
      [`https://example.com/${'x'.repeat(8000)}`, 'example.com', `/${'x'.repeat(8000)}`],
    ];
    for (const [url, host, path] of cases) {
      const page = readPage(url);
      assert.deepEqual([page.host, page.path], [host, path], url.slice(0, 80));
      assert.equal(readHost(url), host);
    }
    assert.equal(readPage(undefined).path, '');
  });

  it('gives the campaign, decoded, without NUL and not too long', () => {
    const page = readPage(
      `/a?utm_source=New+Letter&utm_medium=e%2Dmail&utm_campaign=a%00b&utm_term=%ff&utm_content=${'😀'.repeat(300)}&utm_source=second`,
    );
    assert.deepEqual(
      [page.utmSource, page.utmMedium, page.utmCampaign, page.utmTerm],
      ['New Letter', 'e-mail', 'ab', '\ufffd'],
    );
    assert.equal(page.utmContent, '😀'.repeat(100));
    assert.equal(readPage('/a?utm_source=%').utmSource, '%');
  });

  it('may be anything', () => {
    const urls = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.webUrl({ withQueryParameters: true, withFragments: true }),
    );
    fc.assert(
      fc.property(urls, urls, (url, referrer) => {
        const page = readPage(url);
        const arrival = readArrival(page, url, referrer);
        for (const text of [page.host, page.path, page.utmSource, arrival.referrerHost]) {
          assert.ok(text.isWellFormed() && !text.includes('\0'));
        }
      }),
      { numRuns: 500 },
    );
  });
});

describe('the channel of a visit', () => {
  const channel = (url: string | undefined, referrer?: string) => readArrival(readPage(url), url, referrer);

  it('comes from the referrer', () => {
    const cases: [string | undefined, string, string][] = [
      [undefined, '', 'direct'],
      ['https://www.google.com/', 'www.google.com', 'search'],
      ['https://www.google.co.uk/', 'www.google.co.uk', 'search'],
      ['https://yandex.ru/', 'yandex.ru', 'search'],
      ['https://search.yahoo.co.jp/x', 'search.yahoo.co.jp', 'search'],
      ['https://google.example.com/', 'google.example.com', 'referral'],
      ['https://notgoogle.com/', 'notgoogle.com', 'referral'],
      ['https://mail.google.com/', 'mail.google.com', 'email'],
      ['https://gemini.google.com/', 'gemini.google.com', 'ai'],
      ['https://chatgpt.com/', 'chatgpt.com', 'ai'],
      ['https://l.facebook.com/', 'l.facebook.com', 'social'],
      ['https://t.co/x', 't.co', 'social'],
      ['android-app://com.google.android.gm/', 'com.google.android.gm', 'email'],
      ['https://blog.example.org/', 'blog.example.org', 'referral'],
      ['https://example.com/other', '', 'internal'],
      ['https://www.example.com/', '', 'internal'],
      ['garbage', '', 'direct'],
    ];
    for (const [referrer, referrerHost, expected] of cases) {
      assert.deepEqual(
        channel('https://example.com/a', referrer),
        { referrerHost, channel: expected },
        referrer,
      );
    }
  });

  it('comes from what the link says of itself first', () => {
    const cases: [string, string][] = [
      ['gclid=abc', 'paid'],
      ['gclid=', 'search'],
      ['utm_medium=cpc&utm_source=google', 'paid'],
      ['utm_medium=Paid_Social&utm_source=facebook', 'paid'],
      ['utm_medium=email', 'email'],
      ['utm_source=newsletter', 'email'],
      ['utm_source=chatgpt.com', 'ai'],
      ['utm_medium=social', 'social'],
      ['utm_source=Twitter', 'social'],
      ['utm_source=partner&utm_medium=qr', 'campaign'],
      ['fbclid=x', 'search'],
    ];
    for (const [query, expected] of cases) {
      assert.equal(channel(`/a?${query}`, 'https://www.google.com/').channel, expected, query);
    }
  });

  it('is empty for what is no page view', () => {
    assert.deepEqual(channel(undefined), { referrerHost: '', channel: '' });
  });
});
