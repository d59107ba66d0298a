/** A store on a database of its own, closed with everything that it needed. */
import { systemClock } from '../../../src/clock.ts';
import { postgresConfig } from '../../../src/postgres/postgres-config.ts';
import { openPools, type PostgresPools } from '../../../src/postgres/postgres-pools.ts';
import { PostgresStore, type PostgresStoreOptions } from '../../../src/store/postgres/postgres-store.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { openDatabase } from '../../support/postgres.ts';

type Given = Partial<Omit<PostgresStoreOptions, 'pools'>> & {
  readonly environment?: Readonly<Record<string, string>>;
};

export interface OpenStore {
  readonly store: PostgresStore;
  readonly pools: PostgresPools;
  readonly telemetry: Telemetry;
  close(): Promise<void>;
}

/** Few connections, so that suites which run at once share the server. */
const small = { DB_POOL_MAX: '8', DB_POOL_MIN: '0', DB_READ_POOL_MAX: '4', DB_READ_POOL_MIN: '0' };

export async function openStoreAt(url: string, { environment, ...given }: Given = {}): Promise<OpenStore> {
  const telemetry = given.telemetry ?? new Telemetry();
  const config = postgresConfig({ ...small, DATABASE_URL: url, ...environment });
  const pools = openPools(config, systemClock, telemetry);
  try {
    const store = await PostgresStore.open({
      clock: systemClock,
      patienceMs: 200,
      ...given,
      telemetry,
      pools,
    });
    const close = async () => {
      await store.close();
      await pools.close();
    };
    return { store, pools, telemetry, close };
  } catch (error) {
    await pools.close();
    throw error;
  }
}

/** On a fresh database. `url`: for a second store on the same one. */
export async function openStore(given: Given = {}): Promise<OpenStore & { readonly url: string }> {
  const database = await openDatabase();
  try {
    const opened = await openStoreAt(database.url, given);
    const close = async () => {
      await opened.close();
      await database.close();
    };
    return { ...opened, url: database.url, close };
  } catch (error) {
    await database.close();
    throw error;
  }
}
