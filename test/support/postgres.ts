/**
 * PostgreSQL for suites that do not stop it: a fresh database on the server of the run (TEST_POSTGRES_URL, see scripts/test.ts), or
 * on one of this process when there is none. That server runs without fsync; suites about durability start their own.
 */
import { randomBytes } from 'node:crypto';
import { startPostgres, withClient } from '../../scripts/services/postgres.ts';

export interface TestDatabase {
  readonly url: string;
  /** Drops it, and breaks off who is still connected. */
  close(): Promise<void>;
}

/** One server for the process; its guard ends it. */
let own: Promise<string> | undefined;

/** `options` as CREATE DATABASE takes them. */
export async function openDatabase(options = ''): Promise<TestDatabase> {
  const server = await serverUrl();
  const name = `test_${randomBytes(6).toString('hex')}`;
  await withClient(server, (client) => client.query(`CREATE DATABASE ${name} ${options}`));
  const url = new URL(server);
  url.pathname = `/${name}`;
  return {
    url: url.href,
    close: () =>
      withClient(server, async (client) => {
        await client.query(`DROP DATABASE IF EXISTS ${name} WITH (FORCE)`);
      }),
  };
}

/** The superuser's URL of the server that the databases are made on. */
export function serverUrl(): Promise<string> {
  const given = process.env.TEST_POSTGRES_URL;
  if (given) return Promise.resolve(given);
  own ??= startPostgres({ fsync: false }).then((server) => server.url());
  return own;
}
