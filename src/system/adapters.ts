/** Which implementation the settings choose for each contract; the only file that names them. */
import { randomBytes, randomUUID } from 'node:crypto';
import { LayeredCache } from '../cache/layered-cache.ts';
import { MemoryCache } from '../cache/memory/memory-cache.ts';
import { RedisCache } from '../cache/redis/redis-cache.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { CopiedCatalog } from '../catalog/copy/copied-catalog.ts';
import { PostgresCatalog } from '../catalog/postgres/postgres-catalog.ts';
import { SqliteCatalog } from '../catalog/sqlite/sqlite-catalog.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { openHasher } from '../event/hasher.ts';
import { RedisRates } from '../limits/redis/redis-rates.ts';
import { openDiskLog } from '../log/disk/disk-log.ts';
import type { Log } from '../log/log.ts';
import { openMemoryLog } from '../log/memory/memory-log.ts';
import { openRedisLog } from '../log/redis/redis-log.ts';
import { openUpstashLog } from '../log/upstash/upstash-log.ts';
import type { PostgresConfig } from '../postgres/postgres-config.ts';
import { openPools, type PoolsFigures, type PostgresPools } from '../postgres/postgres-pools.ts';
import { openRedis } from '../redis/redis-connection.ts';
import type { CacheConfig } from '../stage-config.ts';
import { ClickHouseClient } from '../store/clickhouse/clickhouse-client.ts';
import { type ClickHouseError, isBrokenPart } from '../store/clickhouse/clickhouse-error.ts';
import {
  ClickHouseStore,
  clickhousePacker,
  clickhouseSupports,
} from '../store/clickhouse/clickhouse-store.ts';
import { type EmbeddedEngine, startEmbeddedEngine } from '../store/embedded/embedded-engine.ts';
import { LateStore } from '../store/late-store.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import { PostgresStore, supportsOf } from '../store/postgres/postgres-store.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Opened } from './opened.ts';

/** What adapters are opened with. What is opened for several of them is closed with `opened`. */
export interface AdapterParts {
  readonly telemetry: Telemetry;
  readonly clock: Clock;
  readonly opened: Opened;
  readonly databases: Databases;
}

export function adapterParts(telemetry: Telemetry, clock: Clock, opened: Opened): AdapterParts {
  const databases = opened.add(new Databases(clock, telemetry), (each) => each.close());
  return { telemetry, clock, opened, databases };
}

/** The pools of each PostgreSQL that the settings name: one set for each, whoever uses it. */
export class Databases {
  readonly #clock: Clock;
  readonly #telemetry: Telemetry;
  readonly #pools = new Map<string, PostgresPools>();

  constructor(clock: Clock, telemetry: Telemetry) {
    this.#clock = clock;
    this.#telemetry = telemetry;
  }

  pools(config: PostgresConfig): PostgresPools {
    const place = JSON.stringify([config.primary, config.schema]);
    const pools = this.#pools.get(place) ?? openPools(config, this.#clock, this.#telemetry);
    this.#pools.set(place, pools);
    return pools;
  }

  /** Of the first, which is the store's where there is one. */
  figures(): PoolsFigures | undefined {
    return this.#pools.values().next().value?.figures();
  }

