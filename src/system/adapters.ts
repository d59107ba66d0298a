/** Which implementation the settings choose for each contract; the only file that names them. */
import { randomBytes, randomUUID } from 'node:crypto';
import type { Cache } from '../cache/cache.ts';
import { MemoryCache } from '../cache/memory/memory-cache.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { SqliteCatalog } from '../catalog/sqlite/sqlite-catalog.ts';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { openDiskLog } from '../log/disk/disk-log.ts';
import type { Log } from '../log/log.ts';
import { openMemoryLog } from '../log/memory/memory-log.ts';
import { ClickHouseClient } from '../store/clickhouse/clickhouse-client.ts';
import { type ClickHouseError, isBrokenPart } from '../store/clickhouse/clickhouse-error.ts';
import { ClickHouseStore, clickhouseSupports } from '../store/clickhouse/clickhouse-store.ts';
import { type EmbeddedEngine, startEmbeddedEngine } from '../store/embedded/embedded-engine.ts';
import { LateStore } from '../store/late-store.ts';
import { MemoryStore } from '../store/memory/memory-store.ts';
import type { Store } from '../store/store.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Opened } from './opened.ts';

/** The catalog alone, for commands that keep house without a server. Errors: catalog_unavailable, catalog_newer. */
export function openCatalog(config: Config): Promise<Catalog> {
  return SqliteCatalog.open({ path: config.catalog.file, random: randomBytes });
}

export function openLog(config: Config, telemetry: Telemetry, clock: Clock): Promise<Log> {
  const { log } = config;
  switch (log.kind) {
    case 'disk':
      return openDiskLog({ directory: log.directory, config: log.settings, clock, telemetry });
    case 'memory':
      return Promise.resolve(openMemoryLog());
    default:
      return log satisfies never;
  }
}

export async function openStore(
  config: Config,
  telemetry: Telemetry,
  clock: Clock,
  opened: Opened,
): Promise<Store> {
  const { store } = config;
  switch (store.kind) {
    case 'embedded': {
      const { directory, settings } = store;
      const engine = opened.add(
        await startEmbeddedEngine({ directory, settings, clock, telemetry }),
        (each) => each.close(),
      );
      return opened.add(lateStore(engine, telemetry, clock), (each) => each.close());
    }
    case 'memory':
      return opened.add(new MemoryStore({ clock }), (each) => each.close());
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
    return ClickHouseStore.open({
      client: new ClickHouseClient(() => engine.target(), { onError }),
      fence: (queryId) => engine.fence(queryId),
      health: () => engine.state(),
      clock,
      telemetry,
      makeId: randomUUID,
    });
  };
  return new LateStore({ supports: clickhouseSupports, open, clock, telemetry });
}

export function openCache(config: Config, clock: Clock): Cache {
  return new MemoryCache({ clock, bytesMax: config.cache.bytesMax });
}
