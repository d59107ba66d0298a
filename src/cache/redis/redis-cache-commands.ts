/** What the cache does in Redis, as scripts: an entry and what is known of it never differ. */
import type { Cluster, Redis } from 'ioredis';

export interface CacheEntry {
  readonly key: string;
  readonly value: string;
  readonly ttlMs: number;
  /** What it counts toward the bound. */
  readonly bytes: number;
}

export interface CacheCommands {
  get(keys: readonly string[]): Promise<readonly (string | null)[]>;
  /** Gives the entries and bytes that there are then. */
  set(entries: readonly CacheEntry[], bytesMax: number): Promise<readonly [entries: number, bytes: number]>;
}

const shared = `
local used, sizes, state, prefix = KEYS[1], KEYS[2], KEYS[3], ARGV[1]
local function forget(id)
  local size = redis.call('HGET', sizes, id)
  redis.call('ZREM', used, id)
  redis.call('DEL', prefix .. id)
  if size then
    redis.call('HDEL', sizes, id)
    -- only the first write of a script is refused for want of room, so it is none that needs any
    redis.call('HINCRBY', state, 'bytes', -size)
  end
end
-- a Redis without room still gives what it has
local function use(id)
  local place = redis.pcall('HINCRBY', state, 'uses', 1)
  if type(place) == 'number' then redis.pcall('ZADD', used, place, id) end
end
local function oldest() return redis.call('ZRANGE', used, 0, 0)[1] end
`;

/** ARGV: prefix, id… */
const getScript = `${shared}
local values = {}
for i = 2, #ARGV do
  local value = redis.call('GET', prefix .. ARGV[i])
  if value then use(ARGV[i]) else forget(ARGV[i]) end
  values[i - 1] = value
end
return values
`;

/** ARGV: prefix, bytesMax, (id, value, ttl in ms, bytes)… */
const setScript = `${shared}
local max = tonumber(ARGV[2])
-- the first write of a script is refused when Redis itself has no room: then what was used least goes, and nothing is added
local room = type(redis.pcall('HINCRBY', state, 'uses', 1)) == 'number'
if not room then
  for _ = 1, 20 do
    local first = oldest()
    if first then forget(first) end
  end
end
for i = 3, #ARGV, 4 do
  local id, ttl, bytes = ARGV[i], tonumber(ARGV[i + 2]), tonumber(ARGV[i + 3])
  forget(id)
  if room and ttl > 0 and bytes <= max then
    redis.call('SET', prefix .. id, ARGV[i + 1], 'PX', ttl)
    redis.call('HSET', sizes, id, bytes)
    redis.call('HINCRBY', state, 'bytes', bytes)
    use(id)
  end
end
while tonumber(redis.call('HGET', state, 'bytes') or '0') > max do
  local first = oldest()
  if not first then break end
  forget(first)
end
return { redis.call('ZCARD', used), tonumber(redis.call('HGET', state, 'bytes') or '0') }
`;

type Scripted = (Redis | Cluster) & {
  millraceCacheGet(...args: (string | number)[]): Promise<(string | null)[]>;
  millraceCacheSet(...args: (string | number)[]): Promise<[number, number]>;
};

/** `tag`: what all keys begin with, a hash tag in it. */
export function defineCacheCommands(client: Redis | Cluster, tag: string): CacheCommands {
  client.defineCommand('millraceCacheGet', { numberOfKeys: 3, lua: getScript });
  client.defineCommand('millraceCacheSet', { numberOfKeys: 3, lua: setScript });
  const scripted = client as Scripted;
  const keys = [`${tag}used`, `${tag}sizes`, `${tag}state`];
  const prefix = `${tag}entry:`;
  return {
    get: (ids) => scripted.millraceCacheGet(...keys, prefix, ...ids),
    set: (entries, bytesMax) =>
      scripted.millraceCacheSet(
        ...keys,
        prefix,
        bytesMax,
        ...entries.flatMap(({ key, value, ttlMs, bytes }) => [key, value, Math.ceil(ttlMs), bytes]),
      ),
  };
}
