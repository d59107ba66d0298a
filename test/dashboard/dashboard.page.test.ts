/** The dashboard as people meet it, in a real browser on a real server with some days of a shop. In the order of a first visit. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { describe, it } from 'node:test';
import { useBrowser } from '../support/browser.ts';
import { person, useHouse } from './house.ts';
import { findings, overflowOf, settled, until } from './looks.ts';

const browser = useBrowser();
const house = useHouse(browser);

/** Of a person; that of this process is a bot's. */
const userAgent =
  'Mozilla/5.0 (X11; Linux x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Safari/537.36';

describe('signing in', () => {
  it('shows the sign-in page to whoever is not, wherever they wanted to go', async () => {
    const { page } = await house().visitor();
    await page.goto(`${house().url}/p/default?range=7d`);
    await page.waitForURL(/\/sign-in\?to=/);
    assert.equal(await page.getByRole('heading').textContent(), 'Sign in to Millrace');
    assert.deepEqual(await findings(page), []);
  });

  it('works once by the link of the start, and leaves no secret in the address', async () => {
    const { page, troubles } = await house().visitor();
    await page.goto(house().startUrl);
    await page.waitForURL('**/p/default');
    assert.ok(!page.url().includes('#'));
    await page.goto(`${house().url}/p/default/settings`);
    await page.getByLabel('E-mail', { exact: true }).fill(person.email);
    await page.getByLabel('New password').fill(person.password);
    await page.getByRole('button', { name: 'Set the password' }).click();
    await page.getByText(`You sign in as ${person.email}.`).waitFor();
    assert.deepEqual(troubles, []);
    const { page: another } = await house().visitor();
    await another.goto(house().startUrl);
    await another.getByRole('alert').waitFor();
  });

  it('works by password, says what is wrong, and goes where one wanted to go', async () => {
    const { page } = await house().visitor();
    await page.goto(`${house().url}/p/default?range=7d`);
    await page.getByLabel('E-mail', { exact: true }).fill(person.email);
    await page.getByLabel('Password').fill('not the password');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').waitFor();
    await page.getByLabel('Password').fill(person.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/p/default?range=7d');
  });

  it('never goes to another site, whatever the address says', async () => {
    const { page } = await house().visitor();
    await page.goto(`${house().url}/sign-in?to=//elsewhere.example/`);
    await page.getByLabel('E-mail', { exact: true }).fill(person.email);
    await page.getByLabel('Password').fill(person.password);
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.waitForURL('**/p/default');
  });

  it('ends for good by signing out', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('button', { name: 'Account and theme' }).click();
    await page.getByRole('menuitem', { name: 'Sign out' }).click();
    await page.waitForURL(/\/sign-in/);
    assert.equal((await page.request.get(`${house().url}/api/v1/session`)).status(), 401);
  });
});

