/** Finding one's way, by keyboard and on a phone; and what is saved: made, used, changed by two at once, and deleted. */
import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import type { Page } from 'playwright-core';
import { useBrowser } from '../support/browser.ts';
import { useHouse } from './house.ts';
import { findings, overflowOf, until } from './looks.ts';

const browser = useBrowser();
const house = useHouse(browser);

const palette = (page: Page) => page.getByRole('combobox', { name: 'Where to, or what to do' });
const firefox = { field: 'browser', op: 'eq', value: 'Firefox' };
const save = async (kind: string, name: string, body: object) => {
  const response = await house().api(`/api/v1/saved/${kind}s`, { name, body });
  assert.equal(response.status, 201, await response.clone().text());
};

describe('the palette', () => {
  it('goes to pages, changes the range and the theme, and keeps what was chosen lately, by keyboard alone', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('button', { name: 'Range: Last 30 days' }).waitFor();
    await page.keyboard.press('Control+k');
    await palette(page).waitFor();
    await page.keyboard.type('last 7');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/p/default?range=7d');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('drk');
    await page.getByRole('option', { name: 'Dark' }).waitFor();
    await page.keyboard.press('Enter');
    assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark');
    await page.keyboard.press('Control+k');
    await page.keyboard.type('queue');
    await page.keyboard.press('Enter');
    await page.waitForURL('**/p/default/operations');
    await page.keyboard.press('Control+k');
    await page.getByRole('group', { name: 'Recent' }).getByRole('option', { name: 'Operations' }).waitFor();
    await page.keyboard.press('ArrowDown');
    const at = await palette(page).getAttribute('aria-activedescendant');
    assert.equal(await page.locator(`[id="${at}"]`).getAttribute('aria-selected'), 'true');
    assert.deepEqual(await findings(page), []);
    await page.keyboard.press('Escape');
    await palette(page).waitFor({ state: 'detached' });
    assert.deepEqual(troubles, []);
  });

  it('opens what is saved, and shows names as text', async () => {
    await save('segment', '<img src=x onerror=alert(1)>', { filter: firefox });
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('button', { name: 'Search and commands' }).click();
    await palette(page).fill('onerror');
    await page.getByRole('option', { name: '<img src=x onerror=alert(1)>' }).click();
    await page.waitForURL('**?filter=segment:img-src-x-onerror-alert-1');
    await page.getByText('<img src=x onerror=alert(1)>').waitFor();
    assert.deepEqual(troubles, []);
  });
});

describe('navigation', () => {
  it('is a menu on a phone, which closes when one goes', async () => {
    const { page } = await house().signedIn({ viewport: { width: 390, height: 800 } });
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('button', { name: 'Pages', exact: true }).click();
    const menu = page.getByRole('dialog', { name: 'Millrace' });
    assert.equal(await menu.getByRole('link', { name: 'Overview' }).getAttribute('aria-current'), 'page');
    assert.deepEqual(await findings(page), []);
    await menu.getByRole('link', { name: 'Saved' }).click();
    await page.waitForURL('**/p/default/saved');
    await menu.waitFor({ state: 'detached' });
    assert.equal(await overflowOf(page), 0);
  });
});

