/** A Redis for the tests of its log: what crashes, damages, fills and cuts it. */
import { readdirSync, readFileSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import type { TestContext } from 'node:test';
import { Redis } from 'ioredis';
import { type RedisOptions, type RedisServer, startRedis } from '../../../scripts/services/redis.ts';
import { systemClock } from '../../../src/clock.ts';
import type { Log } from '../../../src/log/log.ts';
import { openRedisLog } from '../../../src/log/redis/redis-log.ts';
import { type RedisLogConfig, redisLogSettings } from '../../../src/log/redis/redis-log-config.ts';
import { parseId, partsMax } from '../../../src/log/stream/stream-record.ts';
import { readSettings } from '../../../src/settings.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';

export const config: RedisLogConfig = {
  ...readSettings(redisLogSettings, {}),
  leaseMs: 1_000,
  timeoutMs: 2_000,
  partitions: 2,
  bytesMax: 0,
  waitingBytesMax: 64 * 1024 ** 2,
};

export interface House {
  readonly server: RedisServer;
  /** A client of the test's own; a new one after the server was started again. */
  redis(): Redis;
  open(given?: Partial<RedisLogConfig>, telemetry?: Telemetry): Promise<Log>;
  /** Kills the server with everything that is open, and starts it again. */
  crash(): Promise<void>;
  keys(partition: number): { readonly records: string; readonly state: string; readonly lease: string };
  /** Where the server keeps its files. */
  directory(): Promise<string>;
}

export async function openHouse(t: TestContext, options: RedisOptions = {}): Promise<House> {
  const server = await startRedis(options);
  const logs = new Set<Log>();
  let client: Redis | undefined;
  t.after(async () => {
    await Promise.all([...logs].map((log) => log.close()));
    client?.disconnect();
    await server.close();
  });
  const house: House = {
    server,
    redis: () => {
      client ??= new Redis(server.url, { maxRetriesPerRequest: 1 });
      client.on('error', () => {});
      return client;
    },
    open: async (given = {}, telemetry = new Telemetry()) => {
      const log = await openRedisLog({
        url: server.url,
        config: { ...config, ...given },
        clock: systemClock,
        telemetry,
      });
      logs.add(log);
      return log;
    },
    crash: async () => {
      client?.disconnect();
      client = undefined;
      await server.kill();
      await Promise.all([...logs].map((log) => log.close()));
      logs.clear();
      await server.start();
    },
    keys: (partition) => {
      const tag = `{millrace:log:${partition}}`;
      return { records: `${tag}:records`, state: `${tag}:state`, lease: `${tag}:lease` };
    },
    directory: async () => ((await house.redis().config('GET', 'dir')) as string[])[1]!,
  };
  return house;
}

/** Takes bytes off the newest append-only file of a server that is stopped. */
export function tearAof(directory: string, bytes: number): void {
  const files = join(directory, 'appendonlydir');
  const newest = readdirSync(files)
    .filter((name) => name.endsWith('.incr.aof'))
    .sort((a, b) => Number(/\.(\d+)\.incr/.exec(a)?.[1]) - Number(/\.(\d+)\.incr/.exec(b)?.[1]))
    .at(-1)!;
  truncateSync(join(files, newest), readFileSync(join(files, newest)).byteLength - bytes);
}

/** Flips a bit in the data of the record that holds the index, in whichever epoch has it last. */
export async function flipBit(
  redis: Redis,
  key: string,
  offset: number,
  bases: readonly number[],
): Promise<void> {
  const entries = (await redis.xrangeBuffer(key, '-', '+')) as unknown as [Buffer, Buffer[]][];
  let damaged = 0;
  const epochs = [...new Set(entries.map(([id]) => parseId(String(id))!.epoch))];
  const changed = entries.map(([id, fields]): [Buffer, Buffer[]] => {
    const { epoch, index, part } = parseId(String(id))!;
    const begin = (bases[epochs.indexOf(epoch)] ?? 0) + index;
    const count = Number(/^\d+/.exec(String(fields[1]))?.[0] ?? 0);
    if (part > 0 || offset < begin || offset >= begin + count) return [id, fields];
    damaged++;
    const data = Buffer.from(fields[3]!);
    data[data.length >>> 1]! ^= 4;
    return [id, [fields[0]!, fields[1]!, fields[2]!, data]];
  });
  if (damaged !== 1) throw new Error(`${damaged} records hold offset ${offset}`);
  await redis.del(key);
  for (const [id, fields] of changed) await redis.xadd(key, String(id), ...(fields as unknown as string[]));
}

export { partsMax };
