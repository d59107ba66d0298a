/** People and events as they are met in the dashboard: found, followed, unfolded and taken along, whatever their names are. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { before, describe, it } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import type { Page } from 'playwright-core';
import { emptyFeed, feedAfter, pageSize, rowsMax } from '../../dashboard/src/pages/events/feed.ts';
import { visitsOf } from '../../dashboard/src/pages/people/visits.ts';
import type { EventData, EventsData } from '../../src/query/wire.ts';
import { useBrowser } from '../support/browser.ts';
import { useHouse } from './house.ts';

const browser = useBrowser();
const house = useHouse(browser, { isEmpty: true });
const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');

const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
/** Of a person; that of this process is a bot's. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36';
const hostile = [
  '<img src=x onerror="document.title=`hit`">\u202Etxt.exe\u202C \u05E9\u05DC\u05D5\u05DD',
  `👩‍👩‍👧‍👦 🏳️‍🌈/..?#%2F&${'L'.repeat(160)}`,
  '\u200B\u200E',
];
const others = 120;
const begin = Date.now();

const event = (userId: string, agoMs: number, more: object = {}) => ({
  type: 'pageview',
  url: 'https://shop.example/shoes',
  userId,
  userAgent,
  timestamp: begin - agoMs,
  ...more,
});

/** A guest who signs in, buys, and comes back after two days. */
const ada = [
  event('ada', 3 * dayMs, { userId: undefined, anonymousId: 'guest-1', url: 'https://shop.example/' }),
  event('ada', 3 * dayMs - minuteMs, { type: 'identify', anonymousId: 'guest-1' }),
  event('ada', 3 * dayMs - 2 * minuteMs, {
    type: 'purchase',
    amount: '12.5',
    currency: 'EUR',
    properties: { plan: 'pro', cart: { size: 3, items: ['boots', { color: 'red' }] } },
  }),
  event('ada', 3 * dayMs - 60 * minuteMs, { url: 'https://shop.example/later' }),
  event('ada', dayMs, { url: 'https://shop.example/again' }),
];

async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 20_000; !(await holds()); await delay(50))
    assert.ok(Date.now() < deadline, 'it does not come to hold');
}

const settled = (page: Page) => until(async () => (await page.locator('.animate-pulse').count()) === 0);

async function open(path: string, options: Parameters<ReturnType<typeof house>['signedIn']>[0] = {}) {
  const found = await house().signedIn(options);
  await found.page.goto(`${house().url}/p/default${path}`);
  await found.page.getByRole('heading', { level: 1 }).waitFor();
  await settled(found.page);
  return found;
}

const rowsOf = (page: Page, name: string) => page.getByRole('table', { name }).locator('tbody tr');

const filterOf = (value: string) => JSON.stringify({ field: 'userId', op: 'eq', value });
const tooWide = async (page: Page) =>
  Math.max(0, (await page.evaluate('document.documentElement.scrollWidth - innerWidth')) as number);

