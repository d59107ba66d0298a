/** Funnels, retention, paths and sessions in Explore, as people meet them. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Locator, Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { useHouse } from './house.ts';
import { findings, overflowOf, settled, until } from './looks.ts';

const browser = useBrowser();
const house = useHouse(browser);
const phone = { viewport: { width: 390, height: 844 } };

type Plan = { readonly kind: string } & Readonly<Record<string, unknown>>;
const event = (type: string) => ({ field: 'type', op: 'eq', value: type });
const stepsOf = (types: readonly string[]) => types.map((type) => ({ filter: event(type) }));

const addressOf = (plan: Plan) =>
  `${house().url}/p/default/explore?plan=${encodeURIComponent(JSON.stringify(plan))}`;
const planIn = (page: Page) => JSON.parse(new URL(page.url()).searchParams.get('plan') ?? '{}') as Plan;

async function open(page: Page, plan: Plan): Promise<void> {
  await page.goto(addressOf(plan));
  await settled(page);
}

async function answerTo<Data>(plan: Plan): Promise<Data> {
  const { data } = (await (await house().api('/api/v1/query', plan)).json()) as { data: Data };
  return data;
}

describe('funnels', () => {
  it('tell in under ten clicks where people drop out of checkout, for whom, and since when', async () => {
    const { page, troubles } = await house().signedIn();
    let clicks = 0;
    const click = async (target: Locator) => {
      clicks += 1;
      await target.first().click();
    };
    await page.goto(`${house().url}/p/default`);
    await click(page.getByRole('link', { name: 'Explore' }));
    await click(page.getByRole('tab', { name: 'Funnels' }));
    for (const step of ['add_to_cart', 'checkout', 'purchase'])
      await click(page.getByRole('button', { name: step, exact: true }));
    const answer = page.getByRole('region', { name: 'The answer' });
    // where
    await answer.getByText(/Most are lost between/).waitFor();
    // since when
    await answer.getByRole('img', { name: /over time/ }).waitFor();
    // for whom
    await click(page.getByRole('button', { name: 'Tell apart by' }));
    await click(page.getByRole('option', { name: 'Device' }));
    await answer.getByRole('rowheader', { name: 'Mobile' }).waitFor();
    // and who they are
    await click(answer.getByRole('button', { name: /dropped out before step 3, checkout/ }));
    const people = page.getByRole('dialog').getByRole('link');
    await people.first().waitFor();
    const data = await answerTo<{ steps: { count: number }[] }>({ ...planIn(page), by: undefined });
    const [, cart, checkout] = data.steps.map(({ count }) => count);
    assert.equal(await people.count(), Math.min(50, cart! - checkout!));
    await click(people);
    await page.waitForURL(/\/people\/.+/);
    assert.ok(clicks < 10, `it took ${clicks} clicks`);
    assert.deepEqual(troubles, []);
  });

  it('have their steps put in order by the keyboard, and taken away', async () => {
    const { page } = await house().signedIn();
    await open(page, { kind: 'funnel', range: '30d', steps: stepsOf(['pageview', 'purchase', 'checkout']) });
    await page.getByRole('button', { name: /^Move row 3/ }).press('ArrowUp');
    await until(
      async () =>
        JSON.stringify(planIn(page).steps) === JSON.stringify(stepsOf(['pageview', 'checkout', 'purchase'])),
    );
    assert.equal(
      await page.evaluate("document.activeElement.getAttribute('aria-label')"),
      'Move row 2: arrow up, arrow down',
    );
    await page.getByRole('button', { name: 'Remove step 1' }).click();
    await until(
      async () => JSON.stringify(planIn(page).steps) === JSON.stringify(stepsOf(['checkout', 'purchase'])),
    );
  });

  it('of twenty steps scroll in their own box on a phone', async () => {
    const { page } = await house().signedIn(phone);
    const steps = Array.from({ length: 20 }, () => ({ filter: { field: 'type', op: 'exists' } }));
    await open(page, { kind: 'funnel', range: '30d', steps, by: { field: 'device' } });
    await page.getByRole('region', { name: 'Steps of the funnel' }).waitFor();
    assert.equal(
      await page.getByRole('button', { name: /came to step \d+, Any event: see who/ }).count(),
      20,
    );
    assert.equal(await overflowOf(page), 0);
    assert.deepEqual(await findings(page), []);
  });

  it('say at the step what is wrong with it', async () => {
    const { page } = await house().signedIn();
    await page.goto(
      addressOf({
        kind: 'funnel',
        range: '30d',
        steps: [{ filter: event('a'), withinMs: 5 }, { filter: event('b') }],
      }),
    );
    await page.getByRole('list', { name: 'Steps' }).getByRole('alert').waitFor();
  });
});

describe('retention', () => {
  it('is a table of the numbers that the API gives, a curve when asked, and readable to all', async () => {
    const { page, troubles } = await house().signedIn();
    const plan = { kind: 'retention', range: '7d', timeZone: 'UTC', period: 'day' };
    await open(page, plan);
    const data = await answerTo<{ cohorts: { people: number; returned: number[] }[] }>(plan);
    const { people, returned } = data.cohorts[0]!;
    const row = page.getByRole('region', { name: 'Retention' }).getByRole('row').nth(2);
    assert.equal(await row.getByRole('cell').nth(0).textContent(), String(people));
    const shown = (returned[0]! / people).toLocaleString('en-US', {
      style: 'percent',
      maximumFractionDigits: 1,
    });
    assert.equal(await row.getByRole('cell').nth(1).textContent(), shown);
    assert.deepEqual(await findings(page), []);
    await page.getByRole('button', { name: /^Drawn as/ }).click();
    await page.getByRole('menuitemradio', { name: 'Curve' }).click();
    await page.getByRole('img', { name: 'Retention by day, as a curve' }).waitFor();
    assert.deepEqual(troubles, []);
  });
});

describe('paths', () => {
  const start = Date.now() - 3 * 86_400_000;
  const walks = Array.from({ length: 5_000 }, (_, visitor) =>
    ['/paths', `/paths/${visitor}`, `/paths/${visitor}/more`, '/paths/end'].map((path, step) => ({
      type: 'wander',
      eventId: `wander-${visitor}-${step}`,
      timestamp: start + step * 1000,
      anonymousId: `wanderer-${visitor}`,
      source: 'server',
      url: `https://paths.example${path}`,
    })),
  ).flat();

  it('of ten thousand pages stay readable, and go on from a page by the keyboard', async () => {
    const { page, troubles } = await house().signedIn(phone);
    await house().collect(walks);
    const plan = { kind: 'paths', range: '7d', field: 'path', steps: 4, limit: 5, filter: event('wander') };
    await open(page, plan);
    const chart = page.getByRole('region', { name: 'Paths', exact: true });
    await chart.getByText('All others', { exact: true }).first().waitFor();
    assert.ok((await chart.getByRole('button').count()) <= 4 * 5);
    assert.equal(await overflowOf(page), 0);
    assert.deepEqual(await findings(page), []);
    await chart.getByRole('button', { name: /^\/paths 5,000 sessions/ }).press('Enter');
    await page.getByRole('menuitem', { name: 'Paths from here' }).press('Enter');
    await until(async () => planIn(page).start === '/paths');
    assert.deepEqual(troubles, []);
  });
});

describe('sessions', () => {
  it('show the numbers that the API gives, and filter by a click', async () => {
    const { page, troubles } = await house().signedIn();
    const plan = { kind: 'sessions', range: '7d', timeZone: 'UTC', by: { dimension: 'device', limit: 5 } };
    await open(page, plan);
    const data = await answerTo<{ total: { sessions: number }; groups: { value: string }[] }>(plan);
    const figure = page.getByRole('definition').first();
    assert.equal(await figure.textContent(), data.total.sessions.toLocaleString('en-US'));
    const rows = page.getByRole('table', { name: 'Sessions by Device' });
    assert.equal(await rows.getByRole('row').count(), data.groups.length + 1);
    await rows.getByRole('button', { name: 'Mobile' }).click();
    await until(
      async () => JSON.stringify(planIn(page).filter) === '{"field":"device","op":"eq","value":"mobile"}',
    );
    assert.deepEqual(await findings(page), []);
    assert.deepEqual(troubles, []);
  });
});
