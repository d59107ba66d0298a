/**
 * A real PostgreSQL on a free port of 127.0.0.1, with its data in a temporary folder; a streaming replica when asked. It ends with
 * the process that started it. Settings are for speed, but what is committed is on disk unless `fsync: false`.
 */
import { randomBytes } from 'node:crypto';
import { appendFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { postgresProgram, unprivileged } from './programs.ts';
import { freePort, type ServerProcess, ServiceFolder, started } from './service-folder.ts';

export interface PostgresOptions {
  /** False for suites that test no durability: faster, and a crash of the machine may lose commits. */
  readonly fsync?: boolean;
  /** Lines of postgresql.conf: `{ max_connections: '20' }`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export type StopMode = 'smart' | 'fast' | 'immediate';

export interface PostgresServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  /** The superuser's URL, of the database `postgres` unless named. */
  url(database?: string): string;
  /** A fresh database; resolves to its URL. */
  createDatabase(): Promise<string>;
  /** Ends it in order; `fast` (the default) breaks connections off, `smart` waits for them, `immediate` recovers at the next start. */
  stop(mode?: StopMode): Promise<void>;
  /** Starts it again on the same port and data. */
  start(): Promise<void>;
  /** SIGKILL to all of its processes at once, as a crash does. */
  kill(): Promise<void>;
  /** A hot standby that streams from this one. Close it before its primary. */
  startReplica(options?: Pick<PostgresOptions, 'settings'>): Promise<PostgresServer>;
  /** Ends it and removes its data. */
  close(): Promise<void>;
}

const host = '127.0.0.1';
const user = 'postgres';
const stopSignals = { smart: 'SIGTERM', fast: 'SIGINT', immediate: 'SIGQUIT' } as const;
const baseSettings: Readonly<Record<string, string>> = {
  listen_addresses: host,
  unix_socket_directories: '',
  max_connections: '200',
  shared_buffers: '64MB',
  wal_level: 'replica',
  max_wal_senders: '6',
  hot_standby: 'on',
  // in the data folder, so that a SIGKILL leaves nothing in /dev/shm
  dynamic_shared_memory_type: 'mmap',
};

export async function startPostgres(options: PostgresOptions = {}): Promise<PostgresServer> {
  const folder = new ServiceFolder('postgres', unprivileged());
  const password = randomBytes(9).toString('base64url');
  const passwordFile = join(folder.path, 'password');
  writeFileSync(passwordFile, password);
  const initdb = ['--pgdata=data', `--pwfile=${passwordFile}`, `--username=${user}`, '--auth=scram-sha-256'];
  try {
    folder.run(program('initdb'), [...initdb, '--encoding=UTF8', '--locale=C', '--no-sync']);
    const server = new LocalPostgres(folder, await freePort(), password);
    server.configure({
      ...baseSettings,
      fsync: options.fsync === false ? 'off' : 'on',
      ...options.settings,
    });
    await server.start();
    return server;
  } catch (error) {
    await folder.close();
    throw error;
  }
}

class LocalPostgres implements PostgresServer {
  readonly host = host;
  readonly user = user;
  readonly port: number;
  readonly password: string;
  readonly #folder: ServiceFolder;
  #process: ServerProcess | undefined;

  constructor(folder: ServiceFolder, port: number, password: string) {
    this.#folder = folder;
    this.port = port;
    this.password = password;
  }

  url(database = 'postgres'): string {
    return `postgres://${user}:${this.password}@${host}:${this.port}/${database}`;
  }

  configure(settings: Readonly<Record<string, string>>): void {
    const lines = Object.entries({ ...settings, port: String(this.port) });
    const text = lines.map(([name, value]) => `${name} = '${value}'\n`).join('');
    appendFileSync(join(this.#data, 'postgresql.conf'), text);
  }

  async createDatabase(): Promise<string> {
    const name = `test_${randomBytes(6).toString('hex')}`;
    await withClient(this.url(), (client) => client.query(`CREATE DATABASE ${name}`));
    return this.url(name);
  }

  async stop(mode: StopMode = 'fast'): Promise<void> {
    await this.#process?.end(stopSignals[mode]);
  }

  async start(): Promise<void> {
    this.#process = this.#folder.start('postgres', program('postgres'), ['-D', this.#data]);
    await started(this.#folder, 'postgres', this.#process, () =>
      withClient(this.url(), (client) => client.query('SELECT 1')),
    );
  }

  async kill(): Promise<void> {
    const server = this.#process;
    if (server === undefined || server.exit() !== undefined) return;
    // a stopped postmaster starts no further child while they are being counted
    process.kill(server.pid, 'SIGSTOP');
    const children = childrenOf(server.pid);
    const ended = server.end('SIGKILL');
    for (const pid of children) signal(pid, 'SIGKILL');
    await ended;
    while (children.some(runs)) await delay(5);
  }

  async startReplica(options: Pick<PostgresOptions, 'settings'> = {}): Promise<PostgresServer> {
    const folder = new ServiceFolder('postgres-replica', unprivileged());
    try {
      const copy = ['--pgdata=data', '--write-recovery-conf', '--wal-method=stream', '--checkpoint=fast'];
      folder.run(program('pg_basebackup'), [...copy, '--no-sync', `--dbname=${this.url()}`]);
      const replica = new LocalPostgres(folder, await freePort(), this.password);
      replica.configure({ ...options.settings });
      await replica.start();
      return replica;
    } catch (error) {
      await folder.close();
      throw error;
    }
  }

  async close(): Promise<void> {
    await this.stop('immediate');
    await this.#folder.close();
  }

  get #data(): string {
    return join(this.#folder.path, 'data');
  }
}

/** Runs `work` on a connection of its own. */
export async function withClient<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 5_000 });
  // a server that goes away while we are connected says so here too
  client.on('error', () => {});
  try {
    await client.connect();
    return await work(client);
  } finally {
    await client.end().catch(() => {});
  }
}

function program(name: string): string {
  const found = postgresProgram(name);
  if (found === undefined) throw new Error(`PostgreSQL is not installed here (no ${name})`);
  return found;
}

/** Linux only; elsewhere the children notice the postmaster's end by themselves. */
function childrenOf(pid: number): number[] {
  try {
    const text = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8');
    return text.split(' ').filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function signal(pid: number, which: NodeJS.Signals): void {
  try {
    process.kill(pid, which);
  } catch {
    // gone already
  }
}

/** A process that ended and was not waited for has no command line any more. */
function runs(pid: number): boolean {
  try {
    return readFileSync(`/proc/${pid}/cmdline`).length > 0;
  } catch {
    return false;
  }
}