describe('saved things', () => {
  it('are made out of the filters of the overview, used there, changed, and deleted with a warning', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default?filter=browser==Firefox&filter=device==mobile`);
    await page.getByRole('button', { name: 'Save as segment' }).click();
    await page.getByLabel('Name').fill('Foxes on phones');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.waitForURL('**?filter=segment:foxes-on-phones');
    await page.getByRole('button', { name: 'Take the filter away: Segment is Foxes on phones' }).waitFor();
    await save('question', 'Foxes by day', {
      plan: { kind: 'trend', interval: 'day', range: '30d', filter: { segment: 'foxes-on-phones' } },
    });

    await page.goto(`${house().url}/p/default/saved?kind=segments`);
    const row = page.getByRole('listitem').filter({ hasText: 'Foxes on phones' });
    await row.getByText('Browser is Firefox and Device is Mobile').waitFor();
    await row.getByText('used by 1').waitFor();
    await row.getByRole('button', { name: 'Edit: Foxes on phones' }).click();
    const editor = page.getByRole('dialog', { name: 'Edit: Foxes on phones' });
    await editor.getByText('in the last 30 days').waitFor();
    assert.deepEqual(await findings(page), []);
    await editor.getByRole('button', { name: 'Remove the condition on Device' }).click();
    await editor.getByLabel('Name').fill('Foxes');
    await editor.getByRole('button', { name: 'Save' }).click();
    await editor.waitFor({ state: 'detached' });
    const kept = await (await house().api('/api/v1/saved/segments/foxes-on-phones')).json();
    assert.deepEqual((kept as { data: { body: unknown } }).data.body, { filter: firefox });

    await page.getByRole('button', { name: 'Delete: Foxes', exact: true }).click();
    const warning = page.getByRole('dialog', { name: 'Delete “Foxes”?' });
    await warning.getByRole('link', { name: 'Foxes by day' }).waitFor();
    await warning.getByRole('button', { name: 'Delete' }).click();
    await warning.waitFor({ state: 'detached' });
    await page.goto(`${house().url}/p/default?filter=segment:foxes-on-phones`);
    await page.getByText('(deleted)').waitFor();
    await page.getByRole('button', { name: 'Look without it' }).click();
    await page.waitForURL('**/p/default');
    assert.deepEqual(troubles, []);
  });

  it('tell who changes one that somebody else changed it meanwhile, and lose neither', async () => {
    await save('goal', 'Ordered', { filter: { field: 'type', op: 'eq', value: 'purchase' } });
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default/saved?kind=goals&open=ordered`);
    const editor = page.getByRole('dialog', { name: 'Edit: Ordered' });
    await editor.getByLabel('Name').fill('Bought');
    const theirs = { name: 'Paid', body: { filter: { field: 'type', op: 'eq', value: 'pageview' } } };
    assert.equal((await house().api('/api/v1/saved/goals/ordered', theirs, 'PUT')).status, 200);
    await editor.getByRole('button', { name: 'Save' }).click();
    await editor.getByText('Now it is Paid: Event is pageview').waitFor();
    await editor.getByRole('button', { name: 'Keep mine' }).click();
    await page.getByRole('listitem').filter({ hasText: 'Bought' }).waitFor();

    await page.goto(`${house().url}/p/default?zone=UTC`);
    const plan = {
      ...{ kind: 'summary', range: '30d', timeZone: 'UTC', metrics: ['events'] },
      filter: { goal: 'ordered' },
    };
    const { data } = (await (await house().api('/api/v1/query', plan)).json()) as {
      data: { total: { events: number } };
    };
    const goals = page.getByRole('table', { name: 'Goals' });
    const cells = goals.getByRole('row').filter({ hasText: 'Bought' }).getByRole('cell');
    await until(async () => (await cells.nth(1).textContent()) === data.total.events.toLocaleString('en-US'));
  });

  it('of a viewer are there to see, not to change; annotations change where they stand', async () => {
    await save('annotation', 'Moved', { at: new Date().toISOString(), text: 'Moved house' });
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('button', { name: 'Annotations: 1' }).click();
    await page.getByRole('button', { name: 'Edit: Moved house' }).click();
    await page.getByLabel('What happened').fill('Moved the house');
    await page.getByRole('button', { name: 'Save', exact: true }).click();
    await page.getByText('Moved the house').waitFor();
    const grace = { email: 'grace@example.com', role: 'viewer', project: 'default' };
    const { data } = (await (await house().api('/api/v1/people', grace)).json()) as {
      data: { link: { path: string } };
    };
    const { page: theirs } = await house().visitor();
    await theirs.goto(house().url + data.link.path);
    await theirs.waitForURL('**/p/default');
    await theirs.goto(`${house().url}/p/default/saved?kind=annotations`);
    await theirs.getByText('Moved the house').first().waitFor();
    assert.equal(await theirs.getByRole('button', { name: /Edit|Delete|New/ }).count(), 0);
  });
});
