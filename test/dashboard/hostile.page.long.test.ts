/** What comes from outside may be anything: on no page does it run, break what is there, or stand over the edge. */
import assert from 'node:assert/strict';
import { before, describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { useHouse } from './house.ts';
import { overflowOf, settled, until } from './looks.ts';

const browser = useBrowser();
const house = useHouse(browser, { isEmpty: true });

const hostile = [
  '<img src=x onerror="document.title=`hit`">',
  '</title></script><script>document.title="hit"</script><b>bold</b>',
  '\u202Egnp.exe\u202C \u05E9\u05DC\u05D5\u05DD \u0627\u0644\u0633\u0644\u0627\u0645',
  'W'.repeat(200),
  '👩‍👩‍👧‍👦🏳️‍🌈'.repeat(6),
  '{{constructor.constructor("x")()}} %s {a|b} __proto__ or 1=1 --',
];
const distinct = 10_000;
const widths = [1440, 390];
const dayMs = 86_400_000;
/** Of a person; that of this process is a bot's. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36';

/** One name in every place that takes text. */
function eventsOf(name: string, index: number): object[] {
  const path = encodeURIComponent(name);
  const common = {
    userId: name,
    userAgent,
    timestamp: Date.now() - 60_000 * (index + 1),
    title: name,
    language: 'xx-<b>',
    screen: name.slice(0, 20),
    properties: { [name.slice(0, 60)]: name, plan: name, nested: { list: [name, { deep: name }] } },
  };
  return [
    {
      ...common,
      type: 'pageview',
      url: `https://shop.example/${path}?utm_campaign=${path}&utm_source=${path}`,
    },
    { ...common, type: name, url: 'https://shop.example/', referrer: `https://x.example/${path}` },
    { ...common, type: 'purchase', productId: name, amount: '12.50', currency: 'EUR' },
    { ...common, type: 'exposure', experimentId: name, variantKey: name },
  ];
}

const manyEvents = Array.from({ length: distinct }, (_, index) => ({
  type: 'pageview',
  url: `https://shop.example/page/${index}`,
  userId: `somebody-${index % 500}`,
  userAgent,
  timestamp: Date.now() - 2 * dayMs - index,
  properties: { value: `value ${index}` },
}));

/** Everything is there, or says that it is not. */
async function settle(page: Page): Promise<void> {
  await page.getByRole('heading', { level: 1 }).first().waitFor({ state: 'attached' });
  await settled(page);
}

/** The innermost elements over the right edge. */
const tooWide = (page: Page) =>
  page.evaluate(
    "[...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > innerWidth + 1 && ![...each.children].some((child) => child.getBoundingClientRect().right > innerWidth + 1)).slice(0, 5).map((each) => each.outerHTML.slice(0, 200)).join('\\n')",
  );

/** At both widths, of what is shown now. */
async function assertCalm(page: Page, what: string): Promise<void> {
  for (const width of widths) {
    await page.setViewportSize({ width, height: 900 });
    // charts follow their box a frame later
    await until(async () => (await overflowOf(page)) === 0).catch(async () =>
      assert.fail(`${what} is ${await overflowOf(page)} pixels too wide at ${width}: ${await tooWide(page)}`),
    );
  }
  assert.notEqual(await page.title(), 'hit', `${what} runs what was sent`);
  const made = await page.locator('#root script, [onerror], a[href^="javascript:" i]').count();
  assert.equal(made, 0, `${what} makes markup of what was sent`);
}

const plan = (of: object) => `/explore?plan=${encodeURIComponent(JSON.stringify(of))}`;
const range = { range: '30d' };
const typeIs = (value: string) => ({ filter: { field: 'type', op: 'eq', value } });
const [first, second] = hostile as [string, string];

/** Pages, by what they are. */
const pages: Readonly<Record<string, string>> = {
  'the overview': '',
  'the overview with filters': `?${hostile.map((name) => `filter=title!=${encodeURIComponent(name)}`).join('&')}&filter=properties.plan!=x`,
  'the tabs of the overview': '?tab=sources:campaign&tab=pages:entry&tab=places:language&tab=devices:screen',
  'a trend by event': plan({ kind: 'trend', ...range, interval: 'day', by: 'type' }),
  'a trend of hostile series': plan({
    kind: 'trend',
    ...range,
    interval: 'day',
    series: [{ name: first.slice(0, 40), metric: 'events', ...typeIs(first) }],
  }),
  'a breakdown by property': plan({ kind: 'breakdown', ...range, by: ['properties.plan', 'title'] }),
  'a funnel': plan({ kind: 'funnel', ...range, steps: hostile.map(typeIs) }),
  'a retention': plan({ kind: 'retention', ...range, period: 'day' }),
  'paths of many pages': plan({ kind: 'paths', ...range, by: 'path' }),
  'paths of events': plan({ kind: 'paths', ...range, by: 'type' }),
  sessions: plan({ kind: 'sessions', ...range, by: { dimension: 'entryPath' } }),
  'a plan that is none': plan({ kind: second, steps: hostile }),
  people: '/people',
  'a person': `/people/${encodeURIComponent(first)}`,
  events: '/events',
  experiments: '/experiments',
  'what is saved': '/saved',
  boards: '/boards',
  operations: '/operations',
  settings: '/settings',
  'first steps': '/start',
};

describe('names from outside', () => {
  before(async () => {
    await house().collect(hostile.flatMap(eventsOf));
    await house().collect(manyEvents);
    const tenYearsAgo = Date.now() - 3_640 * dayMs;
    await house().collect([{ type: 'first', userId: 'early', userAgent, timestamp: tenYearsAgo }]);
  });

  it('are text wherever they are shown, and stay within the page', async () => {
    const { page, troubles } = await house().signedIn();
    const name = hostile[1]!;
    await page.request.post(`${house().url}/api/v1/saved/segments`, {
      data: { name, body: { filter: { field: 'title', op: 'eq', value: name } } },
      headers: { origin: house().url, 'x-millrace-project': 'default' },
    });
    page.on('dialog', (dialog) => {
      troubles.push(`a dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    for (const [what, path] of Object.entries(pages)) {
      await page.setViewportSize({ width: widths[0]!, height: 900 });
      await page.goto(`${house().url}/p/default${path}`);
      await settle(page);
      await assertCalm(page, what);
      assert.deepEqual(troubles, [], what);
    }
  });

  it('can be filtered by, and are found again in the address', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default?tab=products:product`);
    for (const name of [first, hostile[2]!]) {
      const row = page.getByRole('table', { name: 'Revenue' }).getByRole('button', { name, exact: true });
      await row.click();
      await page.getByRole('button', { name: `Take the filter away: Product is ${name}` }).click();
    }
    await page.goto(`${house().url}/p/default?filter=${encodeURIComponent(`productId==${first}`)}`);
    await page.getByRole('button', { name: `Take the filter away: Product is ${first}` }).waitFor();
    await settle(page);
    await assertCalm(page, 'the overview with a chip');
    assert.deepEqual(troubles, []);
  });

  it(`may be ${distinct} different ones: the first thousand are listed and searched, the rest is one row`, async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page
      .getByRole('region', { name: 'Pages', exact: true })
      .getByRole('button', { name: 'All, and as CSV' })
      .click();
    const window = page.getByRole('dialog', { name: 'Top' });
    await window.getByText('All others').waitFor();
    await assertCalm(page, 'the table of all pages');
    await window.getByLabel('Search').fill('no page has this in its name');
    await window.getByText('Nothing here has').waitFor();
    assert.deepEqual(troubles, []);
  });
});

describe('little, and long', () => {
  it('invites to the first steps where nothing came yet, and shows a single event', async () => {
    const { page, troubles } = await house().signedIn();
    const { url } = house();
    for (const id of ['nothing', 'single']) await house().api('/api/v1/projects', { id, name: id });
    const made = await house().api('/api/v1/keys', { project: 'single', scope: 'write', name: 'site' });
    const { data } = (await made.json()) as { data: { key: string } };
    const event = { type: 'signup', userId: 'ada', timestamp: Date.now() };
    await fetch(`${url}/api/collect?key=${data.key}`, { method: 'POST', body: JSON.stringify(event) });
    for (const path of ['', '/people', '/events', '/experiments', '/boards', '/saved', '/explore']) {
      await page.goto(`${url}/p/nothing${path}`);
      await settle(page);
      await assertCalm(page, `${path} of a project without events`);
    }
    await page.goto(`${url}/p/nothing`);
    await page.getByRole('main').getByRole('link', { name: 'First steps' }).click();
    await page.waitForURL('**/p/nothing/start');
    await page.goto(`${url}/p/single`);
    await page.getByRole('button', { name: 'Events' }).getByText('1', { exact: true }).waitFor();
    await settle(page);
    await assertCalm(page, 'the overview of one event');
    assert.deepEqual(troubles, []);
  });

  it('draws ten years', async () => {
    const { page, troubles } = await house().signedIn();
    const day = (ago: number) => new Date(Date.now() - ago * dayMs).toISOString().slice(0, 10);
    await page.goto(`${house().url}/p/default?from=${day(3_650)}&to=${day(0)}&metric=events`);
    await settle(page);
    await page.getByRole('img', { name: 'Events over time' }).locator('canvas').waitFor();
    assert.equal(await page.getByRole('alert').count(), 0);
    await assertCalm(page, 'ten years');
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    const rows = await page.getByRole('region', { name: 'The trend as a table' }).getByRole('row').count();
    assert.ok(rows >= 120, `${rows} rows`);
    assert.deepEqual(troubles, []);
  });

  for (const year of [1999, 2041])
    it(`does not mind a reader whose clock says ${year}`, async () => {
      const { page, troubles } = await house().signedIn();
      await page.clock.setFixedTime(new Date(`${year}-05-05T12:00:00Z`));
      const plan = { kind: 'summary', range: '30d', timeZone: 'UTC', metrics: ['events'] };
      const { data } = (await (await house().api('/api/v1/query', plan)).json()) as {
        data: { total: { events: number } };
      };
      await page.goto(`${house().url}/p/default?zone=UTC`);
      const shown = data.total.events.toLocaleString('en-US');
      await page.getByRole('button', { name: 'Events' }).getByText(shown, { exact: true }).waitFor();
      for (const path of ['/start', '/operations', '/events', '/explore']) {
        await page.goto(`${house().url}/p/default${path}`);
        await settle(page);
        await assertCalm(page, path);
      }
      assert.deepEqual(troubles, []);
    });
});
