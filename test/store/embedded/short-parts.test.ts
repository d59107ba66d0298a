/**
 * The engine does not notice when write(2) fails. Here the kernel makes it fail for the engine's process alone, by a limit on
 * the size of its files, at an exact byte; a full disk does the same (test/hazards/full-disk.test.ts).
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { cpSync, globSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { it, type TestContext } from 'node:test';
import type { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { ClickHouseError } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { isWholePart } from '../../../src/store/embedded/part-files.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { openEngine, remove, startEngine, temporaryDirectory, until } from './engine-helpers.ts';

const table = (settings = '') =>
  `CREATE TABLE t (a UInt64, b String) ENGINE = MergeTree ORDER BY a SETTINGS fsync_after_insert = 1, fsync_part_directory = 1${settings}`;
const insert = (count: number) =>
  `INSERT INTO t SELECT number, toString(sipHash64(number)) FROM numbers(${count})`;
const wide = ', min_bytes_for_wide_part = 0, min_rows_for_wide_part = 0';

interface Part {
  readonly name: string;
  readonly path: string;
  readonly bytes: number;
}

async function partsOf(client: ClickHouseClient): Promise<readonly Part[]> {
  const rows = await client.rows<[string, string, string]>(
    `SELECT name, path, bytes_on_disk FROM system.parts WHERE active AND table = 't'`,
  );
  return rows.map(([name, path, bytes]) => ({ name, path, bytes: Number(bytes) }));
}

/** From here on no file that the process writes gets longer. */
const limitFiles = (pid: number | undefined, bytes: number) =>
  execFileSync('prlimit', ['--pid', String(pid), `--fsize=${bytes}`]);

const count = async (client: ClickHouseClient) =>
  Number((await client.rows<[string]>('SELECT count() FROM t'))[0]?.[0]);

async function openLimited(test: TestContext, settings = '') {
  const opened = await openEngine(test, { limits: { pauseMsMin: 1 } });
  await opened.client.command(table(settings));
  return opened;
}

for (const [kind, settings] of [
  ['compact', ''],
  ['wide', wide],
] as const) {
  it(`answers no insert of which a ${kind} part was not written whole, and starts anew without it`, async (test) => {
    const { engine, client } = await openLimited(test, settings);
    await client.command(insert(1_000));
    for (const bytes of [0, 1_000, 20_000]) {
      const { pid } = engine.state();
      limitFiles(pid, bytes);
      await assert.rejects(client.command(insert(50_000)), (error) => error instanceof ClickHouseError);
      await until(() => engine.state().status === 'ready' && engine.state().pid !== pid);
      assert.equal(await count(client), 1_000);
    }
    await client.command(insert(50_000));
    assert.equal(await count(client), 51_000);
  });
}

it('starts anew when parts were merged into one that is not whole, and has the rows of all of them', async (test) => {
  const { engine, client } = await openLimited(test);
  for (let i = 0; i < 3; i++) await client.command(insert(20_000));
  const { pid } = engine.state();
  limitFiles(pid, 100_000);
  await assert.rejects(client.command('OPTIMIZE TABLE t FINAL'));
  await until(() => engine.state().status === 'ready' && engine.state().pid !== pid);
  assert.equal(await count(client), 60_000);
  await client.command('OPTIMIZE TABLE t FINAL');
  assert.equal(await count(client), 60_000);
});

it('finds parts of every kind whole, and short when any file is cut', async (test) => {
  const { client } = await openLimited(test, wide);
  await client.command(
    `ALTER TABLE t ADD COLUMN c JSON, ADD COLUMN d LowCardinality(String), ADD COLUMN e Nullable(Decimal(18, 4))`,
  );
  const rows = `SELECT number, toString(number), toJSONString(map('k' || toString(number % 3), number)), 'x', if(number % 9 = 0, 1.5, NULL)`;
  for (const n of [1, 10, 5_000]) await client.command(`INSERT INTO t ${rows} FROM numbers(${n})`);
  const whole = async () => {
    const parts = await partsOf(client);
    for (const { path, bytes } of parts) assert.ok(isWholePart(path, bytes), path);
    return parts;
  };
  assert.equal((await whole()).length, 3);
  await client.command('OPTIMIZE TABLE t FINAL');
  await client.command('DELETE FROM t WHERE a = 7', { settings: { lightweight_deletes_sync: 2 } });
  const [part] = await whole();
  const copy = join(await temporaryDirectory(), 'part');
  test.after(() => remove(dirname(copy)));
  cpSync(part!.path, copy, { recursive: true });
  assert.ok(isWholePart(copy, part!.bytes));
  for (const name of readdirSync(copy)) {
    const path = join(copy, name);
    const bytes = readFileSync(path);
    for (const length of [0, bytes.byteLength - 1]) {
      if (length < 0 || length === bytes.byteLength) continue;
      // of these nothing is known but that they have something
      if (length > 0 && /^(metadata_version|default_compression_codec)\.txt$/.test(name)) continue;
      truncateSync(path, length);
      assert.equal(isWholePart(copy, part!.bytes), false, `${name} cut at ${length} of ${bytes.byteLength}`);
    }
    writeFileSync(path, bytes);
  }
  assert.ok(isWholePart(copy, part!.bytes));
  assert.equal(isWholePart(`${copy}-missing`, part!.bytes), false);
});

it('starts although a deletion was not written whole, and says so', async (test) => {
  const directory = join(await temporaryDirectory(), 'engine');
  test.after(() => remove(dirname(directory)));
  {
    const { engine, client } = await startEngine(test, { directory });
    await engine.ready();
    await client.command(table());
    await client.command(insert(100));
    await client.command('DELETE FROM t WHERE a = 7', { settings: { lightweight_deletes_sync: 2 } });
    await client.close();
    await engine.close();
  }
  const [mutation] = globSync(join(directory, 'store/*/*/mutation_*.txt'));
  truncateSync(mutation!, statSync(mutation!).size >>> 1);
  const telemetry = new Telemetry();
  const notes: string[] = [];
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  const { client } = await openEngine(test, { directory, telemetry });
  assert.equal(await count(client), 99);
  assert.match(notes.join(), new RegExp(`not written whole.*${basename(mutation!)}`));
});

it('keeps the sources of a merge until it was measured and the kernel has written it', async (test) => {
  const { client } = await openEngine(test);
  const kernelWritesWithinSeconds = 35;
  const rows = await client.rows<[string, string]>(
    `SELECT name, value FROM system.merge_tree_settings WHERE name IN ('old_parts_lifetime', 'merge_tree_clear_old_parts_interval_seconds')`,
  );
  assert.equal(rows.length, 2);
  for (const [name, value] of rows)
    assert.ok(Number(value) > kernelWritesWithinSeconds, `${name} is ${value}`);
});
