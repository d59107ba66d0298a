/**
 * Which implementation each stage has, and where it keeps its things: the settings that choose the stage of growth, and what
 * cannot go together. The names of the field (DATABASE_URL, REDIS_URL) choose the store, the catalog and the cache, never the log.
 */
import { resolve } from 'node:path';
import { type DiskLogConfig, diskLogSettings } from './log/disk/disk-config.ts';
import { type RedisLogConfig, redisLogSettings } from './log/redis/redis-log-config.ts';
import { type UpstashLogSettings, upstashLogSettings } from './log/upstash/upstash-config.ts';
import {
  namesPostgres,
  type PostgresConfig,
  postgresConfig,
  postgresSettings,
} from './postgres/postgres-config.ts';
import { redisSettings, redisUrl } from './redis/redis-config.ts';
import {
  bytes,
  type Environment,
  invalidSetting,
  type Location,
  list,
  location,
  readSettings,
  secret,
  settingsGroup,
  text,
} from './settings.ts';
import { type EmbeddedSettings, embeddedSettings } from './store/embedded/embedded-config.ts';
import { type PostgresStoreConfig, postgresStoreSettings } from './store/postgres/postgres-store-config.ts';

const redisSchemes = [
  'redis',
  'rediss',
  'redis+sentinel',
  'rediss+sentinel',
  'redis+cluster',
  'rediss+cluster',
] as const;
const upstashSchemes = ['upstash+https', 'upstash+http'] as const;
const postgresSchemes = ['postgres', 'postgresql'] as const;

export const stageSettings = settingsGroup('Which parts run, and where they keep things', {
  data: text('MILLRACE_DATA', {
    default: './data',
    doc: 'The directory that holds everything this process keeps itself: log, store and catalog unless they are elsewhere. One process at a time, unless all of them are.',
  }),
  log: location('MILLRACE_LOG', {
    default: 'disk:',
    schemes: ['disk', 'memory', ...redisSchemes, ...upstashSchemes],
    notBuilt: ['kafka', 's3'],
    doc: 'Where accepted events wait for the store. `disk:` keeps them under MILLRACE_DATA, `disk:DIRECTORY` elsewhere. `redis://USER:PASSWORD@HOST:6379` (also `rediss:`, `redis+sentinel:`, `redis+cluster:`) is a Redis that several processes share. `upstash+https://HOST` is Upstash over REST, with UPSTASH_REDIS_REST_TOKEN. `memory:` loses them when the process ends; for tests.',
  }),
  store: location('MILLRACE_STORE', {
    default: 'embedded:',
    schemes: ['embedded', 'memory', ...postgresSchemes],
    notBuilt: ['clickhouse', 'clickhouse+https'],
    doc: 'What answers questions. `embedded:` is the ClickHouse engine in a child process, under MILLRACE_DATA or in `embedded:DIRECTORY`. `postgres://USER:PASSWORD@HOST/NAME` is a PostgreSQL; `postgres:` alone takes DATABASE_URL or DB_HOST, which also choose it when this is not set. `memory:` forgets everything when the process ends; for tests.',
  }),
  cache: location('MILLRACE_CACHE', {
    default: 'memory:',
    schemes: ['memory', ...redisSchemes],
    notBuilt: ['upstash+https'],
    doc: 'Where answers are kept for the next asker. `redis://HOST` is shared by all servers; REDIS_URL or REDIS_HOST choose it when this is not set. `memory:` is each server’s own.',
  }),
  catalog: location('MILLRACE_CATALOG', {
    default: 'file:',
    schemes: ['file', ...postgresSchemes],
    notBuilt: [],
    doc: 'Where projects and keys are kept. `file:` is an SQLite file under MILLRACE_DATA, `file:PATH` another one. `postgres://…` is a PostgreSQL; where the store is in one, the catalog is there too unless this says otherwise.',
  }),
  roles: list('MILLRACE_ROLES', {
    default: 'collect,write,query',
    item: /^(collect|write|query)$/,
    rule: 'must be some of collect, write, query between commas',
    doc: 'What this process does: take events, bring them from the log into the store, answer questions. Fewer than all need a log, or a store, that processes share.',
  }),
});

