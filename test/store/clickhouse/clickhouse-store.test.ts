/** The contract of a store on the embedded engine, each crash a SIGKILL of the engine's process. */
import { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { type OpenedStore, storeSuite } from '../../../src/testing/store-suite.ts';
import { Closing } from '../embedded/engine-helpers.ts';
import { killEngine, openStore, storeOn } from './store-helpers.ts';

storeSuite('the ClickHouse store on the embedded engine', async (): Promise<OpenedStore> => {
  const closing = new Closing();
  const { store, engine } = await openStore(closing);
  return {
    store,
    reopen: async () => {
      await killEngine(engine);
      const client = new ClickHouseClient(() => engine.target());
      const reopened = await storeOn(engine, client);
      closing.after(() => reopened.close());
      return reopened;
    },
    close: () => closing.close(),
  };
});
