/**
 * A real PgBouncer in front of a PostgreSQL server, in transaction mode unless told otherwise. It takes no startup parameter beyond
 * its own list, as it comes out of the box. It ends with the process that started it.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { PostgresServer } from './postgres.ts';
import { withClient } from './postgres.ts';
import { systemProgram, unprivileged } from './programs.ts';
import { freePort, type ServerProcess, ServiceFolder, started } from './service-folder.ts';

export interface PgBouncerOptions {
  readonly poolMode?: 'transaction' | 'session' | 'statement';
  /** Server connections for each database and user. */
  readonly poolSize?: number;
  /** Further lines of pgbouncer.ini. */
  readonly settings?: Readonly<Record<string, string>>;
}

export interface PgBouncerServer {
  readonly host: string;
  readonly port: number;
  url(database?: string): string;
  stop(): Promise<void>;
  start(): Promise<void>;
  close(): Promise<void>;
}

const host = '127.0.0.1';

export async function startPgBouncer(
  server: PostgresServer,
  options: PgBouncerOptions = {},
): Promise<PgBouncerServer> {
  const program = systemProgram('pgbouncer');
  if (program === undefined) throw new Error('PgBouncer is not installed here');
  const folder = new ServiceFolder('pgbouncer', unprivileged());
  const port = await freePort();
  const users = join(folder.path, 'users.txt');
  const settings = {
    listen_addr: host,
    listen_port: port,
    unix_socket_dir: '',
    auth_type: 'scram-sha-256',
    auth_file: users,
    pool_mode: options.poolMode ?? 'transaction',
    default_pool_size: options.poolSize ?? 10,
    max_client_conn: 500,
    ...options.settings,
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name} = ${value}\n`);
  writeFileSync(users, `"${server.user}" "${server.password}"\n`);
  writeFileSync(
    join(folder.path, 'pgbouncer.ini'),
    `[databases]\n* = host=${server.host} port=${server.port}\n[pgbouncer]\n${lines.join('')}`,
  );
  const url = (database = 'postgres') =>
    `postgres://${server.user}:${server.password}@${host}:${port}/${database}`;
  let running: ServerProcess | undefined;
  const bouncer: PgBouncerServer = {
    host,
    port,
    url,
    stop: async () => running?.end('SIGTERM'),
    start: async () => {
      running = folder.start('pgbouncer', program, [join(folder.path, 'pgbouncer.ini')]);
      await started(folder, 'pgbouncer', running, () =>
        withClient(url(), (client) => client.query('SELECT 1')),
      );
    },
    close: async () => {
      await bouncer.stop();
      await folder.close();
    },
  };
  try {
    await bouncer.start();
    return bouncer;
  } catch (error) {
    await folder.close();
    throw error;
  }
}
