/** PostgreSQL is really stopped under the pages: what is known stays and says so, operations say why, and all comes back by itself. */
import assert from 'node:assert/strict';
import { after, describe, it } from 'node:test';
import { type PostgresServer, startPostgres } from '../../scripts/services/postgres.ts';
import { useBrowser } from '../support/browser.ts';
import { useHouse } from './house.ts';

let postgres: PostgresServer;
const browser = useBrowser();
const house = useHouse(browser, {
  environment: async () => {
    postgres = await startPostgres({ fsync: false });
    return { MILLRACE_LOG: 'disk:', MILLRACE_STORE: postgres.url(), MILLRACE_CATALOG: 'file:' };
  },
});
after(() => postgres.close());

const away = 'The store is away: the last known numbers';

describe('while the store is down', () => {
  it('shows the last known numbers, says why, and comes back by itself', async () => {
    const { page, troubles } = await house().signedIn();
    await page.goto(`${house().url}/p/default`);
    const visitors = page.getByRole('button', { name: 'Visitors' });
    await visitors.getByText(/^\d/).waitFor();
    const known = await visitors.textContent();
    const operations = await page.context().newPage();
    await operations.goto(`${house().url}/p/default/operations`);
    await operations.getByText('Everything works').waitFor();

    await postgres.stop('immediate');
    await operations.getByText('Events are taken; questions are not answered.').waitFor();
    await page.reload();
    await page.getByText(away).waitFor();
    assert.equal(await visitors.textContent(), known);
    const event = { type: 'only-once', userId: 'ada', timestamp: Date.now() };
    assert.equal((await house().api('/api/collect', [event])).status, 202);
    // never asked before, so nothing is known of it
    await page.goto(`${house().url}/p/default?range=ytd&filter=type==only-once`);
    const refusal = page.getByRole('alert').first();
    await refusal.waitFor();
    assert.match((await refusal.textContent()) ?? '', /Events are still taken/);

    await postgres.start();
    await operations.getByText('Everything works').waitFor();
    // nobody touches the page
    await page.getByRole('button', { name: 'Events' }).getByText('1', { exact: true }).waitFor();
    await page.goto(`${house().url}/p/default`);
    await visitors.getByText(/^\d/).waitFor();
    assert.equal(await page.getByText(away).count(), 0);
    assert.deepEqual(troubles, []);
  });
});