describe('people and events', () => {
  before(async () => {
    await house().collect([
      ...ada,
      ...hostile.flatMap((name, at) => [
        event(name, 2 * dayMs + at * minuteMs, { title: name, properties: { [name.slice(0, 40)]: name } }),
      ]),
      ...Array.from({ length: others }, (_, at) => event(`somebody-${at}`, dayMs + (at + 1) * minuteMs)),
    ]);
  });

  describe('the list of people', () => {
    it('shows who was last seen first, in pages, and orders by events', async () => {
      const { page, troubles } = await open('/people');
      assert.equal(await rowsOf(page, 'People').count(), 50);
      assert.match((await rowsOf(page, 'People').first().textContent()) ?? '', /^ada/);
      await page.getByText(String(others + hostile.length + 1), { exact: true }).waitFor();
      await page.getByRole('button', { name: 'More people' }).click();
      await until(async () => (await rowsOf(page, 'People').count()) === 100);
      await page.getByRole('button', { name: /^Order/ }).click();
      await page.getByRole('menuitemradio', { name: 'By events' }).click();
      await page.waitForURL('**?order=events');
      await until(async () => /^ada.*5/.test((await rowsOf(page, 'People').first().textContent()) ?? ''));
      assert.deepEqual(troubles, []);
    });

    it('finds a part of an id, and opens who has exactly one by Enter', async () => {
      const { page } = await open('/people');
      const search = page.getByRole('searchbox', { name: 'Search by id' });
      await search.fill('body-11');
      await until(async () => (await rowsOf(page, 'People').count()) === 11);
      assert.match(page.url(), /\?q=body-11$/);
      await search.fill('guest-1');
      await page.getByText('Exactly this id:').waitFor();
      await search.press('Enter');
      await page.waitForURL('**/people/guest-1');
      await page.goBack();
      await search.fill('no such body');
      await page.getByText('Nobody here').waitFor();
    });
  });

  describe('a person', () => {
    it('has a timeline by day and visit, over every id, whose events unfold', async () => {
      const { page, troubles } = await open('/people/guest-1');
      const about = page.getByRole('region', { name: 'About this person' });
      assert.match((await about.textContent()) ?? '', /Events5.*guest-1.*ada/);
      await until(async () => (await page.getByRole('heading', { level: 3 }).count()) === 3);
      await page.getByRole('button', { name: /purchase/ }).click();
      const sent = page.getByRole('region', { name: 'Properties' });
      assert.match((await sent.textContent()) ?? '', /cart.*items.*boots.*plan.*pro/);
      await page.getByRole('button', { name: /^Event: All events/ }).click();
      await page.getByRole('menuitemradio', { name: /^identify/ }).click();
      await page.waitForURL('**?type=identify');
      await until(async () => (await page.getByRole('heading', { level: 3 }).count()) === 1);
      assert.deepEqual(troubles, []);
    });

    it('leads to a question about them', async () => {
      const { page } = await open('/people/ada');
      const href =
        (await page.getByRole('main').getByRole('link', { name: 'Explore' }).getAttribute('href')) ?? '';
      const plan = JSON.parse(new URL(href, house().url).searchParams.get('plan') ?? '');
      const answer = await house().api('/api/v1/query', plan);
      assert.equal(answer.status, 200, await answer.text());
      assert.deepEqual(plan.filter.or[0], { field: 'userId', op: 'in', value: ['ada', 'guest-1'] });
    });

    it('that is not there is said to be so', async () => {
      const { page } = await open('/people/Ada');
      await page.getByText('Nobody has this id').waitFor();
    });
  });

  describe('names from outside', () => {
    for (const name of hostile)
      it(`are text, whatever they are: ${JSON.stringify(name.slice(0, 20))}`, async () => {
        const { page, troubles } = await open('/people', { viewport: { width: 390, height: 800 } });
        const shown = /^[\u200B\u200E]+$/.test(name) ? '“\\u200b\\u200e”' : name;
        await page.getByRole('searchbox').fill(name.slice(0, 12));
        const link = rowsOf(page, 'People').getByRole('link', { name: shown, exact: true });
        await link.click();
        await page.getByRole('heading', { level: 1, name: shown, exact: true }).waitFor();
        await page.getByRole('button', { name: /pageview/ }).click();
        await page.getByRole('region', { name: 'Properties' }).waitFor();
        await page.goto(`${house().url}/p/default/events?filter=${encodeURIComponent(filterOf(name))}`);
        await until(async () => (await rowsOf(page, 'Events').count()) === 1);
        await rowsOf(page, 'Events').first().click();
        await page.getByRole('region', { name: 'Properties' }).waitFor();
        assert.equal(await tooWide(page), 0);
        assert.doesNotMatch(await page.title(), /hit/);
        assert.deepEqual(troubles, []);
      });
  });

  describe('the events', () => {
    it('come in by themselves, stand still while somebody reads, and pause', async () => {
      const { page, troubles } = await open('/events');
      await page.getByText('Live', { exact: true }).waitFor();
      await house().collect([event('live-1', 0, { type: 'first news' })]);
      await rowsOf(page, 'Events').first().getByText('first news').waitFor();
      await rowsOf(page, 'Events').first().hover();
      await page.getByText('Still while you read').waitFor();
      await house().collect([event('live-2', -minuteMs, { type: 'second news' })]);
      await page.getByRole('button', { name: '1 new' }).waitFor();
      assert.equal(await rowsOf(page, 'Events').getByText('second news').count(), 0);
      await page.getByRole('button', { name: '1 new' }).click();
      await rowsOf(page, 'Events').first().getByText('second news').waitFor();
      await page.getByRole('button', { name: 'Pause' }).click();
      await page.getByText('Paused', { exact: true }).waitFor();
      await house().collect([event('live-3', -2 * minuteMs, { type: 'third news' })]);
      await page.getByRole('button', { name: 'Go on' }).click();
      await rowsOf(page, 'Events').first().getByText('third news').waitFor();
      assert.deepEqual(troubles, []);
    });

    it('are a sample when more come in than a list can show, which stays as short as it was', async () => {
      const { page } = await open('/events');
      await page.getByText('Live', { exact: true }).waitFor();
      for (let round = 0; round < 3; round++)
        await house().collect(
          Array.from({ length: 400 }, (_, at) => event(`many-${at}`, -(3 + round) * minuteMs - at)),
        );
      await page.getByText('a sample').waitFor();
      assert.equal(await rowsOf(page, 'Events').count(), 100);
      await page.getByRole('button', { name: 'Older events' }).click();
      await until(async () => (await rowsOf(page, 'Events').count()) === 200);
    });

    it('unfold, and filter by what they are and by what they have', async () => {
      const { page } = await open('/events?q=ada');
      await until(async () => (await rowsOf(page, 'Events').count()) === 4);
      await rowsOf(page, 'Events').filter({ hasText: 'purchase' }).getByRole('button').click();
      await page.getByRole('region', { name: 'Properties' }).getByText('boots').waitFor();
      await page.getByRole('button', { name: 'Only events where cart.size is 3' }).click();
      await until(async () => (await rowsOf(page, 'Events').count()) === 1);
      await page.getByRole('list', { name: 'Filters' }).getByText('cart.size').waitFor();
      await page.goto(`${house().url}/p/default/events?q=ada`);
      await rowsOf(page, 'Events').filter({ hasText: 'purchase' }).getByRole('button').click();
      await page.getByRole('button', { name: 'Only events like this' }).click();
      await page.waitForURL('**&type=purchase**');
      await page.getByRole('button', { name: 'Event: purchase' }).waitFor();
      assert.match(new URL(page.url()).searchParams.get('filter') ?? '', /"path".*"\/shoes"/);
    });

    it('have the columns that one chooses, in the address too', async () => {
      const { page } = await open('/events?type=purchase');
      await page.getByRole('button', { name: 'Columns' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'plan' }).click();
      await page.getByRole('menuitemcheckbox', { name: 'Amount' }).click();
      await page.keyboard.press('Escape');
      await page.waitForURL('**column=properties.plan&column=amount**');
      assert.match((await rowsOf(page, 'Events').first().textContent()) ?? '', /pro.*12\.50/);
    });

    it('are taken along as a file, by filters that name what is saved', async () => {
      await house().api('/api/v1/saved/segments', {
        name: 'Buyers',
        body: { filter: { field: 'type', op: 'eq', value: 'purchase' } },
      });
      const filter = encodeURIComponent('{"segment":"buyers"}');
      const { page } = await open(`/events?range=7d&filter=${filter}`);
      await until(async () => (await rowsOf(page, 'Events').count()) === 1);
      await page.getByRole('button', { name: 'Export' }).click();
      const [download] = await Promise.all([
        page.waitForEvent('download'),
        page.getByRole('menuitem', { name: /^CSV/ }).click(),
      ]);
      const lines = readFileSync(await download.path(), 'utf8')
        .trim()
        .split('\r\n');
      assert.equal(lines.length, 2);
      assert.match(lines[1] ?? '', /purchase/);
    });

    it('say what is wrong with a filter', async () => {
      const { page } = await house().signedIn();
      await page.goto(
        `${house().url}/p/default/events?filter=${encodeURIComponent('{"segment":"no-such"}')}`,
      );
      await page
        .getByRole('alert')
        .getByText(/saved segment/)
        .waitFor();
    });
  });

  describe('for everybody', () => {
    for (const [colorScheme, width] of [
      ['light', 1440],
      ['dark', 390],
    ] as const)
      it(`people, a person and events have no serious finding of axe and fit, ${colorScheme}, ${width} pixels`, async () => {
        const { page } = await open('/people', { colorScheme, viewport: { width, height: 900 } });
        for (const path of ['/people', '/people/ada', '/events?q=ada']) {
          await page.goto(`${house().url}/p/default${path}`);
          await page.getByRole('heading', { level: 1 }).waitFor();
          await settled(page);
          if (path.startsWith('/events')) await rowsOf(page, 'Events').first().getByRole('button').click();
          assert.deepEqual(await findings(page), [], path);
          assert.equal(await tooWide(page), 0, path);
        }
      });
  });
});

