/**
 * The engine's own insert, alone: rows of the benchmarks' events prepared as Native blocks of 100,000 beforehand, into the same
 * tables with their rollups, with the same settings. Directory as the argument; says how many rows a second.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock as clock } from '../../src/clock.ts';
import { loadConfig } from '../../src/config.ts';
import type { EventRow } from '../../src/event/event-row.ts';
import { isRefusal, parseEvent } from '../../src/event/parse-event.ts';
import { ClickHouseClient } from '../../src/store/clickhouse/clickhouse-client.ts';
import { migrate } from '../../src/store/clickhouse/migrate.ts';
import { nativeBlock } from '../../src/store/clickhouse/native-block.ts';
import { eventColumns } from '../../src/store/clickhouse/schema.ts';
import { startEmbeddedEngine } from '../../src/store/embedded/embedded-engine.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { openPrepareTools, prepareRow } from '../../src/writer/prepare.ts';
import { syntheticEvent } from '../synthetic.ts';

const blockRows = 100_000;
const blocks = 6;
const names = eventColumns.map(({ name }) => name);

const directory = process.argv[2]!;
mkdirSync(directory, { recursive: true });
const { store } = loadConfig({ MILLRACE_DATA: directory });
if (store.kind !== 'embedded') throw new Error('the store is not embedded');
const prepared = await prepareBlocks();
const engine = await startEmbeddedEngine({
  directory: join(directory, 'store'),
  settings: store.settings,
  clock,
  telemetry: new Telemetry(),
});
const client = new ClickHouseClient(() => engine.target());
try {
  await engine.ready();
  await migrate(client);
  // the first block warms the engine up
  await client.insertNative('events', names, prepared[0]!);
  const startedAt = performance.now();
  for (const block of prepared.slice(1)) await client.insertNative('events', names, block);
  const seconds = (performance.now() - startedAt) / 1000;
  process.send?.({ rowsPerSecond: ((blocks - 1) * blockRows) / seconds });
} finally {
  await client.close();
  await engine.close();
}
process.disconnect();

async function prepareBlocks(): Promise<Buffer[]> {
  const tools = await openPrepareTools();
  const now = Date.now();
  return Array.from({ length: blocks }, (_, block) => {
    const rows = Array.from({ length: blockRows }, (_, at) => rowOf(block * blockRows + at, now - at));
    return nativeBlock(eventColumns, rows);
  });

  function rowOf(n: number, timestamp: number): EventRow {
    const parsed = parseEvent(JSON.parse(JSON.stringify(syntheticEvent(n, timestamp))), now);
    if (isRefusal(parsed)) throw new Error(parsed.reason);
    const event = { ...parsed.event, eventId: parsed.event.eventId! };
    return prepareRow(event, { partition: 0, offset: n, project: 'default', receivedAt: now }, tools);
  }
}
