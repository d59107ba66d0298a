/** The names that the field knows a Redis by. They set the cache alone: a log needs a Redis that never evicts. */
import { integer, secret, settingsGroup, text, type Values } from '../settings.ts';

export const redisSettings = settingsGroup('Redis, for the cache', {
  url: text('REDIS_URL', {
    pattern: /^rediss?(\+(sentinel|cluster))?:\/\/\S+$/i,
    rule: 'must be an address such as redis://:password@host:6379/0',
    doc: 'The Redis of the cache, unless MILLRACE_CACHE says otherwise. It never sets the log.',
  }),
  host: text('REDIS_HOST', {
    pattern: /^[^\s/@:]+$/,
    rule: 'must be a host name or an address',
    doc: 'The host of the cache’s Redis, when REDIS_URL is not set.',
  }),
  port: integer('REDIS_PORT', {
    default: '6379',
    min: 1,
    max: 65_535,
    doc: 'The port that goes with REDIS_HOST.',
  }),
  password: secret('REDIS_PASSWORD', {
    charactersMin: 1,
    doc: 'The password that goes with REDIS_HOST.',
  }),
});

/** The address that these settings make; undefined when none of them names a Redis. */
export function redisUrl({ url, host, port, password }: Values<typeof redisSettings>): string | undefined {
  if (url !== undefined) return url;
  if (host === undefined) return undefined;
  const login = password === undefined ? '' : `:${encodeURIComponent(password)}@`;
  return `redis://${login}${host}:${port}`;
}
