/** Opens a real store on a real embedded engine, and closes both when the test ends. */
import { randomUUID } from 'node:crypto';
import { systemClock } from '../../../src/clock.ts';
import type { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { ClickHouseStore } from '../../../src/store/clickhouse/clickhouse-store.ts';
import type { EmbeddedEngine } from '../../../src/store/embedded/embedded-engine.ts';
import type { Store } from '../../../src/store/store.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { type Closer, type EngineSetup, startEngine } from '../embedded/engine-helpers.ts';

export interface OpenStore {
  readonly store: Store;
  readonly engine: EmbeddedEngine;
  readonly client: ClickHouseClient;
  readonly directory: string;
}

export async function openStore(test: Closer, setup: EngineSetup = {}): Promise<OpenStore> {
  const { engine, client, directory } = await startEngine(test, setup);
  await engine.ready();
  const store = await storeOn(engine, client);
  test.after(() => store.close());
  return { store, engine, client, directory };
}

/** A store as system.ts would open it. It closes the client. */
export function storeOn(
  engine: EmbeddedEngine,
  client: ClickHouseClient,
  telemetry = new Telemetry(),
): Promise<ClickHouseStore> {
  return ClickHouseStore.open({
    client,
    fence: (queryId) => engine.fence(queryId),
    health: () => engine.state(),
    clock: systemClock,
    telemetry,
    makeId: randomUUID,
  });
}

/** SIGKILLs the engine's process and waits for the next one. */
export function killEngine(engine: EmbeddedEngine): Promise<void> {
  return new Promise((resolve) => {
    const end = engine.onRestart(() => {
      end();
      resolve();
    });
    process.kill(engine.state().pid!, 'SIGKILL');
  });
}
