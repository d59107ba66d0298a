/** The script of pages in a real browser, on pages of another origin than the server's, which is real too. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, it, type TestContext } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { keys, type Opened, openMillrace } from './server.ts';

const bytesMax = 2_048;
const browser = useBrowser();

interface Stored {
  readonly type: string;
  readonly path?: string;
  readonly referrer?: string;
  readonly properties?: Readonly<Record<string, unknown>>;
  readonly [field: string]: unknown;
}

/** A site whose every page holds the script with these attributes, and calls that come before it. */
async function openSite(t: TestContext, server: string, attributes = '', early = ''): Promise<string> {
  const html = `<!doctype html><title>Shop</title>
<script>window.millrace=window.millrace||function(){(millrace.q=millrace.q||[]).push(arguments)};${early}</script>
<script defer src="${server}/m.js" data-key="${keys.write}" ${attributes}></script>
<a id="out" href="http://localhost:1/away">away</a> <a id="in" href="/next">next</a>`;
  const site = createServer((request, response) => {
    if (request.url === '/favicon.ico') response.writeHead(204).end();
    else response.writeHead(200, { 'content-type': 'text/html' }).end(html);
  });
  await new Promise<void>((resolve) => site.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    site.closeAllConnections();
    site.close();
  });
  return `http://127.0.0.1:${(site.address() as AddressInfo).port}`;
}

async function openPage(t: TestContext, url: string): Promise<Page> {
  const context = await browser().newContext();
  t.after(() => context.close());
  const page = await context.newPage();
  await page.goto(url);
  return page;
}

/** What is stored once there are `wanted`, oldest first. */
async function stored(server: Opened, wanted: number): Promise<readonly Stored[]> {
  await server.count(wanted);
  const response = await fetch(`${server.url}/api/v1/query`, {
    method: 'POST',
    headers: { authorization: `Bearer ${keys.read}`, 'content-type': 'application/json' },
    body: JSON.stringify({
      kind: 'events',
      from: '2020-01-01',
      to: '2100-01-01',
      limit: 100,
      bots: 'include',
    }),
  });
  const { data } = (await response.json()) as { data: { events: readonly Stored[] } };
  return data.events.toReversed();
}

const typesOf = (events: readonly Stored[]) => events.map(({ type }) => type);

