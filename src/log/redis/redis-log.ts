/** The `redis:` log: a log of streams in a Redis that this process reaches over a socket, once it was found fit for it. */
import { randomUUID } from 'node:crypto';
import type { Clock } from '../../clock.ts';
import { openRedis } from '../../redis/redis-connection.ts';
import type { Telemetry } from '../../telemetry/telemetry.ts';
import type { Log } from '../log.ts';
import { openStreamLog } from '../stream/stream-log.ts';
import type { RedisLogConfig } from './redis-log-config.ts';
import { openRedisService } from './redis-service.ts';

export interface RedisLogOptions {
  /** `redis://…` and its kin; see redis/redis-url.ts. */
  readonly url: string;
  readonly config: RedisLogConfig;
  readonly clock: Clock;
  readonly telemetry: Telemetry;
  /** Names this process among the writers; without blanks. Random by default. */
  readonly owner?: string;
}

const setting = 'MILLRACE_LOG';
/** How often a process that waits for nothing looks how full the log is. */
const refreshMs = 1_000;

/**
 * Errors: setting_invalid; redis_refused for what only a person can change; redis_unsafe for one that would lose events;
 * redis_unavailable when it does not answer in time.
 */
export async function openRedisLog(options: RedisLogOptions): Promise<Log> {
  const { url, config, clock, telemetry, owner = randomUUID() } = options;
  const { timeoutMs } = config;
  const connection = openRedis({ setting, url, name: 'millrace-log', timeoutMs }, telemetry);
  const service = await openRedisService({ ...config, connection, setting, clock, telemetry });
  try {
    const onClosed = () => service.close();
    return await openStreamLog({
      service,
      config: { ...config, refreshMs },
      clock,
      telemetry,
      owner,
      onClosed,
    });
  } catch (error) {
    await service.close();
    throw error;
  }
}