export const cacheSettings = settingsGroup('Cache', {
  bytesMax: bytes('MILLRACE_CACHE_BYTES_MAX', {
    default: '64MiB',
    doc: 'The most memory for answers that are kept for the next asker, in this process and in a shared Redis each; 0 keeps none.',
  }),
});

export const upstashSettings = settingsGroup('Upstash', {
  url: text('UPSTASH_REDIS_REST_URL', {
    pattern: /^https?:\/\/\S+$/,
    rule: 'must be an address such as https://name.upstash.io',
    doc: 'The REST address, where MILLRACE_LOG is `upstash+https:` without an address of its own.',
  }),
  token: secret('UPSTASH_REDIS_REST_TOKEN', {
    charactersMin: 8,
    doc: 'The token of the REST address; it must be allowed to write.',
  }),
});

export type Role = 'collect' | 'write' | 'query';

export type LogConfig =
  | { readonly kind: 'disk'; readonly directory: string; readonly settings: DiskLogConfig }
  | { readonly kind: 'redis'; readonly url: string; readonly settings: RedisLogConfig }
  | {
      readonly kind: 'upstash';
      readonly url: string;
      readonly token: string;
      readonly settings: RedisLogConfig & UpstashLogSettings;
    }
  | { readonly kind: 'memory' };
export type StoreConfig =
  | { readonly kind: 'embedded'; readonly directory: string; readonly settings: EmbeddedSettings }
  | { readonly kind: 'postgres'; readonly postgres: PostgresConfig; readonly settings: PostgresStoreConfig }
  | { readonly kind: 'memory' };
export type CacheConfig = { readonly bytesMax: number } & (
  | { readonly kind: 'memory' }
  | { readonly kind: 'redis'; readonly url: string; readonly setting: string }
);
export type CatalogConfig =
  | { readonly kind: 'file'; readonly file: string }
  /** `copy`: where this process keeps a copy of it, to start from while it is away. */
  | { readonly kind: 'postgres'; readonly postgres: PostgresConfig; readonly copy: string };

export interface Stages {
  readonly dataDirectory: string;
  readonly log: LogConfig;
  readonly store: StoreConfig;
  readonly cache: CacheConfig;
  readonly catalog: CatalogConfig;
  readonly roles: ReadonlySet<Role>;
}

const isSet = (environment: Environment, name: string): boolean => (environment[name]?.trim() ?? '') !== '';

/** Errors: setting_invalid, setting_scheme_not_built. */
export function stagesOf(environment: Environment, workingDirectory: string): Stages {
  const given = readSettings(stageSettings, environment);
  const dataDirectory = resolve(workingDirectory, given.data);
  const place = (path: string, fallback: string): string =>
    path === '' ? resolve(dataDirectory, fallback) : resolve(workingDirectory, path);
  const log = logOf(environment, given.log, place);
  const store = storeOf(environment, given.store, place);
  const roles = new Set(given.roles as readonly Role[]);
  refuseForgetfulLog(log, store);
  refuseLonelyRoles(roles, log, store);
  const cache = cacheOf(environment, given.cache);
  const catalog = catalogOf(environment, given.catalog, store, place);
  return { dataDirectory, log, store, cache, catalog, roles };
}

type Place = (path: string, fallback: string) => string;

function logOf(environment: Environment, { scheme, rest }: Location, place: Place): LogConfig {
  if (scheme === 'disk')
    return {
      kind: 'disk',
      directory: place(rest, 'log'),
      settings: readSettings(diskLogSettings, environment),
    };
  if (scheme === 'memory') return { kind: 'memory' };
  const { partitions, bytesMax, waitingBytesMax } = readSettings(diskLogSettings, environment);
  const settings = { ...readSettings(redisLogSettings, environment), partitions, bytesMax, waitingBytesMax };
  if (!scheme.startsWith('upstash')) return { kind: 'redis', url: `${scheme}:${rest}`, settings };
  const upstash = readSettings(upstashSettings, environment);
  const own = rest.replace(/^\/+/, '') === '' ? upstash.url : `${scheme.slice('upstash+'.length)}:${rest}`;
  if (own === undefined)
    throw invalidSetting('UPSTASH_REDIS_REST_URL', 'must be set where MILLRACE_LOG has no address', '');
  if (upstash.token === undefined)
    throw invalidSetting('UPSTASH_REDIS_REST_TOKEN', 'must be set while MILLRACE_LOG is upstash+https:', '');
  const ownSettings = { ...settings, ...readSettings(upstashLogSettings, environment) };
  return { kind: 'upstash', url: own, token: upstash.token, settings: ownSettings };
}

