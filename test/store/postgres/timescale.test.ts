/** The contract of a store on a server that has the extension timescaledb: give its URL as TEST_TIMESCALE_URL. */
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { withClient } from '../../../scripts/services/postgres.ts';
import { type OpenedStore, storeSuite } from '../../../src/testing/store-suite.ts';
import { openStoreAt } from './open-store.ts';

const server = process.env.TEST_TIMESCALE_URL;

if (server === undefined || server === '') {
  test('the PostgreSQL store on TimescaleDB', (t) => t.skip('NOT RUN: TEST_TIMESCALE_URL names no server'));
} else {
  storeSuite('the PostgreSQL store on TimescaleDB', async (): Promise<OpenedStore> => {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await withClient(server, (client) => client.query(`CREATE DATABASE ${name}`));
    const url = Object.assign(new URL(server), { pathname: `/${name}` }).href;
    await withClient(url, (client) => client.query('CREATE EXTENSION timescaledb'));
    const opened = [await openStoreAt(url)];
    return {
      store: opened[0]!.store,
      reopen: async () => {
        opened.unshift(await openStoreAt(url));
        return opened[0]!.store;
      },
      close: async () => {
        for (const each of opened) await each.close();
        await withClient(server, (client) => client.query(`DROP DATABASE ${name} WITH (FORCE)`));
      },
    };
  });
}