describe('the script of pages', () => {
  it('is small', () => {
    const script = readFileSync(new URL('../../tracker/browser/dist/m.js', import.meta.url));
    const bytes = gzipSync(script, { level: 9 }).byteLength;
    assert.ok(bytes <= bytesMax, `${bytes} bytes`);
  });

  it('tells page views with what the browser knows, sets no cookie and keeps nothing', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url);
    const page = await openPage(t, `${site}/prices?utm_source=letter`);
    const [view] = await stored(server, 1);
    assert.equal(view?.type, 'pageview');
    assert.equal(view.url, `${site}/prices?utm_source=letter`);
    assert.equal(view.title, 'Shop');
    assert.match(String(view.screen), /^\d+x\d+$/);
    assert.equal(view.source, 'web');
    assert.deepEqual(await page.context().cookies(), []);
    assert.equal(await page.evaluate('localStorage.length + sessionStorage.length'), 0);
  });

  it('tells each page of a single-page app once, with the one before as its referrer', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url);
    const page = await openPage(t, `${site}/`);
    await page.evaluate("history.pushState({}, '', '/one')");
    await page.evaluate("history.replaceState({}, '', '/one')");
    await page.evaluate("history.replaceState({}, '', '/one#part')");
    await page.evaluate("history.pushState({}, '', '/two')");
    await page.goBack();
    const views = await stored(server, 4);
    assert.deepEqual(
      views.map(({ path }) => path),
      ['/', '/one', '/two', '/one'],
    );
    assert.equal(views[2]?.referrer, `${site}/one`);
  });

  it('tells pages by their hash when asked', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url, 'data-hash="on"');
    const page = await openPage(t, `${site}/#a`);
    await page.evaluate("location.hash = 'b'");
    const views = await stored(server, 2);
    assert.deepEqual(
      views.map(({ url }) => String(url).slice(site.length)),
      ['/#a', '/#b'],
    );
  });

  it('takes events, money, experiments and people, also those said before it was there', async (t) => {
    const server = await openMillrace(t);
    const early = "millrace('set', {userId: 'ada', plan: 'pro'}); millrace('early', {n: 1});";
    const page = await openPage(t, await openSite(t, server.url, '', early));
    await page.evaluate(
      "millrace('purchase', {amount: '49.90', currency: 'EUR', productId: 'book', gift: true})",
    );
    await page.evaluate("millrace('EXPOSURE', {experimentId: 'price', variantKey: 'B'})");
    const events = await stored(server, 4);
    assert.deepEqual(typesOf(events), ['pageview', 'early', 'purchase', 'EXPOSURE']);
    assert.ok(events.every(({ userId }) => userId === 'ada'));
    assert.deepEqual(events[1]?.properties, { plan: 'pro', n: 1 });
    assert.deepEqual(
      [events[2]?.amount, events[2]?.currency, events[2]?.productId, events[2]?.properties],
      ['49.9', 'EUR', 'book', { plan: 'pro', gift: true }],
    );
    assert.deepEqual([events[3]?.experimentId, events[3]?.variantKey], ['price', 'B']);
  });

  it('tells links that lead away, and what was said in the last moment, as the page goes', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url);
    const page = await openPage(t, site);
    await server.count(1);
    await page.click('#out', { noWaitAfter: true }).catch(() => {});
    await page.goto('about:blank').catch(() => {});
    const events = await stored(server, 2);
    assert.deepEqual(typesOf(events), ['pageview', 'outbound']);
    assert.equal(events[1]?.properties?.link, 'http://localhost:1/away');
  });

  it('counts once what a beacon carried and a later page sends again', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url);
    const page = await openPage(t, site);
    await server.count(1);
    await page.evaluate("millrace('last'); location.href = '/next'");
    await page.waitForURL('**/next');
    assert.deepEqual(typesOf(await stored(server, 3)).toSorted(), ['last', 'pageview', 'pageview']);
    await page.waitForFunction('localStorage.length === 0');
    assert.equal((await stored(server, 3)).length, 3);
  });

  it('keeps what it cannot send, over a reload, and sends it when the network is back', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url);
    const page = await openPage(t, site);
    await server.count(1);
    await page.context().route('**/api/collect*', (route) => route.abort());
    await page.evaluate("millrace('offline')");
    await page.waitForFunction('localStorage.length === 1');
    await page.reload();
    await page.context().unroute('**/api/collect*');
    const events = await stored(server, 3);
    assert.deepEqual(typesOf(events).toSorted(), ['offline', 'pageview', 'pageview']);
    await page.waitForFunction('localStorage.length === 0');
  });

  it('sends again what a busy server did not take, with the same ids', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url);
    const bodies: string[] = [];
    const context = await browser().newContext();
    t.after(() => context.close());
    await context.route('**/api/collect*', async (route) => {
      bodies.push(route.request().postData() ?? '');
      if (bodies.length === 1)
        await route.fulfill({ status: 503, headers: { 'access-control-allow-origin': '*' } });
      else await route.continue();
    });
    const page = await context.newPage();
    await page.goto(site);
    assert.equal((await stored(server, 1)).length, 1);
    assert.equal(bodies[0], bodies[1]);
  });

  it('gives a visitor a lasting id only when it is told to', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url, 'data-visitor="on"');
    const page = await openPage(t, `${site}/a`);
    await server.count(1);
    await page.goto(`${site}/b`);
    const [first, second] = await stored(server, 2);
    assert.match(String(first?.anonymousId), /^[0-9a-f]{32}$/);
    assert.equal(first?.anonymousId, second?.anonymousId);
  });

  it('leaves alone what it is told to leave alone', async (t) => {
    const server = await openMillrace(t);
    const site = await openSite(t, server.url, 'data-pageviews="off" data-links="off" data-offline="off"');
    const page = await openPage(t, site);
    await page.evaluate("history.pushState({}, '', '/one')");
    await page.evaluate("millrace('only')");
    await delay(600);
    assert.deepEqual(typesOf(await stored(server, 1)), ['only']);
  });
});