function storeOf(environment: Environment, { scheme, rest }: Location, place: Place): StoreConfig {
  const named = namesPostgres(readSettings(postgresSettings, environment));
  if (isPostgres(scheme) || (named && !isSet(environment, 'MILLRACE_STORE'))) {
    const postgres = isPostgres(scheme)
      ? postgresConfig(environment, { setting: 'MILLRACE_STORE', url: `${scheme}:${rest}` })
      : postgresConfig(environment);
    return { kind: 'postgres', postgres, settings: readSettings(postgresStoreSettings, environment) };
  }
  if (scheme === 'memory') return { kind: 'memory' };
  return {
    kind: 'embedded',
    directory: place(rest, 'store'),
    settings: readSettings(embeddedSettings, environment),
  };
}

function cacheOf(environment: Environment, { scheme, rest }: Location): CacheConfig {
  const { bytesMax } = readSettings(cacheSettings, environment);
  const named = redisUrl(readSettings(redisSettings, environment));
  if (scheme !== 'memory')
    return { kind: 'redis', bytesMax, url: `${scheme}:${rest}`, setting: 'MILLRACE_CACHE' };
  if (named === undefined || isSet(environment, 'MILLRACE_CACHE')) return { kind: 'memory', bytesMax };
  const setting = isSet(environment, 'REDIS_URL') ? 'REDIS_URL' : 'REDIS_HOST';
  return { kind: 'redis', bytesMax, url: named, setting };
}

function catalogOf(
  environment: Environment,
  { scheme, rest }: Location,
  store: StoreConfig,
  place: Place,
): CatalogConfig {
  const copy = place('', 'catalog-copy.json');
  if (isPostgres(scheme)) {
    const postgres = postgresConfig(environment, { setting: 'MILLRACE_CATALOG', url: `${scheme}:${rest}` });
    return { kind: 'postgres', postgres, copy };
  }
  if (store.kind === 'postgres' && !isSet(environment, 'MILLRACE_CATALOG'))
    return { kind: 'postgres', postgres: store.postgres, copy };
  return { kind: 'file', file: place(rest, 'catalog.sqlite') };
}

const isPostgres = (scheme: string): boolean => (postgresSchemes as readonly string[]).includes(scheme);
export const isSharedLog = ({ kind }: LogConfig): boolean => kind === 'redis' || kind === 'upstash';
export const isSharedStore = ({ kind }: StoreConfig): boolean => kind === 'postgres';

/** A memory log counts its offsets from 0 again after a restart; a durable store would take new events for ones that it has. */
function refuseForgetfulLog(log: LogConfig, store: StoreConfig): void {
  if (log.kind !== 'memory' || store.kind === 'memory') return;
  throw invalidSetting(
    'MILLRACE_STORE',
    'must be memory: while MILLRACE_LOG is memory: (a durable store needs a durable log)',
    `${store.kind}:`,
  );
}

/** What one process appends another must be able to read, and what one stores another must be able to ask. */
function refuseLonelyRoles(roles: ReadonlySet<Role>, log: LogConfig, store: StoreConfig): void {
  const value = [...roles].join(',');
  if (roles.has('collect') !== roles.has('write') && !isSharedLog(log))
    throw invalidSetting(
      'MILLRACE_ROLES',
      `must have both collect and write while MILLRACE_LOG is ${log.kind}:, which no other process can read; redis:// is shared`,
      value,
    );
  if (roles.has('write') !== roles.has('query') && !isSharedStore(store))
    throw invalidSetting(
      'MILLRACE_ROLES',
      `must have both write and query while MILLRACE_STORE is ${store.kind}:, which no other process can ask; postgres:// is shared`,
      value,
    );
}
