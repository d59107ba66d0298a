/** The contract of a store on PostgreSQL, with sketches of persons and with lists of them; each crash breaks off all connections. */

import { withClient } from '../../../scripts/services/postgres.ts';
import { type OpenedStore, storeSuite } from '../../../src/testing/store-suite.ts';
import { openStore, openStoreAt } from './open-store.ts';

for (const extensions of [true, false]) {
  const persons = extensions ? 'sketches' : 'lists';
  storeSuite(`the PostgreSQL store with ${persons} of persons`, async (): Promise<OpenedStore> => {
    const { store, url, close } = await openStore({ extensions });
    const closers = [close];
    return {
      store,
      reopen: async () => {
        await breakOffAll(url);
        const reopened = await openStoreAt(url);
        closers.unshift(reopened.close);
        return reopened.store;
      },
      close: async () => {
        for (const each of closers) await each();
      },
    };
  });
}

async function breakOffAll(url: string): Promise<void> {
  await withClient(url, (client) =>
    client.query(
      'SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()',
    ),
  );
}
