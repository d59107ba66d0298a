/** Parts are damaged on the disk as a disk may do it; the store says what it misses, counts it as lost and mends its rollups. */
import assert from 'node:assert/strict';
import { truncateSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { type TestContext, test } from 'node:test';
import type { ClickHouseStore } from '../../../src/store/clickhouse/clickhouse-store.ts';
import type { Progress, Quarantined } from '../../../src/store/store.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { remove, startEngine, temporaryDirectory } from '../embedded/engine-helpers.ts';
import { killEngine, storeOn } from './store-helpers.ts';

const rowsOf = (from: number, to: number, timestamp = Date.UTC(2025, 5, 15, 12)) =>
  Array.from({ length: to - from }, (_, index) =>
    eventRow({ offset: from + index, timestamp, personKey: BigInt(index + 1) }),
  );
const place = (offset: number): Quarantined => ({
  partition: 0,
  offset,
  project: 'p',
  eventId: `q-${offset}`,
  receivedAt: 1,
  reason: 'refused',
  detail: '',
  body: '{}',
});
const progress = (next: number, stored = next, quarantined = 0): Progress => ({
  next,
  stored,
  duplicates: 0,
  quarantined,
});

async function openWatched(test: TestContext, directory: string) {
  const telemetry = new Telemetry();
  const errors: string[] = [];
  telemetry.subscribe('note', ({ level, message }) => {
    if (level === 'error') errors.push(message);
  });
  const { engine, client } = await startEngine(test, { directory, telemetry });
  await engine.ready();
  const store = (await storeOn(engine, client, telemetry)) as ClickHouseStore;
  const close = async () => {
    await store.close();
    await engine.close();
  };
  const parts = (table: string) =>
    client.rows<[string]>(
      `SELECT path FROM system.parts WHERE active AND table = '${table}' AND database = currentDatabase() ORDER BY rows`,
    );
  return { store, engine, client, errors, close, parts };
}

async function makeDirectory(test: TestContext): Promise<string> {
  const directory = join(await temporaryDirectory(), 'engine');
  test.after(() => remove(dirname(directory)));
  return directory;
}

const damage = ([path]: [string]): void => truncateSync(join(path, 'data.bin'), 10);

test('rows that the disk has lost are told of when the store opens, and are lost in the ledger', async (t) => {
  const directory = await makeDirectory(t);
  {
    const { store, parts, errors, close } = await openWatched(t, directory);
    await store.insert({ partition: 0, rows: rowsOf(0, 100), quarantined: [], progress: progress(100) });
    const july = rowsOf(100, 130, Date.UTC(2025, 6, 1));
    await store.insert({
      partition: 0,
      rows: july,
      quarantined: [place(130)],
      progress: progress(131, 130, 1),
    });
    await store.progress(0);
    // an end of a quarantine by a replay is a row too
    await store.insert({ partition: 0, rows: rowsOf(130, 131), quarantined: [] });
    await store.release([place(130)], 'replayed');
    const [smallest] = (await parts('events')).filter(([path]) => path.includes('/202507_'));
    damage(smallest!);
    assert.deepEqual(errors, []);
    await close();
  }
  const { store, errors, close } = await openWatched(t, directory);
  assert.equal(errors.length, 1);
  assert.match(
    errors[0]!,
    /partition 0: 30 stored and 0 quarantined .* events\/detached\/broken-on-start_202507_/,
  );
  assert.deepEqual(await store.progress(0), progress(131, 100, 1));
  assert.deepEqual(await store.verifyRollups(), [], 'rollups count what is there');
  await close();
  const again = await openWatched(t, directory);
  assert.deepEqual(again.errors, [], 'told of once: the ledger has it from then on');
  assert.deepEqual(await again.store.progress(0), progress(131, 100, 1));
});

test('what was removed on purpose is not missing', async (t) => {
  const directory = await makeDirectory(t);
  {
    const { store, close } = await openWatched(t, directory);
    const june = [...rowsOf(0, 50), ...rowsOf(50, 60).map((row) => ({ ...row, project: 'gone' }))];
    await store.insert({ partition: 0, rows: june, quarantined: [], progress: progress(60) });
    const july = rowsOf(60, 90, Date.UTC(2025, 6, 1));
    await store.insert({ partition: 0, rows: july, quarantined: [place(90)], progress: progress(91, 90, 1) });
    await store.deleteProject('gone');
    assert.equal(await store.expire(Date.UTC(2025, 6, 1)), 50);
    await store.deleteProject('p');
    await close();
  }
  const { store, errors } = await openWatched(t, directory);
  assert.deepEqual(errors, []);
  assert.deepEqual(await store.progress(0), progress(91, 90, 1));
});

test('after a restart of the engine it is told of at once, and rollups that were lost are made again', async (t) => {
  const directory = await makeDirectory(t);
  const { store, engine, client, errors, parts } = await openWatched(t, directory);
  for (const from of [0, 50]) {
    const rows = rowsOf(from, from + 50);
    await store.insert({ partition: 0, rows, quarantined: [], progress: progress(from + 50) });
  }
  for (const part of await parts('rollup_users')) damage(part);
  await killEngine(engine);
  await store.engineRestarted();
  assert.deepEqual(errors, [], 'no event is missing');
  assert.deepEqual(await store.verifyRollups(), []);
  const aside = 'SELECT table, name FROM system.detached_parts WHERE database = currentDatabase()';
  assert.deepEqual(await client.rows(aside), [], 'what was made again is of no use');

  for (const part of await parts('events')) damage(part);
  await killEngine(engine);
  await store.engineRestarted();
  assert.equal(errors.length, 1);
  assert.match(errors[0]!, /partition 0: 100 stored/);
  assert.equal(
    (await client.rows<[string, string]>(aside)).filter(([table]) => table === 'events').length > 0,
    true,
  );
});