  async close(): Promise<void> {
    await Promise.all([...this.#pools.values()].map((pools) => pools.close()));
  }
}

/** What says whether the catalog itself can be asked now, rather than a copy of it. */
export function catalogSource(catalog: Catalog): Pick<Catalog, 'version'> {
  return catalog instanceof CopiedCatalog ? catalog.source : catalog;
}

/** Errors: catalog_unavailable, catalog_newer, schema_newer. */
export async function openCatalog({ catalog }: Config, parts: AdapterParts): Promise<Catalog> {
  const { clock, telemetry, databases, opened } = parts;
  switch (catalog.kind) {
    case 'file':
      return opened.add(await SqliteCatalog.open({ path: catalog.file, random: randomBytes }), (each) =>
        each.close(),
      );
    case 'postgres': {
      const pools = databases.pools(catalog.postgres);
      const open = () => PostgresCatalog.open({ pools, random: randomBytes });
      const copied = await CopiedCatalog.open({ open, path: catalog.copy, clock, telemetry });
      return opened.add(copied, (each) => each.close());
    }
    default:
      return catalog satisfies never;
  }
}

export async function openLog(config: Config, parts: AdapterParts): Promise<Log> {
  return parts.opened.add(await openChosenLog(config, parts), (each) => each.close());
}

function openChosenLog({ log }: Config, { telemetry, clock }: AdapterParts): Promise<Log> {
  switch (log.kind) {
    case 'disk':
      return openDiskLog({ directory: log.directory, config: log.settings, clock, telemetry });
    case 'redis':
      return openRedisLog({ url: log.url, config: log.settings, clock, telemetry });
    case 'upstash':
      return openUpstashLog({ url: log.url, token: log.token, config: log.settings, clock, telemetry });
    case 'memory':
      return Promise.resolve(openMemoryLog());
    default:
      return log satisfies never;
  }
}

export async function openStore({ store }: Config, parts: AdapterParts): Promise<Store> {
  const { clock, telemetry, databases, opened } = parts;
  switch (store.kind) {
    case 'embedded': {
      const { directory, settings } = store;
      const engine = opened.add(
        await startEmbeddedEngine({ directory, settings, clock, telemetry }),
        (each) => each.close(),
      );
      return opened.add(lateStore(engine, telemetry, clock), (each) => each.close());
    }
    case 'postgres': {
      const pools = databases.pools(store.postgres);
      const { interval } = store.settings;
      const open = () => PostgresStore.open({ pools, clock, telemetry, interval });
      // as long as it is not known what the server has
      const supports = supportsOf({ users: 'hll' });
      return opened.add(new LateStore({ supports, open, clock, telemetry }), (each) => each.close());
    }
    case 'memory':
      return opened.add(new MemoryStore({ clock, ...(await openHasher()) }), (each) => each.close());
    default:
      return store satisfies never;
  }
}

/** The engine may take its time, or be away: the house opens without it. */
function lateStore(engine: EmbeddedEngine, telemetry: Telemetry, clock: Clock): LateStore {
  const onError = (error: ClickHouseError) => {
    if (isBrokenPart(error)) engine.restart(`a part of a table is broken: ${error.message}`);
  };
  const open = async (signal: AbortSignal) => {
    await engine.ready(signal);
    const store = await ClickHouseStore.open({
      client: new ClickHouseClient(() => engine.target(), { onError }),
      fence: (queryId) => engine.fence(queryId),
      health: () => engine.state(),
      clock,
      telemetry,
      makeId: randomUUID,
    });
    // one that fails has told so; the next start or opening looks again
    engine.onRestart(() => void store.engineRestarted().catch(() => {}));
    return store;
  };
  return new LateStore({ supports: clickhouseSupports, packer: clickhousePacker, open, clock, telemetry });
}

/** A Redis that is away does not keep anything from opening. */
export function openCache({ cache }: Config, { clock, telemetry, opened }: AdapterParts): LayeredCache {
  const { bytesMax } = cache;
  const own = new MemoryCache({ clock, bytesMax });
  return opened.add(new LayeredCache(sharedCache(cache, telemetry), own), (each) => each.close());
}

function sharedCache(cache: CacheConfig, telemetry: Telemetry): RedisCache | undefined {
  switch (cache.kind) {
    case 'memory':
      return undefined;
    case 'redis': {
      const { setting, url, bytesMax } = cache;
      const connection = openRedis(
        { setting, url, name: 'millrace-cache', timeoutMs: cacheTimeoutMs },
        telemetry,
      );
      return new RedisCache({ connection, telemetry, bytesMax });
    }
    default:
      return cache satisfies never;
  }
}

/** Where the cache is shared, the limits of clients are too; undefined where none is set. */
export function openRates(
  { cache, http }: Config,
  catalog: Pick<Catalog, 'salt'>,
  { clock, telemetry, opened }: AdapterParts,
): RedisRates | undefined {
  const isLimited =
    http.requestsPerMinutePerKey !== undefined || http.requestsPerMinutePerAddress !== undefined;
  if (cache.kind !== 'redis' || !isLimited) return undefined;
  const { setting, url } = cache;
  const connection = openRedis(
    { setting, url, name: 'millrace-rates', timeoutMs: cacheTimeoutMs },
    telemetry,
  );
  const salt = () => catalog.salt(clock.now(), clock.now());
  return opened.add(new RedisRates({ connection, salt }), (each) => each.close());
}

/** An answer that takes longer to look up than to make is none. */
const cacheTimeoutMs = 1_000;
