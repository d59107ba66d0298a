/**
 * Rates shared through a Redis: a token bucket for each id, by the clock of that Redis, which forgets it once it is full again.
 * Ids may be addresses of visitors, so only a keyed hash of them leaves the process.
 */
import { createHmac } from 'node:crypto';
import type { Cluster, Redis } from 'ioredis';
import type { RedisConnection } from '../../redis/redis-connection.ts';
import type { SharedRates } from '../limits.ts';

export interface RedisRatesOptions {
  /** Closed with this. */
  readonly connection: RedisConnection;
  /** The same for all servers of a day; undefined: nothing is shared now. */
  readonly salt: () => Promise<Uint8Array | undefined>;
  readonly prefix?: string;
}

/**
 * KEYS: the buckets; ARGV: tokens a minute, then how many are taken of each. A bucket is a hash of `left` and `at`
 * (milliseconds); gives what is left of each, whole tokens.
 */
const script = `
local perMinute = tonumber(ARGV[1])
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local left = {}
for i, key in ipairs(KEYS) do
  local bucket = redis.call('HMGET', key, 'left', 'at')
  local tokens = tonumber(bucket[1]) or perMinute
  local at = tonumber(bucket[2]) or now
  tokens = math.min(perMinute, tokens + (now - at) * perMinute / 60000) - tonumber(ARGV[i + 1])
  redis.call('HSET', key, 'left', tostring(tokens), 'at', now)
  redis.call('PEXPIRE', key, math.ceil((perMinute - tokens) * 60000 / perMinute) + 1000)
  left[i] = math.floor(tokens)
end
return left
`;
const idsPerCallMax = 500;

type Scripted = (Redis | Cluster) & {
  millraceRates(keyCount: number, ...args: (string | number)[]): Promise<number[]>;
};

export class RedisRates implements SharedRates {
  readonly #options: RedisRatesOptions;
  readonly #client: Scripted;

  constructor(options: RedisRatesOptions) {
    this.#options = options;
    options.connection.client.defineCommand('millraceRates', { lua: script });
    this.#client = options.connection.client as Scripted;
  }

  async take(
    name: string,
    perMinute: number,
    taken: readonly (readonly [id: string, count: number])[],
  ): Promise<readonly number[] | undefined> {
    if (!this.#options.connection.isReady) return undefined;
    try {
      const salt = await this.#options.salt();
      if (salt === undefined) return undefined;
      const left: number[] = [];
      for (let from = 0; from < taken.length; from += idsPerCallMax) {
        const part = taken.slice(from, from + idsPerCallMax);
        const keys = part.map(([id]) => this.#key(salt, name, id));
        const counts = part.map(([, count]) => count);
        left.push(...(await this.#client.millraceRates(keys.length, ...keys, perMinute, ...counts)));
      }
      return left;
    } catch {
      return undefined;
    }
  }

  async close(): Promise<void> {
    this.#options.connection.close();
  }

  /** One hash tag: a script of a cluster has keys of one slot. */
  #key(salt: Uint8Array, name: string, id: string): string {
    const hash = createHmac('sha256', salt).update(`${name}\0${id}`).digest('base64url');
    return `{${this.#options.prefix ?? 'millrace'}:rates}:${hash}`;
  }
}
