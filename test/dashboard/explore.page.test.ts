/** Explore as people use it: from nothing to a saved question, its mistakes and limits, and everything that can be taken along. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { type House, useHouse } from './house.ts';
import { findings, overflowOf, settled, until } from './looks.ts';

const browser = useBrowser();

const linkTo = (house: House, plan: object, more = '') =>
  `${house.url}/p/default/explore?plan=${encodeURIComponent(JSON.stringify(plan))}${more}`;

/** What is asked now, as the address has it. */
const planIn = (page: Page) => JSON.parse(new URL(page.url()).searchParams.get('plan') ?? '{}');
const planComesTo = (page: Page, holds: (plan: Record<string, unknown>) => boolean) =>
  until(async () => holds(planIn(page)));

const purchases = {
  kind: 'trend',
  range: '30d',
  timeZone: 'UTC',
  interval: 'day',
  series: [{ metric: 'events', filter: { field: 'type', op: 'eq', value: 'purchase' } }],
};

interface Kept {
  readonly data: { readonly body: { readonly plan: { readonly series: readonly { metric: string }[] } } };
}

async function menu(page: Page, item: string): Promise<void> {
  await page.getByRole('button', { name: /^More: files/ }).click();
  await page.getByRole('menuitem', { name: item }).click();
}

/** Along the middle of the chart, by shares of its width. */
async function drag(page: Page, from: number, to: number): Promise<void> {
  const chart = page.getByRole('img', { name: /over time/ });
  await chart.locator('canvas').waitFor();
  const box = await chart.boundingBox();
  assert.ok(box);
  const y = box.y + box.height / 2;
  await page.mouse.move(box.x + box.width * from, y);
  await page.mouse.down();
  await page.mouse.move(box.x + box.width * ((from + to) / 2), y, { steps: 4 });
  await page.mouse.move(box.x + box.width * to, y, { steps: 4 });
  await page.mouse.up();
}

