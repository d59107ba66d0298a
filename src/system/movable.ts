/** One end of a move: a data directory or a PostgreSQL, opened with nobody else at it. */
import { systemClock } from '../clock.ts';
import type { Config } from '../config.ts';
import { failure } from '../errors.ts';
import type { MoveEnd } from '../operations/move.ts';
import { isSharedStore } from '../stage-config.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';
import { adapterParts, openCatalog, openStore } from './adapters.ts';
import { lockData } from './closed-house.ts';
import { Opened } from './opened.ts';

const storePollMs = 50;
const storeWaitMs = 120_000;

export interface OpenedEnd extends MoveEnd {
  close(): Promise<void>;
}

/** Errors: directory_locked while a server has the directory; store_unavailable when it does not open in two minutes. */
export async function openEnd(config: Config, telemetry: Telemetry): Promise<OpenedEnd> {
  const opened = new Opened();
  try {
    const adapters = adapterParts(telemetry, systemClock, opened);
    if (!isSharedStore(config.store)) opened.add(lockData(config.dataDirectory), (lock) => lock.release());
    const catalog = await openCatalog(config, adapters);
    const store = await openStore(config, adapters);
    const startedAt = systemClock.monotonic();
    while (store.state().status !== 'ready') {
      if (systemClock.monotonic() - startedAt > storeWaitMs)
        throw failure('store_unavailable', { detail: store.state().reason });
      await systemClock.sleep(storePollMs);
    }
    return { store, catalog, close: () => opened.close() };
  } catch (error) {
    await opened.close();
    throw error;
  }
}
