/** Redis for suites: each test file starts its own, and closes it through the context when one is given. */
import type { TestContext } from 'node:test';
import { type RedisOptions, type RedisServer, startRedis } from '../../scripts/services/redis.ts';

export type { RedisOptions, RedisServer };

/** With a context it is closed when that test ends. */
export async function openRedis(options: RedisOptions = {}, context?: TestContext): Promise<RedisServer> {
  const server = await startRedis(options);
  context?.after(() => server.close());
  return server;
}