/** What axe finds that is serious or worse, in words. */
async function findings(page: Page): Promise<readonly string[]> {
  await page.evaluate(axe);
  return (await page.evaluate(
    "axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] }).then((r) => r.violations.filter((v) => ['serious', 'critical'].includes(v.impact)).map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ') + ' ' + n.failureSummary).slice(0, 3).join('; ')))",
  )) as readonly string[];
}

describe('what the list of events holds', () => {
  const data = (from: number, count: number): EventsData => ({
    kind: 'events',
    next: `after ${from - count}`,
    events: Array.from({ length: count }, (_, at) => made(from - at)),
  });
  const made = (second: number, more: Partial<EventData> = {}): EventData => ({
    eventId: `e-${second}`,
    type: 'x',
    timestamp: new Date(second * 1_000).toISOString(),
    receivedAt: new Date(second * 1_000).toISOString(),
    source: 'web',
    bot: false,
    ...more,
  });

  it('is the newest page while nobody reads, and what was there while somebody does', () => {
    const begun = feedAfter(emptyFeed, { kind: 'begun', page: data(1_000, pageSize) });
    const followed = feedAfter(begun, { kind: 'told', page: data(1_003, pageSize), isHeld: false });
    assert.deepEqual([followed.rows.length, followed.arrived.size, followed.isSampled], [pageSize, 3, false]);
    const held = feedAfter(begun, { kind: 'told', page: data(1_003, pageSize), isHeld: true });
    assert.deepEqual([held.rows, held.waiting], [begun.rows, 3]);
    assert.deepEqual(feedAfter(held, { kind: 'released' }).rows, followed.rows);
  });

  it('stands still after older ones came, holds so many at most, and knows a sample', () => {
    let feed = feedAfter(emptyFeed, { kind: 'begun', page: data(10_000, pageSize) });
    for (let at = 10_000 - pageSize; at > 8_000; at -= pageSize)
      feed = feedAfter(feed, { kind: 'older', page: data(at, pageSize) });
    assert.deepEqual([feed.rows.length, feed.next], [rowsMax, undefined]);
    feed = feedAfter(feed, { kind: 'told', page: data(11_000, pageSize), isHeld: false });
    assert.deepEqual([feed.rows.length, feed.waiting, feed.isSampled], [rowsMax, pageSize, true]);
    feed = feedAfter(feedAfter(feed, { kind: 'released' }), { kind: 'shown' });
    assert.deepEqual([feed.rows.length, feed.next], [pageSize, 'after 10900']);
  });

  it('is cut into visits by the id of a session, else by half an hour of silence', () => {
    const events = [
      made(10_000),
      made(9_990, { sessionId: 'a' }),
      made(9_980),
      made(9_970, { sessionId: 'b' }),
      made(9_980 - 1_801),
      made(9_960 - 3_600, { sessionId: 'a' }),
    ];
    const seconds = visitsOf(events).map((visit) =>
      visit.events.map((each) => Date.parse(each.timestamp) / 1_000),
    );
    assert.deepEqual(seconds, [[10_000, 9_980], [9_990, 6_360], [9_970], [8_179]]);
  });
});
