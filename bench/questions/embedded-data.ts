/**
 * A data set in the tables of the embedded engine, in a directory that a server may then be started on. Loaded once where the
 * directory is kept: through the same table and its materialized views, as an insert of the writer's would.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import { migrate } from '../../src/store/clickhouse/migrate.ts';
import { startEmbeddedEngine } from '../../src/store/embedded/embedded-engine.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { type DataSetShape, days, insertRows, ownPartition } from './rows-in-sql.ts';

/** Of one statement, and of one part. */
const statementRows = 1_000_000;
const partRows = 250_000;
const statementMsMax = 10 * 60_000;
/** Merges have ended when none ran for so long. */
const quietMs = 5_000;
const pollMs = 250;
const dayMs = 86_400_000;

/** `directory`: what `MillraceServer.open` takes. `say` is told how far it is. */
export async function embeddedData(
  directory: string,
  events: number,
  say: (text: string) => void,
  kind: Pick<DataSetShape, 'isExperiment'> = {},
): Promise<DataSetShape> {
  const note = join(directory, 'data-set.json');
  if (existsSync(note)) return JSON.parse(readFileSync(note, 'utf8')) as DataSetShape;
  const data = join(directory, 'data');
  // a load that broke off would be continued wrongly
  if (existsSync(data)) throw new Error(`${data} holds no whole data set; remove it`);
  mkdirSync(data, { recursive: true });
  const shape = { events, from: (Math.floor(clock.now() / dayMs) - days) * dayMs, ...kind };
  await load(data, shape, say);
  writeFileSync(note, JSON.stringify(shape));
  return shape;
}

async function load(data: string, shape: DataSetShape, say: (text: string) => void): Promise<void> {
  const { store } = loadConfig({ MILLRACE_DATA: data, MILLRACE_ENGINE_MEMORY: '8GiB' });
  if (store.kind !== 'embedded') throw new Error('the store is not embedded');
  const { directory, settings } = store;
  const engine = await startEmbeddedEngine({ directory, settings, clock, telemetry: new Telemetry() });
  const client = new ClickHouseClient(() => engine.target(), { timeoutMs: statementMsMax });
  try {
    await engine.ready();
    await migrate(client);
    await insertAll(client, shape, say);
    await client.command(
      `INSERT INTO progress (_partition, next, stored, duplicates, quarantined) VALUES (${ownPartition}, ${shape.events}, ${shape.events}, 0, 0)`,
    );
    await mergesEnded(client);
  } finally {
    await client.close();
    await engine.close();
  }
}

async function insertAll(
  client: ClickHouseClient,
  shape: DataSetShape,
  say: (text: string) => void,
): Promise<void> {
  const startedAt = performance.now();
  for (let first = 0; first < shape.events; first += statementRows) {
    const end = Math.min(shape.events, first + statementRows);
    await client.command(insertRows(shape, first, end), {
      settings: { min_insert_block_size_rows: partRows, min_insert_block_size_bytes: 0 },
    });
    const seconds = (performance.now() - startedAt) / 1000;
    if (end % (10 * statementRows) === 0 || end === shape.events)
      say(`${end} of ${shape.events} events are loaded, ${Math.round(end / seconds)} rows/s`);
  }
}

async function mergesEnded(client: ClickHouseClient): Promise<void> {
  let quietSince = performance.now();
  while (performance.now() - quietSince < quietMs) {
    const [[running] = ['0']] = await client.rows<[string]>('SELECT toString(count()) FROM system.merges');
    if (running !== '0') quietSince = performance.now();
    await clock.sleep(pollMs);
  }
}