describe('the overview', () => {
  it('shows the numbers that the API gives', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default?zone=UTC`);
    const plan = { kind: 'summary', range: '30d', timeZone: 'UTC', metrics: ['events', 'users'] };
    const { data } = (await (await house().api('/api/v1/query', plan)).json()) as {
      data: { total: { events: number; users: number } };
    };
    const shown = (value: number) => value.toLocaleString('en-US');
    await page
      .getByRole('button', { name: 'Visitors' })
      .getByText(shown(data.total.users), { exact: true })
      .waitFor();
    await page
      .getByRole('button', { name: 'Events' })
      .getByText(shown(data.total.events), { exact: true })
      .waitFor();
    await settled(page);
    assert.deepEqual(troubles, []);
  });

  it('filters by a click, shows it as a chip and in the address, and goes back', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('table', { name: 'Browsers' }).getByRole('button', { name: 'Firefox' }).click();
    await page.waitForURL('**?filter=browser==Firefox');
    await page.getByRole('button', { name: 'Take the filter away: Browser is Firefox' }).waitFor();
    await page.goBack();
    await page.waitForURL('**/p/default');
    assert.equal(await page.getByRole('button', { name: /Take the filter away/ }).count(), 0);
  });

  it('is in the address bar: the same link shows the same', async () => {
    const { page } = await house().signedIn();
    await page.goto(
      `${house().url}/p/default?range=7d&compare=none&filter=type!=search&metric=events&tab=pages:entry&zone=Asia/Kathmandu`,
    );
    await page.getByText('Days of Asia/Kathmandu').waitFor();
    await page.getByText('Last 7 days').waitFor();
    assert.equal(await page.getByRole('tab', { name: 'Entry' }).getAttribute('aria-selected'), 'true');
    assert.equal(await page.getByRole('button', { name: 'Events', exact: false, pressed: true }).count(), 1);
    await page.getByRole('button', { name: 'Take the filter away: Event is not search' }).waitFor();
  });

  it('shows the trend as a table of the same numbers', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default?range=7d`);
    await page.getByRole('button', { name: 'Table' }).click();
    const table = page.getByRole('region', { name: 'The trend as a table' });
    await table.waitFor();
    assert.equal(await table.getByRole('row').count(), 8);
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV', exact: true }).click(),
    ]);
    const lines = readFileSync(await download.path(), 'utf8')
      .trim()
      .split('\n');
    assert.equal(lines.length, 8);
    assert.match(lines[0] ?? '', /visitors,pageviews,events/);
  });

  it('chooses ranges by name and by two days', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('button', { name: 'Range: Last 30 days' }).click();
    await page.getByRole('button', { name: 'Last 7 days' }).click();
    await page.waitForURL('**?range=7d');
    await page.getByRole('button', { name: 'Range: Last 7 days' }).click();
    await page.getByLabel('First day').fill('2026-01-03');
    await page.getByLabel('Last day').fill('2026-01-02');
    await page.getByText('The last day is before the first.').waitFor();
    await page.getByLabel('Last day').fill('2026-01-05');
    await page.getByRole('button', { name: 'Show these days' }).click();
    await page.waitForURL('**?from=2026-01-03&to=2026-01-05');
    await page.getByText('Nothing happened in this time').waitFor();
  });

  it('suggests values for a filter out of the data', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('button', { name: 'Filter', exact: true }).click();
    await page.getByLabel('Field').selectOption('device');
    await until(async () => (await page.locator('datalist option').count()) > 1);
    await page.getByLabel('Value').fill('mobile');
    await page.getByRole('dialog').getByRole('button', { name: 'Filter' }).click();
    await page.waitForURL('**?filter=device==mobile');
  });

  it('gives any table as a file', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page
      .getByRole('region', { name: 'Devices' })
      .getByRole('button', { name: 'All, and as CSV' })
      .click();
    await page.getByRole('dialog', { name: 'Browsers' }).waitFor();
    const [download] = await Promise.all([
      page.waitForEvent('download'),
      page.getByRole('button', { name: 'CSV' }).click(),
    ]);
    const text = readFileSync(await download.path(), 'utf8');
    assert.match(text, /Firefox/);
  });

  it('counts what comes in while it is open', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default?range=today`);
    const live = page.getByTitle('People with an event in the last five minutes', { exact: true });
    await live.waitFor();
    const before = Number((await live.textContent())?.match(/\d+/)?.[0]);
    await house().collect([
      {
        type: 'pageview',
        url: 'https://shop.example/new',
        userId: 'somebody-new',
        userAgent,
        timestamp: Date.now(),
      },
    ]);
    await until(async () => Number((await live.textContent())?.match(/\d+/)?.[0]) > before);
  });

  it('keeps what happened when', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('button', { name: 'Annotations: 0' }).click();
    await page.getByLabel('What happened').fill('New prices');
    await page.getByRole('button', { name: 'Add it to the trend' }).click();
    await page.getByRole('button', { name: 'Annotations: 1' }).waitFor();
    await page.getByRole('button', { name: 'Delete: New prices' }).click();
    await page.getByRole('button', { name: 'Annotations: 0' }).waitFor();
  });

  it('says what is wrong and comes back by itself when the server cannot be reached', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    await page.getByRole('link', { name: 'Operations' }).click();
    await page.getByText('Everything works').waitFor();
    await page.context().setOffline(true);
    await page.getByText('The server cannot be reached.').first().waitFor();
    await page.context().setOffline(false);
    await page.getByText('Everything works').waitFor();
  });
});

describe('operations, settings and first steps', () => {
  it('show that everything balances, and run all checks', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default/operations`);
    await page.getByText('It balances').waitFor();
    await page
      .getByRole('region', { name: 'Disk' })
      .getByText(/in ten years|is full/)
      .waitFor();
    await page.getByRole('region', { name: 'Slow questions' }).waitFor();
    await page.getByRole('button', { name: 'Run them' }).click();
    await page.getByText('ledger', { exact: true }).waitFor();
    assert.deepEqual(troubles, []);
  });

  it('make a key, show its secret once, and end it', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default/settings`);
    await page.getByRole('button', { name: 'New key' }).click();
    await page.getByLabel('Name').first().fill('my site');
    await page.getByRole('button', { name: 'Make the key' }).click();
    const secret = await page.getByRole('status').locator('code').textContent();
    assert.match(secret ?? '', /^mr_write_/);
    const row = page.getByRole('listitem').filter({ hasText: 'my site' });
    await row.getByRole('button', { name: 'End it' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'End the key' }).click();
    await row.waitFor({ state: 'detached' });
    const refused = await fetch(`${house().url}/api/collect?key=${secret}`, { method: 'POST', body: '{}' });
    assert.equal(refused.status, 401);
  });

  it('let somebody in by a link, as a viewer, who finds no keys', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default/settings`);
    await page.getByLabel('E-mail of somebody new').fill('grace@example.com');
    await page.getByRole('button', { name: 'Let them in' }).click();
    const link = await page.getByRole('status').locator('pre').textContent();
    await page.getByLabel('Role of grace@example.com').waitFor();
    const { page: theirs } = await house().visitor();
    await theirs.goto(link ?? '');
    await theirs.waitForURL('**/p/default');
    await theirs.getByRole('link', { name: 'Settings' }).click();
    await theirs.getByText('Keys and people are kept by administrators').waitFor();
    const role = page.getByLabel('Role of grace@example.com');
    await role.selectOption('none');
    // as who keeps the house one still sees them
    await until(async () => (await role.inputValue()) === 'none' && (await role.isEnabled()));
    await theirs.goto(`${house().url}/p/default`);
    await theirs
      .getByText('No project is open to you yet')
      .or(theirs.getByText('not yours to see'))
      .waitFor();
  });

  it('lead a new project from its key to its first event', async () => {
    const { page } = await house().signedIn();
    await page.goto(`${house().url}/p/default/settings`);
    await page.getByPlaceholder('Shop').fill('My Blog');
    await page.getByRole('button', { name: 'Make “my-blog”' }).click();
    await page.waitForURL('**/p/my-blog/start');
    await page.getByText('Waiting for it.').waitFor();
    await page.getByRole('button', { name: 'Make a key' }).click();
    await page.getByText('shown this once').waitFor();
    assert.match((await page.locator('pre').first().textContent()) ?? '', /m\.js" data-key="mr_write_/);
    await page.getByRole('button', { name: 'Send a test event' }).click();
    await page.getByText('It is here: pageview').waitFor();
  });
});

describe('for everybody', () => {
  for (const theme of ['light', 'dark'] as const)
    for (const width of [1440, 390])
      it(`has no serious finding of axe, ${theme}, ${width} pixels, and fits`, async () => {
        const { page } = await house().signedIn({ colorScheme: theme, viewport: { width, height: 900 } });
        for (const path of ['', '/operations', '/settings', '/start']) {
          await page.goto(`${house().url}/p/default${path}`);
          await page.getByRole('heading', { level: 1 }).waitFor({ state: 'attached' });
          await settled(page);
          assert.deepEqual(await findings(page), [], path);
          assert.equal(await overflowOf(page), 0, `${path} is too wide`);
        }
      });

  it('needs no script of another place and none in the page', async () => {
    const response = await fetch(`${house().url}/`);
    const policy = response.headers.get('content-security-policy') ?? '';
    assert.match(policy, /script-src 'self';/);
    assert.ok(!/script-src[^;]*unsafe/.test(policy));
  });
});
