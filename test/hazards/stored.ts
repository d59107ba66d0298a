/** Looks into a data directory that no server holds, with the store itself and with plain SQL. */
import { randomUUID } from 'node:crypto';
import { join } from 'node:path';
import { systemClock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import { ClickHouseStore } from '../../src/store/clickhouse/clickhouse-store.ts';
import { startEmbeddedEngine } from '../../src/store/embedded/embedded-engine.ts';
import type { Store } from '../../src/store/store.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';

export interface Stored {
  readonly store: Store;
  rows<T extends readonly unknown[]>(sql: string): Promise<T[]>;
  command(sql: string): Promise<void>;
  /** The id of each stored event, one entry a row, streamed: there may be millions. The ids hold nothing that TSV escapes. */
  ids(): Promise<string[]>;
}

async function readIds(client: ClickHouseClient): Promise<string[]> {
  const ids: string[] = [];
  let rest = '';
  for await (const piece of client.stream('SELECT event_id FROM events', 'TabSeparated')) {
    const lines = (rest + piece.toString()).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) ids.push(line);
  }
  return ids;
}

export async function withStore<T>(
  data: string,
  look: (stored: Stored) => Promise<T>,
  directory = join(data, 'store'),
): Promise<T> {
  const config = loadConfig({ MILLRACE_DATA: data });
  if (config.store.kind !== 'embedded') throw new Error('not an embedded store');
  const telemetry = new Telemetry();
  const engine = await startEmbeddedEngine({
    directory,
    settings: config.store.settings,
    clock: systemClock,
    telemetry,
  });
  try {
    await engine.ready();
    const client = new ClickHouseClient(() => engine.target());
    const store = await ClickHouseStore.open({
      client,
      fence: (queryId) => engine.fence(queryId),
      clock: systemClock,
      telemetry,
      makeId: randomUUID,
    });
    try {
      return await look({
        store,
        rows: (sql) => client.rows(sql),
        command: (sql) => client.command(sql),
        ids: () => readIds(client),
      });
    } finally {
      await store.close();
    }
  } finally {
    await engine.close();
  }
}
