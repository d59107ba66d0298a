/** The second stage of a hazard: a Redis that fsyncs each answer, a PostgreSQL, and Millrace in several processes between them. */
import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { withClient } from '../../scripts/services/postgres.ts';
import { type RedisOptions, type RedisServer, startRedis } from '../../scripts/services/redis.ts';
import { openDatabase } from '../support/postgres.ts';
import { freePort, judge, LoadClient, readLedger, ServerUnderTest, sleep, type Verdict } from './harness.ts';

export const partitions = 4;
export const leaseMs = 1_500;

export interface ClusterScene {
  readonly redis: RedisServer;
  /** A process with these roles. `redisPort`: a way to Redis that is not the straight one. */
  server(roles: string, given?: { readonly redisPort?: number }): Promise<ServerUnderTest>;
  client(base: ServerUnderTest, name: string): LoadClient;
  /** Waits until everything acknowledged is counted, then holds the rows against what the clients know. */
  settle(asked: ServerUnderTest): Promise<Verdict>;
  /** How many rows there are now. */
  rows(): Promise<number>;
}

const drainMsMax = 60_000;

export async function clusterScene(t: TestContext, options: RedisOptions = {}): Promise<ClusterScene> {
  const directory = mkdtempSync(join(tmpdir(), 'millrace-cluster-'));
  const redis = await startRedis(options);
  const database = await openDatabase();
  const ledger = join(directory, 'client-ledger');
  const servers: ServerUnderTest[] = [];
  const clients: LoadClient[] = [];
  t.after(async () => {
    for (const client of clients) await client.stop().catch(() => {});
    for (const server of servers) {
      if (server.running) server.signal('SIGCONT');
      await server.stop('SIGKILL');
    }
    await redis.close();
    await database.close();
    rmSync(directory, { recursive: true, force: true });
  });
  const count = async () =>
    await withClient(database.url, async (client) => {
      const { rows } = await client.query<{ count: string }>('SELECT count(*) FROM millrace.events');
      return Number(rows[0]?.count);
    }).catch(() => 0);
  const ids = () =>
    withClient(database.url, async (client) => {
      const { rows } = await client.query<{ event_id: string }>('SELECT event_id FROM millrace.events');
      return rows.map((row) => row.event_id);
    });
  return {
    redis,
    rows: count,
    async server(roles, given = {}) {
      const port = await freePort();
      const server = new ServerUnderTest(join(directory, `data-${servers.length}`), port, {
        MILLRACE_ROLES: roles,
        MILLRACE_LOG: `redis://${redis.host}:${given.redisPort ?? redis.port}`,
        MILLRACE_LOG_PARTITIONS: String(partitions),
        MILLRACE_LOG_LEASE_MS: String(leaseMs),
        MILLRACE_LOG_REDIS_TIMEOUT_MS: '1000',
        MILLRACE_STORE: database.url,
        MILLRACE_WRITER_UPKEEP_INTERVAL_MS: '500',
      });
      servers.push(server);
      return server;
    },
    client(base, name) {
      const client = new LoadClient(base.base, ledger, name, 4, 20);
      clients.push(client);
      return client;
    },
    async settle(asked) {
      const known = await readLedger(ledger);
      const giveUpAt = Date.now() + drainMsMax;
      for (let before = -1; ; ) {
        const now = await count();
        const { queueLength } = await asked
          .ask<{ queueLength: number }>('/api/v1/queue')
          .catch(() => ({ queueLength: -1 }));
        if (now >= known.acknowledged.size && now === before && queueLength === 0) break;
        if (Date.now() > giveUpAt)
          assert.fail(
            `${now} of ${known.acknowledged.size} are stored, ${queueLength} wait; it printed:\n${asked.output}`,
          );
        before = now;
        await sleep(200);
      }
      return judge(known, await ids());
    },
  };
}

/** The first one makes the tables and the project; the others find them. */
export async function startAll(...servers: readonly ServerUnderTest[]): Promise<void> {
  for (const [index, server] of servers.entries()) {
    server.start();
    if (index === 0) await server.ready();
  }
  await Promise.all(servers.map((server) => server.ready()));
}

export function assertExact({ lost, doubled, phantom }: Verdict): void {
  assert.deepEqual({ lost, doubled, phantom }, { lost: 0, doubled: 0, phantom: 0 });
}
