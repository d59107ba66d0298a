/**
 * What a million rows cost the engine in processor time, alone: in blocks of a given size, with or without its rollups and its
 * merges. `node bench/engine-cost.ts [rows a block] [none|counts|users|all] [rows] [SETTING=VALUE …]`; settings are the insert's.
 * For the parts of what delivery-cost.ts shows as one number. ENGINE_SQL is run before the first block.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock as clock } from '../src/clock.ts';
import { loadConfig } from '../src/config.ts';
import type { EventRow } from '../src/event/event-row.ts';
import { isRefusal, parseEvent } from '../src/event/parse-event.ts';
import { ClickHouseClient } from '../src/store/clickhouse/clickhouse-client.ts';
import { insertSettings } from '../src/store/clickhouse/insert-rows.ts';
import { migrate } from '../src/store/clickhouse/migrate.ts';
import { nativeBlock } from '../src/store/clickhouse/native-block.ts';
import { eventColumns } from '../src/store/clickhouse/schema.ts';
import { startEmbeddedEngine } from '../src/store/embedded/embedded-engine.ts';
import { Telemetry } from '../src/telemetry/telemetry.ts';
import { openPrepareTools, prepareRow } from '../src/writer/prepare.ts';
import { syntheticEvent } from './synthetic.ts';
import { cpuSecondsOfFamily } from './system-reads.ts';

const [blockRows = '10000', views = 'all', total = '300000', ...more] = process.argv.slice(2);
const size = Number(blockRows);
const settings = {
  ...insertSettings,
  ...Object.fromEntries(more.map((each) => each.split('=') as [string, string])),
};
const names = eventColumns.map(({ name }) => name);
const spreadMs = 2_000;
const settledMs = 3_000;
/** Rows are made of so many different events; ids, offsets and times are each row's own. */
const different = 20_000;

const directory = mkdtempSync(join(process.env.BENCH_DIRECTORY ?? tmpdir(), 'millrace-engine-'));
const { store } = loadConfig({ MILLRACE_DATA: directory });
if (store.kind !== 'embedded') throw new Error('the store is not embedded');
const samples = await sampleRows();
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
  for (const each of ['counts', 'users'])
    if (views !== 'all' && views !== each) await client.command(`DROP VIEW rollup_${each}_view`);
  for (const sql of (process.env.ENGINE_SQL ?? '').split(';').filter(Boolean)) await client.command(sql);
  let offset = 0;
  for (; offset < 3 * size; offset += size) await insert(offset, offset + size);
  await settled();
  const start = offset;
  const before = engineSeconds();
  let inserting = 0;
  let parentSeconds = 0;
  while (offset - start < Number(total)) {
    const rows = rowsOf(offset, size);
    const block = nativeBlock(eventColumns, rows);
    const [at, mine] = [performance.now(), process.cpuUsage()];
    await client.insertNative('events', names, block, { settings });
    inserting += performance.now() - at;
    const { user, system } = process.cpuUsage(mine);
    parentSeconds += (user + system) / 1e6;
    offset += size;
  }
  const inserted = engineSeconds() - before;
  await settled();
  const million = (seconds: number) => ((1e6 * seconds) / (offset - start)).toFixed(2);
  const [[parts]] = (await client.rows<[string]>(
    "SELECT count() FROM system.parts WHERE active AND table = 'events'",
  )) as [[string]];
  console.log(
    `${size} rows a block, views ${views} ${more.join(' ')}: ${million(engineSeconds() - before)} CPU-s a million, ${million(inserted)} of it until the last insert; ${((1000 * inserted * size) / (offset - start)).toFixed(1)} ms a block, ${(inserting / ((offset - start) / size)).toFixed(1)} ms by the clock; ${parts} parts; sender ${million(parentSeconds)}`,
  );
} finally {
  await client.close();
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
}

async function insert(from: number, to: number): Promise<void> {
  await client.insertNative('events', names, nativeBlock(eventColumns, rowsOf(from, to - from)), {
    settings,
  });
}

/** Of the engine's process, which is the only child. */
function engineSeconds(): number {
  const { user, system } = process.cpuUsage();
  return cpuSecondsOfFamily(process.pid) - (user + system) / 1e6;
}

/** Until no merge has run for a while. */
async function settled(): Promise<void> {
  for (let quietSince = performance.now(); performance.now() - quietSince < settledMs; ) {
    await clock.sleep(300);
    const [[merges]] = (await client.rows<[string]>('SELECT count() FROM system.merges')) as [[string]];
    if (Number(merges) > 0) quietSince = performance.now();
  }
}

function rowsOf(from: number, count: number): EventRow[] {
  const now = Date.now();
  return Array.from({ length: count }, (_, at) => {
    const offset = from + at;
    const eventId = `cost-${String(offset).padStart(12, '0')}`;
    return {
      ...samples[offset % different]!,
      offset,
      eventId,
      receivedAt: now,
      timestamp: now - (offset % spreadMs),
    };
  });
}

async function sampleRows(): Promise<EventRow[]> {
  const tools = await openPrepareTools();
  const now = Date.now();
  return Array.from({ length: different }, (_, n) => {
    const parsed = parseEvent(JSON.parse(JSON.stringify(syntheticEvent(n, now))), now);
    if (isRefusal(parsed)) throw new Error(parsed.reason);
    const event = { ...parsed.event, eventId: '' };
    return prepareRow(event, { partition: 0, offset: n, project: 'default', receivedAt: now }, tools);
  });
}
