/** An upgrade of the tables that breaks off anywhere is taken up again, and nothing of the rollups is lost or counted twice. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { EventRow } from '../../../src/event/event-row.ts';
import type { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { migrate, migrations } from '../../../src/store/clickhouse/migrate.ts';
import { nativeBlock } from '../../../src/store/clickhouse/native-block.ts';
import { eventColumns } from '../../../src/store/clickhouse/schema.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { startEngine } from '../embedded/engine-helpers.ts';

const rowsOf = (months: number) =>
  Array.from({ length: 2 * months }, (_, offset) =>
    eventRow({
      offset,
      eventId: `e-${offset}`,
      type: `type-${offset % 3}`,
      timestamp: Date.UTC(2012, Math.floor(offset / 2), 5, offset % 24),
      personKey: BigInt(1 + (offset % 7)),
    }),
  );
const old = migrations.filter(({ version }) => version <= 2);
const steps = migrations
  .slice(old.length)
  .flatMap(({ version, statements }) => statements.map((sql) => ({ version, sql })));

test('versions count up without a gap', () => {
  assert.deepEqual(
    migrations.map(({ version }) => version),
    migrations.map((_, index) => index + 1),
  );
});

test('the move to small granules may break off after any statement', async (t) => {
  const { engine, client } = await startEngine(t);
  await engine.ready();
  t.after(() => client.close());
  for (let done = 0; done <= steps.length; done++) {
    await makeOldTables(client, rowsOf(3));
    const before = await sketches(client);
    for (const { sql } of steps.slice(0, done)) await client.command(sql);
    const brokenIn = steps[done]?.version ?? Number.POSITIVE_INFINITY;
    for (const { version } of migrations.filter((each) => each.version > 2 && each.version < brokenIn))
      await client.command(`INSERT INTO migrations (version) SELECT ${version}`);

    await migrate(client);
    assert.deepEqual(await sketches(client), before, `after ${done} statements`);
    assert.deepEqual(await granules(client), { rollup_users: 64, rollup_users_stage: 64 });
  }
  // more months than one insert may touch by the engine's defaults
  const rows = rowsOf(104);
  await makeOldTables(client, rows.slice(0, 100));
  await addRows(client, rows.slice(100));
  const before = await sketches(client);
  await migrate(client);
  assert.deepEqual(await sketches(client), before);
});

async function makeOldTables(client: ClickHouseClient, rows: readonly EventRow[]): Promise<void> {
  const tables = 'SELECT name FROM system.tables WHERE database = currentDatabase()';
  for (const [table] of await client.rows<[string]>(tables))
    await client.command(`DROP TABLE IF EXISTS ${table} SYNC`);
  await migrate(client, old);
  await addRows(client, rows);
}

async function addRows(client: ClickHouseClient, rows: readonly EventRow[]): Promise<void> {
  const names = eventColumns.map(({ name }) => name);
  await client.insertNative('events', names, nativeBlock(eventColumns, rows));
}

/** All sketches in one number, and how many there are. */
async function sketches(client: ClickHouseClient): Promise<readonly unknown[]> {
  const merged = `SELECT project, tier, type, bot, start, uniqCombined64Merge(15)(users) AS counted FROM rollup_users GROUP BY project, tier, type, bot, start`;
  const [row] = await client.rows(
    `SELECT groupBitXor(cityHash64(project, tier, type, bot, start, counted)), count(), sum(counted) FROM (${merged})`,
  );
  assert.notEqual(row?.[1], '0');
  return row!;
}

async function granules(client: ClickHouseClient): Promise<Readonly<Record<string, number>>> {
  const found = await client.rows<[string, string]>(
    `SELECT name, extract(engine_full, 'index_granularity = (\\\\d+)') FROM system.tables WHERE database = currentDatabase() AND name LIKE 'rollup_users%' AND engine LIKE '%MergeTree' ORDER BY name`,
  );
  return Object.fromEntries(found.map(([name, size]) => [name, Number(size)]));
}
