/** The contract of a store behind PgBouncer in transaction mode, where no two transactions need share a connection. */
import { after, before } from 'node:test';
import { type PgBouncerServer, startPgBouncer } from '../../../scripts/services/pgbouncer.ts';
import { type PostgresServer, startPostgres } from '../../../scripts/services/postgres.ts';
import { type OpenedStore, storeSuite } from '../../../src/testing/store-suite.ts';
import { openStoreAt } from './open-store.ts';

let server: PostgresServer;
let bouncer: PgBouncerServer;
before(async () => {
  server = await startPostgres({ fsync: false });
  bouncer = await startPgBouncer(server, { poolSize: 4 });
});
after(async () => {
  await bouncer.close();
  await server.close();
});

storeSuite('the PostgreSQL store behind PgBouncer', async (): Promise<OpenedStore> => {
  const url = bouncer.url(new URL(await server.createDatabase()).pathname.slice(1));
  const opened = [await openStoreAt(url)];
  return {
    store: opened[0]!.store,
    reopen: async () => {
      await bouncer.stop();
      await server.kill();
      await server.start();
      await bouncer.start();
      opened.unshift(await openStoreAt(url));
      return opened[0]!.store;
    },
    close: async () => {
      for (const each of opened) await each.close();
    },
  };
});
