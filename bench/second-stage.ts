/**
 * What the second stage runs on, started for a benchmark: PostgreSQL, a Redis for the log and one for the cache, with the settings
 * that docs/stages.md recommends as far as they matter here. What is committed and what is logged is on disk.
 */
import pg from 'pg';
import { type PostgresServer, startPostgres } from '../scripts/services/postgres.ts';
import { type RedisServer, startRedis } from '../scripts/services/redis.ts';
import { loadConfig } from '../src/config.ts';
import { cpuSecondsOfFamily } from './system-reads.ts';

/** A quarter of a small machine's memory; checkpoints by time and not by size. */
export const postgresSettings: Readonly<Record<string, string>> = {
  shared_buffers: '1GB',
  effective_cache_size: '4GB',
  work_mem: '64MB',
  max_wal_size: '8GB',
  checkpoint_timeout: '15min',
  synchronous_commit: 'on',
};

export class SecondStage {
  readonly postgres: PostgresServer;
  readonly #log: RedisServer;
  readonly #cache: RedisServer;
  /** Logs in use: each is a database of the one Redis. */
  #logs = 0;

  private constructor(postgres: PostgresServer, log: RedisServer, cache: RedisServer) {
    this.postgres = postgres;
    this.#log = log;
    this.#cache = cache;
  }

  static async start(): Promise<SecondStage> {
    const postgres = await startPostgres({ settings: postgresSettings });
    const log = await startRedis({ settings: { databases: '64' } });
    const cache = await startRedis({
      appendonly: 'no',
      settings: { maxmemory: '256mb', 'maxmemory-policy': 'allkeys-lru' },
    });
    return new SecondStage(postgres, log, cache);
  }

  /**
   * Settings of a server on a fresh database, or on the one of `url`, and on an empty log. Errors: those of the settings.
   */
  async environment(url?: string): Promise<Readonly<Record<string, string>>> {
    const settings = {
      MILLRACE_LOG: process.env.BENCH_LOG ?? `${this.#log.url}/${this.#logs++}`,
      MILLRACE_STORE: url ?? (await this.postgres.createDatabase()),
      MILLRACE_CACHE: this.#cache.url,
    };
    // says at once what a server would print and end with
    loadConfig(settings);
    return settings;
  }

  async close(): Promise<void> {
    await Promise.all([this.postgres.close(), this.#log.close(), this.#cache.close()]);
  }
}

/** Runs `work` on one connection. */
export async function onDatabase<T>(url: string, work: (client: pg.Client) => Promise<T>): Promise<T> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}

/** Of all of a server's processes so far. */
export async function postgresCpuSeconds(server: PostgresServer): Promise<number> {
  const pid = await onDatabase(server.url(), async (client) => {
    const { rows } = await client.query<{ pid: string }>(
      `SELECT split_part(pg_read_file('postmaster.pid'), E'\\n', 1) AS pid`,
    );
    return Number(rows[0]!.pid);
  });
  return cpuSecondsOfFamily(pid);
}

/** The database of this name, made when it is missing. Resolves to its URL. */
export async function keptDatabase(server: string, name: string): Promise<string> {
  await onDatabase(server, async (client) => {
    const { rowCount } = await client.query('SELECT FROM pg_database WHERE datname = $1', [name]);
    if (rowCount === 0) await client.query(`CREATE DATABASE ${name}`);
  });
  const url = new URL(server);
  url.pathname = name;
  return url.href;
}

/** So that its leftovers (vacuum, checkpoints) cost nobody later. */
export async function dropDatabase(server: PostgresServer, url: string): Promise<void> {
  const name = new URL(url).pathname.slice(1);
  await onDatabase(server.url(), async (client) => {
    await client.query(`DROP DATABASE ${name} WITH (FORCE)`);
    await client.query('CHECKPOINT');
  });
}
