/** Partitions come when they are needed and go past retention; what went is counted exactly, whatever broke off in between. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { withClient } from '../../../scripts/services/postgres.ts';
import { isFailure } from '../../../src/errors.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { newCut } from '../../../src/store/postgres/piece.ts';
import type { PostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import { expireEvents } from '../../../src/store/postgres/retention.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { questionOf } from '../../../src/testing/generators.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';
import { type OpenStore, openStore, openStoreAt } from './open-store.ts';

const day = 86_400_000;
const may = Date.UTC(2024, 4, 1);
const june = Date.UTC(2024, 5, 1);

const rowAt = (offset: number, timestamp: number, partition = 1): EventRow =>
  eventRow({
    partition,
    offset,
    timestamp,
    project: 'kept',
    personKey: BigInt((offset % 5) + 1),
    userId: 'u',
  });

async function opened(t: TestContext, given: Parameters<typeof openStore>[0] = {}) {
  const store = await openStore(given);
  t.after(store.close);
  return store;
}

const tables = (url: string): Promise<readonly string[]> =>
  withClient(url, async (client) => {
    const { rows } = await client.query(
      `SELECT relname, relispartition FROM pg_class WHERE relkind = 'r' AND relnamespace = 'millrace'::regnamespace AND relname LIKE 'events\\_%' ORDER BY 1`,
    );
    return rows.map(({ relname, relispartition }) => `${relname}${relispartition ? '' : ' (detached)'}`);
  });

async function count(store: PostgresStore, from: number, to: number, exact = false): Promise<number> {
  const plan = {
    version: 1,
    kind: 'summary',
    project: 'kept',
    from,
    to,
    timeZone: 'UTC',
    bots: 'include',
    metrics: ['events', 'users'],
    exact,
  } as const;
  const { cells } = await store.run(questionOf(plan), wideBudget, new AbortController().signal);
  return cells.reduce((sum, { events }) => sum + events, 0);
}

test('twelve months ahead have a partition at once, and late events make theirs', async (t) => {
  const { store, url } = await opened(t);
  const ahead = await store.partitions();
  assert.ok(ahead.daysAhead >= 365 && ahead.attached >= 12);
  const times = [Date.UTC(1900, 0, 1), Date.UTC(2009, 11, 31, 23), Date.UTC(2010, 0, 1), may];
  await insertRows(
    store,
    1,
    times.map((time, offset) => rowAt(offset, time)),
  );
  const made = (await tables(url)).filter((name) => name < 'events_2025' || name === 'events_before');
  assert.deepEqual(made, ['events_2010_01', 'events_2024_05', 'events_before']);
});

test('stores that meet a new month at the same time make one partition of it', async (t) => {
  const { store, url } = await opened(t);
  const others = await Promise.all([1, 2, 3].map(() => openStoreAt(url)));
  for (const other of others) t.after(other.close);
  const stores = [store, ...others.map((other) => other.store)];
  await Promise.all(
    stores.flatMap((each, i) =>
      [0, 1, 2].map((j) => {
        const partition = i * 3 + j;
        return insertRows(each, partition, [rowAt(0, may + i, partition), rowAt(1, june + j, partition)]);
      }),
    ),
  );
  assert.equal(await count(store, may, june + day), 24);
  assert.equal((await tables(url)).filter((name) => name.startsWith('events_2024')).length, 2);
});

for (const extensions of [true, false]) {
  test(`whole partitions are dropped, days of others deleted, and both are counted (${extensions ? 'hll' : 'lists'})`, async (t) => {
    const { store, url } = await opened(t, { extensions });
    const rows = [may, may + 3 * day, june, june + day, june + 2 * day].map((time, offset) =>
      rowAt(offset, time),
    );
    await insertRows(store, 1, rows);
    await insertRows(store, 2, [rowAt(0, may, 2)]);
    const before = await store.version('kept', may, june);
    assert.equal(await store.expire(june + day), 4);
    assert.notEqual(await store.version('kept', may, june), before);
    assert.ok(!(await tables(url)).some((name) => name.startsWith('events_2024_05')));
    assert.equal(await count(store, may, june + 30 * day), 2);
    assert.deepEqual(await store.verifyRollups(), []);
    assert.equal((await store.corrections(1)).expired, 3);
    assert.equal((await store.corrections(2)).expired, 1);
    assert.equal(await store.expire(june + day), 0);
    // a late one makes its partition anew
    await insertRows(store, 1, [rowAt(5, may)]);
    assert.equal(await count(store, may, june), 1);
    assert.equal(await store.expire(june), 1);
    assert.deepEqual(await store.verifyRollups(), []);
  });
}

test('rows that no progress covers yet stay', async (t) => {
  const { store } = await opened(t);
  await insertRows(store, 1, [rowAt(0, may), rowAt(1, may + day)]);
  await store.insert({ partition: 1, rows: [rowAt(2, may), rowAt(3, may + 2 * day)], quarantined: [] });
  assert.equal(await store.expire(june), 2);
  assert.deepEqual(await store.reconcile(1, 0, 10), [[2, 4]]);
  assert.equal(await count(store, may, june), 2);
  assert.deepEqual(await store.verifyRollups(), []);
});

test('a detaching that was broken off is finished, and what came late to it goes back', async (t) => {
  const { store, url } = await opened(t);
  await insertRows(store, 1, [rowAt(0, may), rowAt(1, may + day)]);
  await store.insert({ partition: 1, rows: [rowAt(2, may)], quarantined: [] });
  // as a crash between the two halves of a removal leaves it
  await withClient(url, (client) =>
    client.query('ALTER TABLE millrace.events DETACH PARTITION millrace.events_2024_05 CONCURRENTLY'),
  );
  assert.ok((await tables(url)).includes('events_2024_05 (detached)'));
  // meanwhile one more of that month comes
  await openStoreAt(url).then(async (other) => {
    await other.store.insert({ partition: 1, rows: [rowAt(3, may + 5)], quarantined: [] });
    await other.close();
  });
  assert.equal(await store.expire(may), 2, 'a removal that is begun is ended');
  assert.deepEqual(await store.reconcile(1, 0, 10), [[2, 4]]);
  assert.equal((await store.corrections(1)).expired, 2);
  assert.deepEqual(await store.verifyRollups(), []);
  assert.deepEqual(
    (await tables(url)).filter((name) => name.startsWith('events_2024')),
    ['events_2024_05_x2'],
  );
});

test('a detaching that waits for a long question is broken off, keeps nobody out, and is finished later', async (t) => {
  const { store, pools, url } = await opened(t);
  await insertRows(store, 1, [rowAt(0, may)]);
  const options = {
    pool: pools.write,
    features: { users: 'hll', pieces: 'partitions' },
    cut: newCut('month', Date.now()),
  } as const;
  await withClient(url, async (asking) => {
    await asking.query('BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM millrace.events');
    await assert.rejects(expireEvents({ ...options, detachMs: 300 }, june));
    // late events of that very month
    const inserting = insertRows(store, 2, [rowAt(0, may + day, 2)]);
    await asking.query('COMMIT');
    await inserting;
  });
  assert.equal(await store.expire(june), 2);
  assert.deepEqual(await store.verifyRollups(), []);
  assert.ok(!(await tables(url)).some((name) => name.startsWith('events_2024')));
});

test('with a default partition that somebody made, rows in it are told and partitions still go', async (t) => {
  const notes: string[] = [];
  const { store, telemetry, url } = await opened(t);
  telemetry.subscribe('note', ({ message }) => notes.push(message));
  await insertRows(store, 1, [rowAt(0, may)]);
  await withClient(url, (client) =>
    client.query(`CREATE TABLE millrace.anything PARTITION OF millrace.events DEFAULT;
      INSERT INTO millrace.events SELECT (jsonb_populate_record(e, '{"timestamp": "2021-01-01", "_offset": 7}')).* FROM millrace.events e`),
  );
  assert.equal((await store.partitions()).rowsInDefault, 1);
  const report = await store.maintain({
    createPartitions: true,
    refreshViews: true,
    analyze: true,
    vacuum: false,
    dropBefore: june,
  });
  assert.equal(report.partitions.rowsInDefault, 1);
  assert.match(notes.join(), /default partition with rows in it/);
  assert.ok(!(await tables(url)).includes('events_2024_05'));
});

test('retention and maintenance may run from several machines at once, beside a writer', async (t) => {
  const { store, url } = await opened(t);
  const machines: OpenStore[] = await Promise.all([1, 2, 3].map(() => openStoreAt(url)));
  for (const machine of machines) t.after(machine.close);
  await insertRows(
    store,
    1,
    Array.from({ length: 40 }, (_, i) => rowAt(i, may + i * day)),
  );
  const writing = (async () => {
    for (let i = 0; i < 30; i++) await insertRows(store, 2, [rowAt(i, june + 20 * day + i, 2)]);
  })();
  const tasks = { createPartitions: true, refreshViews: true, analyze: true, vacuum: true };
  const maintaining = Promise.allSettled(machines.map((machine) => machine.store.maintain(tasks)));
  const expired = await Promise.all(machines.map((machine) => machine.store.expire(june + 2 * day)));
  for (const each of await maintaining)
    assert.ok(each.status === 'fulfilled' || isFailure(each.reason, 'conflict'), String(each));
  await writing;
  assert.equal(
    expired.reduce((sum, events) => sum + events, 0),
    33,
    'each event goes once',
  );
  assert.equal((await store.corrections(1)).expired, 33);
  for (const exact of [false, true]) assert.equal(await count(store, may, june + 60 * day, exact), 37);
  assert.deepEqual(await store.verifyRollups(), []);
});

test('weeks and days as pieces', async (t) => {
  for (const interval of ['week', 'day'] as const) {
    const { store, url } = await opened(t, { interval });
    const now = Date.now();
    await insertRows(store, 1, [rowAt(0, now - 20 * day), rowAt(1, now), rowAt(2, may)]);
    assert.equal(await store.expire(Math.floor(now / day) * day), 2);
    assert.ok(!(await tables(url)).includes('events_before'));
    assert.ok((await store.partitions()).daysAhead >= (interval === 'week' ? 365 : 30));
    assert.deepEqual(await store.verifyRollups(), []);
    // what was decided when the tables were made stays
    const telemetry = new Telemetry();
    const notes: string[] = [];
    telemetry.subscribe('note', ({ message }) => notes.push(message));
    const again = await openStoreAt(url, { interval: 'month', telemetry });
    await again.close();
    assert.match(notes.join(), new RegExp(`MILLRACE_POSTGRES_PARTITION is month, but .* a ${interval}`));
    assert.ok(!(await tables(url)).some((name) => /^events_\d{4}_\d\d$/.test(name)));
  }
});
