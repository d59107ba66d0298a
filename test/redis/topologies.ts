/** A Redis of several servers: a master with its replica and a sentinel, or a cluster of three. */
import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { systemProgram } from '../../scripts/services/programs.ts';
import { type RedisServer, startRedis } from '../../scripts/services/redis.ts';
import { freePort, ServiceFolder, started } from '../../scripts/services/service-folder.ts';

async function server(t: TestContext, settings: Readonly<Record<string, string>>): Promise<RedisServer> {
  const redis = await startRedis({ settings });
  t.after(() => redis.close());
  return redis;
}

/** The replica is in step when it resolves. `url` is that of the sentinel, which moves on when the master is gone for half a second. */
export async function sentinelTopology(t: TestContext) {
  const master = await server(t, { 'repl-diskless-sync-delay': '0' });
  const replica = await server(t, { replicaof: `${master.host} ${master.port}` });
  const folder = new ServiceFolder('sentinel');
  t.after(() => folder.close());
  const port = await freePort();
  const file = join(folder.path, 'sentinel.conf');
  const lines = [
    `port ${port}`,
    `bind ${master.host}`,
    `dir ${folder.path}`,
    `sentinel monitor main ${master.host} ${master.port} 1`,
    'sentinel down-after-milliseconds main 500',
    'sentinel failover-timeout main 2000',
  ];
  writeFileSync(file, `${lines.join('\n')}\n`);
  const running = folder.start('sentinel', systemProgram('redis-server')!, [file, '--sentinel']);
  await withRedis(port, async (client) => {
    await started(folder, 'sentinel', running, async () => {
      assert.equal(((await client.call('SENTINEL', 'REPLICAS', 'main')) as unknown[]).length, 1);
    });
  });
  await withRedis(replica.port, async (client) => {
    await started(folder, 'sentinel', running, async () => {
      assert.match(await client.info('replication'), /master_link_status:up/);
    });
  });
  return { master, replica, url: `redis+sentinel://${master.host}:${port}/main` };
}

/** Three masters with a third of the slots each. */
export async function clusterTopology(t: TestContext) {
  const settings = {
    'cluster-enabled': 'yes',
    'cluster-announce-ip': '127.0.0.1',
    'cluster-node-timeout': '2000',
  };
  const nodes = [await server(t, settings), await server(t, settings), await server(t, settings)];
  for (const [index, node] of nodes.entries()) {
    await withRedis(node.port, async (client) => {
      const from = index * 5462;
      await client.call('CLUSTER', 'ADDSLOTSRANGE', from, Math.min(16_383, from + 5461));
      if (index > 0) await client.call('CLUSTER', 'MEET', '127.0.0.1', nodes[0]!.port);
    });
  }
  for (const node of nodes) {
    await withRedis(node.port, async (client) => {
      const giveUpAt = performance.now() + 20_000;
      for (;;) {
        const info = String(await client.call('CLUSTER', 'INFO'));
        if (/cluster_state:ok/.test(info) && /cluster_size:3/.test(info)) return;
        assert.ok(performance.now() < giveUpAt, info);
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
    });
  }
  return { nodes, url: `redis+cluster://127.0.0.1:${nodes[0]!.port}` };
}

async function withRedis<T>(port: number, work: (client: Redis) => Promise<T>): Promise<T> {
  const client = new Redis(port, '127.0.0.1', { maxRetriesPerRequest: null });
  client.on('error', () => {});
  try {
    return await work(client);
  } finally {
    client.disconnect();
  }
}