describe('explore', () => {
  const house = useHouse(browser);

  it('builds a question from nothing, answers as it grows, and keeps it under a name', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default/explore`);
    await page.getByLabel('What is counted').selectOption('events');
    await page.getByRole('button', { name: /^Which events of A/ }).click();
    await page.getByRole('combobox', { name: /^Search: Which events of A/ }).fill('purch');
    await page
      .getByRole('option', { name: /purchase/ })
      .first()
      .click();
    await page.getByRole('heading', { name: 'Events · purchase over time' }).waitFor();
    await page.getByRole('button', { name: /^Break down by a field/ }).click();
    await page.getByRole('combobox', { name: /Break down/ }).fill('country');
    await page.keyboard.press('Enter');
    await planComesTo(page, ({ by }) => (by as { field?: string })?.field === 'country');
    await settled(page);
    assert.ok((await page.getByRole('list', { name: 'Lines' }).getByRole('button').count()) > 1);
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByLabel('Name').fill('Sales by country');
    await page.getByRole('button', { name: 'Save', exact: true }).last().click();
    await page.waitForURL(/question=sales-by-country/);
    await page.goto(`${house().url}/p/default/explore?question=sales-by-country`);
    await page.getByRole('heading', { name: 'Sales by country' }).waitFor();
    await page.getByLabel('What is counted').selectOption('users');
    await page.getByText('changed', { exact: true }).waitFor();
    assert.deepEqual(troubles, []);
  });

  it('tells somebody whose saved question another changed meanwhile', async () => {
    const body = { plan: purchases };
    await house().api('/api/v1/saved/questions', { id: 'shared', name: 'Shared', body });
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default/explore?question=shared`);
    await page.getByLabel('What is counted').selectOption('users');
    await page.getByText('changed', { exact: true }).waitFor();
    await house().api('/api/v1/saved/questions/shared', { name: 'Shared by two', body }, 'PUT');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByRole('button', { name: 'Save the change' }).click();
    await page.getByText('Somebody changed “Shared”').waitFor();
    await page.getByRole('button', { name: 'Put mine in its place' }).click();
    await page.getByRole('heading', { name: 'Shared', exact: true }).waitFor();
    const kept = (await (await house().api('/api/v1/saved/questions/shared')).json()) as Kept;
    assert.equal(kept.data.body.plan.series[0]?.metric, 'users');
  });

  it('shows a mistake where it was made, and the last answer meanwhile', async () => {
    const { page } = await house().signedIn();
    await page.goto(linkTo(house(), { ...purchases, formulas: ['A * 2'] }));
    await page.getByRole('img', { name: /over time/ }).waitFor();
    const formula = page.getByRole('textbox', { name: 'Formula F1', exact: true });
    await formula.fill('A / nobody');
    const mistake = page.getByRole('alert').filter({ hasText: 'nobody, which is no series' });
    await mistake.waitFor();
    assert.equal(await formula.getAttribute('aria-invalid'), 'true');
    await page.getByRole('img', { name: /over time/ }).waitFor();
    await formula.fill('A / 2');
    await mistake.waitFor({ state: 'detached' });
  });

  it('gives the answer as a table, CSV and a picture, the question as JSON and curl', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(linkTo(house(), purchases));
    await page
      .getByRole('img', { name: /over time/ })
      .locator('canvas')
      .waitFor();
    const saved = async (item: string) => {
      const [file] = await Promise.all([page.waitForEvent('download'), menu(page, item)]);
      return { name: file.suggestedFilename(), bytes: readFileSync(await file.path()) };
    };
    const picture = await saved('Save as PNG');
    assert.equal(picture.bytes.subarray(1, 4).toString('latin1'), 'PNG');
    assert.equal(picture.name, 'events-purchase-over-time.png');
    assert.match((await saved('Save as CSV')).bytes.toString('utf8'), /^from,to,complete,A/);
    await menu(page, 'The question as curl');
    assert.match(
      (await page.getByRole('dialog').locator('pre').textContent()) ?? '',
      /Bearer \$MILLRACE_READ_KEY.*--data '\{"kind":"trend"/s,
    );
    await page.keyboard.press('Escape');
    await menu(page, 'The question as JSON');
    await page.getByLabel('Plan as JSON').fill(JSON.stringify({ ...purchases, range: '7d' }));
    await page.getByRole('button', { name: 'Ask this' }).click();
    await planComesTo(page, ({ range }) => range === '7d');
    await menu(page, 'Explain how it was found');
    await page.getByRole('region', { name: 'How it was found' }).getByText('Rows read').waitFor();
    await page.getByRole('button', { name: 'Table', exact: true }).click();
    await page.waitForURL(/form=table/);
    assert.equal(await page.getByRole('region', { name: 'Trends as a table' }).getByRole('row').count(), 8);
    assert.deepEqual(troubles, []);
  });

  it('is its address: a link opens the question, a step goes back, and a broken link says so', async () => {
    const { page } = await house().signedIn();
    await page.goto(linkTo(house(), purchases, '&view=chart:bars'));
    await page.getByRole('heading', { name: 'Events · purchase over time' }).waitFor();
    await page.getByRole('button', { name: 'Bars', pressed: true }).waitFor();
    await page.getByRole('tab', { name: 'Sessions' }).click();
    await planComesTo(page, ({ kind, range }) => kind === 'sessions' && range === '30d');
    await page.goBack();
    await page.getByRole('heading', { name: 'Events · purchase over time' }).waitFor();
    await page.goto(`${house().url}/p/default/explore?plan={"kind":`);
    await page.getByRole('heading', { name: 'This link holds no question' }).waitFor();
    await page.getByRole('button', { name: 'Start anew' }).click();
    await page.getByRole('heading', { name: 'People over time' }).waitFor();
  });

  it('looks closer at a range that is dragged over', async () => {
    const { page } = await house().signedIn();
    await page.goto(linkTo(house(), purchases));
    await drag(page, 0.75, 0.9);
    await planComesTo(page, ({ from, to, range }) => range === undefined && String(from) < String(to));
    assert.match(String(planIn(page).from), /^\d{4}-\d{2}-\d{2}$/);
    await page.goBack();
    await planComesTo(page, ({ range }) => range === '30d');
  });

  it('filters by conditions, groups and people, and asks about nothing that is incomplete', async () => {
    const { page } = await house().signedIn();
    await page.goto(linkTo(house(), purchases));
    const filter = page.getByRole('group', { name: 'Only events where' });
    await filter.getByRole('button', { name: 'Filter' }).click();
    await filter.getByRole('button', { name: /^Field/ }).click();
    await page.getByRole('combobox', { name: /^Search: Field/ }).fill('browser');
    await page.keyboard.press('Enter');
    assert.equal(planIn(page).filter, undefined);
    await filter.getByRole('button', { name: /^Value of Browser/ }).click();
    await page.getByRole('option', { name: /Firefox/ }).click();
    const condition = { field: 'browser', op: 'eq', value: 'Firefox' };
    await planComesTo(page, (plan) => JSON.stringify(plan.filter) === JSON.stringify(condition));
    await filter.getByLabel('What Browser must be').selectOption('is not');
    await planComesTo(page, (plan) => JSON.stringify(plan.filter) === JSON.stringify({ not: condition }));
    await settled(page);
  });

  for (const [theme, width] of [
    ['light', 1440],
    ['dark', 390],
  ] as const)
    it(`has no serious finding of axe, ${theme}, ${width} pixels, and fits`, async () => {
      const { page } = await house().signedIn({ colorScheme: theme, viewport: { width, height: 900 } });
      const filter = { or: [{ field: 'properties.a'.repeat(9), op: 'gt', value: 3 }, { segment: 'gone' }] };
      for (const plan of [
        { ...purchases, series: [...purchases.series, { metric: 'users' }], compare: 'previous' },
        { ...purchases, filter },
      ]) {
        await page.goto(linkTo(house(), plan));
        await page.getByRole('heading', { level: 2 }).first().waitFor();
        await settled(page);
        assert.deepEqual(await findings(page), []);
        assert.equal(await overflowOf(page), 0);
      }
    });
});

describe('explore over its budget', () => {
  const rowsMax = 10;
  const house = useHouse(browser, {
    environment: async () => ({ MILLRACE_QUESTION_ROWS_MAX: String(rowsMax) }),
    isEmpty: true,
  });

  it('says which limit it was, and asks what would help by a click', async () => {
    const timestamp = Date.now() - 60_000;
    await house().collect(
      Array.from({ length: rowsMax + 1 }, () => ({ type: 'pageview', userId: 'ada', timestamp })),
    );
    const { page } = await house().signedIn();
    await page.goto(linkTo(house(), purchases));
    await page.getByText('This reads more rows than a question may').waitFor();
    await page.getByText(/MILLRACE_QUESTION_ROWS_MAX/).waitFor();
    await page.getByRole('button', { name: 'Ask a tenth of the people' }).click();
    await planComesTo(page, ({ sample }) => sample === 0.1);
    await page.getByRole('button', { name: 'Ask about: last 7 days' }).click();
    await planComesTo(page, ({ range }) => range === '7d');
  });
});
