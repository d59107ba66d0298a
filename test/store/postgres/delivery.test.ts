/** Exactly once on PostgreSQL, whatever happens between a batch and its answer; real servers, connections and kills. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { startPostgres, withClient } from '../../../scripts/services/postgres.ts';
import { isFailure } from '../../../src/errors.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { locks } from '../../../src/store/postgres/locks.ts';
import type { PostgresStore } from '../../../src/store/postgres/postgres-store.ts';
import type { Batch } from '../../../src/store/store.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { startCutProxy } from './cut-proxy.ts';
import { openStore, openStoreAt } from './open-store.ts';

const noon = Date.UTC(2025, 5, 15, 12);

function rowsFrom(partition: number, first: number, count: number): EventRow[] {
  return Array.from({ length: count }, (_, i) =>
    eventRow({
      partition,
      offset: first + i,
      eventId: `e-${partition}-${first + i}`,
      timestamp: noon + first + i,
      userId: `u${i % 7}`,
      personKey: BigInt((i % 7) + 1),
    }),
  );
}

function batchOf(partition: number, first: number, count: number, token?: number): Batch {
  const next = first + count;
  return {
    partition,
    rows: rowsFrom(partition, first, count),
    quarantined: [],
    progress: { next, stored: next, duplicates: 0, quarantined: 0 },
    ...(token !== undefined && { token }),
  };
}

const stored = (store: PostgresStore, partition: number) =>
  store.rowsBelow(partition, Number.MAX_SAFE_INTEGER);

/** As the writer does after an error: what is missing of the batch is given again. */
async function again(store: PostgresStore, batch: Batch): Promise<void> {
  const landed = await store.reconcile(batch.partition, batch.rows[0]!.offset, batch.progress!.next);
  const rows = batch.rows.filter(({ offset }) => !landed.some(([from, to]) => offset >= from && offset < to));
  await store.insert({ ...batch, rows });
}

async function assertWhole(store: PostgresStore, partition: number, events: number): Promise<void> {
  assert.equal(await stored(store, partition), events);
  assert.equal((await store.progress(partition)).next, events);
  assert.deepEqual(await store.verifyRollups(), []);
}

test('a commit whose answer is lost is told as unclear and counted once', async (t) => {
  const { store: direct, url, close } = await openStore();
  t.after(close);
  const proxy = await startCutProxy(url);
  t.after(() => proxy.close());
  const cut = await openStoreAt(proxy.url);
  t.after(cut.close);
  await cut.store.insert(batchOf(1, 0, 50));
  proxy.cut({ at: 'COMMIT', how: 'answer' });
  const batch = batchOf(1, 50, 50);
  await assert.rejects(cut.store.insert(batch), (error) => isFailure(error, 'store_unclear'));
  await again(cut.store, batch);
  await assertWhole(direct, 1, 100);
});

test('a backend that waits for the rest of a COPY for ever is ended by the next writer, and nothing of it lands', async (t) => {
  const { store: next, url, close } = await openStore();
  t.after(close);
  const proxy = await startCutProxy(url);
  t.after(() => proxy.close());
  const frozen = await openStoreAt(proxy.url);
  t.after(frozen.close);
  await frozen.store.progress(1, 1);
  await frozen.store.insert(batchOf(1, 0, 10, 1));
  // the trailer of the COPY does not arrive
  proxy.cut({ at: 'PGCOPY', how: 'freeze' });
  const hanging = frozen.store.insert(batchOf(1, 10, 10, 1));
  const failing = assert.rejects(hanging);
  await proxy.came();
  assert.equal((await next.progress(1, 2)).next, 10);
  await next.insert(batchOf(1, 10, 20, 2));
  await proxy.close();
  await failing;
  await assertWhole(next, 1, 30);
});

test('a backend that is ended amid its commit leaves nothing, and the batch is taken again', async (t) => {
  const { store, url, close } = await openStore();
  t.after(close);
  await store.insert(batchOf(1, 0, 10));
  // a commit that takes its time
  await withClient(url, async (client) => {
    await client.query('SET search_path = millrace');
    await client.query(`CREATE FUNCTION slow() RETURNS trigger LANGUAGE plpgsql AS
      'BEGIN IF NEW.next = 20 THEN PERFORM pg_sleep(30); END IF; RETURN NEW; END'`);
    await client.query(
      'CREATE CONSTRAINT TRIGGER slow AFTER UPDATE ON progress DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION slow()',
    );
  });
  const batch = batchOf(1, 10, 10);
  const inserting = store.insert(batch);
  const failing = assert.rejects(inserting, (error) => isFailure(error, 'store_unclear') && error.retryable);
  await withClient(url, async (client) => {
    const ended = () =>
      client.query(
        `SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND query = 'COMMIT' AND state = 'active'`,
      );
    while ((await ended()).rowCount === 0) await delay(10);
    await failing;
    await client.query('DROP TRIGGER slow ON millrace.progress');
  });
  assert.equal((await store.progress(1)).next, 10);
  await again(store, batch);
  await assertWhole(store, 1, 20);
});

test('reconciling ends an insert of this process that still runs or waits', async (t) => {
  const { store, pools, url, close } = await openStore({ environment: { DB_POOL_MAX: '3' } });
  t.after(close);
  await store.insert(batchOf(1, 0, 10));
  await withClient(url, async (client) => {
    // somebody reads our progress with a lock: the insert stands behind it
    await client.query('BEGIN; SELECT FROM millrace.progress FOR UPDATE');
    const batch = batchOf(1, 10, 10);
    const failing = assert.rejects(store.insert(batch));
    await delay(100);
    const taken = store.reconcile(1, 10, 20);
    await failing;
    await client.query('ROLLBACK').catch(() => {});
    assert.deepEqual(await taken, []);
    await store.insert(batch);
  });
  await assertWhole(store, 1, 20);
  assert.equal(pools.figures().write.waiting, 0);
});

test('an insert that has not reached the server yet when it is reconciled lands no more', async (t) => {
  const { store, url, close } = await openStore();
  t.after(close);
  await store.insert(batchOf(1, 0, 10));
  await withClient(url, async (client) => {
    // it needs a new partition, and somebody makes partitions
    await client.query(`BEGIN; SET LOCAL search_path = millrace; ${locks.pieces}`);
    const rows = [eventRow({ partition: 1, offset: 10, timestamp: Date.UTC(2019, 0, 1) })];
    const failing = assert.rejects(store.insert({ partition: 1, rows, quarantined: [] }));
    await delay(100);
    assert.deepEqual(await store.reconcile(1, 10, 20), []);
    await client.query('COMMIT');
    await failing;
  });
  assert.equal(await stored(store, 1), 10);
});

test('a batch is on disk when it is acknowledged, also where the database does not wait for its disk', async (t) => {
  const { url, close } = await openStore();
  t.after(close);
  await withClient(url, async (client) => {
    const database = new URL(url).pathname.slice(1);
    await client.query(`ALTER DATABASE ${database} SET synchronous_commit = off; SET search_path = millrace;
      CREATE TABLE seen (setting text);
      CREATE FUNCTION look() RETURNS trigger LANGUAGE plpgsql AS
        $$BEGIN INSERT INTO millrace.seen VALUES (current_setting('synchronous_commit')); RETURN NULL; END$$;
      CREATE CONSTRAINT TRIGGER look AFTER INSERT ON rollup_counts DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION look()`);
    const { store, close: closeIt } = await openStoreAt(url);
    await store.insert(batchOf(1, 0, 1));
    await store.insert({ ...batchOf(1, 1, 1), progress: undefined } as unknown as Batch);
    await closeIt();
    const { rows } = await client.query('SELECT setting, count(*)::int FROM millrace.seen GROUP BY 1');
    // a folding in between need not wait for the disk: what it replaces is there until it is
    assert.equal(rows.find(({ setting }) => setting === 'on')?.count, 6);
  });
});

test('of two stores with tokens the older one is fenced, amid an insert and after it', async (t) => {
  const one = await openStore();
  t.after(one.close);
  const other = await openStoreAt(one.url);
  t.after(other.close);
  await one.store.progress(1, 1);
  await one.store.insert(batchOf(1, 0, 10, 1));
  const [racing, claimed] = await Promise.allSettled([
    one.store.insert(batchOf(1, 10, 10, 1)),
    other.store.progress(1, 2),
  ]);
  assert.equal(claimed.status, 'fulfilled');
  const { next } = await other.store.progress(1, 2);
  assert.equal(next, racing.status === 'fulfilled' ? 20 : 10, 'all of it or nothing');
  const fenced = (error: unknown) => isFailure(error, 'store_fenced');
  await assert.rejects(one.store.insert(batchOf(1, next, 10, 1)), fenced);
  await assert.rejects(one.store.insert({ ...batchOf(1, next, 10, 1), token: 0 }), fenced);
  await assert.rejects(one.store.progress(1, 1), fenced);
  await assert.rejects(one.store.reconcile(1, 0, 100), fenced);
  await other.store.insert(batchOf(1, next, 10, 2));
  await assertWhole(other.store, 1, next + 10);
});

test('of two stores that believe to be the writer one stores each batch, and the other is told', async (t) => {
  const one = await openStore();
  t.after(one.close);
  const other = await openStoreAt(one.url);
  t.after(other.close);
  await Promise.all([one.store.progress(1, 5), other.store.progress(1, 5)]);
  for (let first = 0; first < 100; first += 10) {
    const outcomes = await Promise.allSettled(
      [one, other].map(({ store }) => store.insert(batchOf(1, first, 10, 5))),
    );
    const lost = outcomes.filter(({ status }) => status === 'rejected');
    assert.equal(lost.length, 1, 'exactly one of them');
    assert.ok(isFailure((lost[0] as PromiseRejectedResult).reason, 'store_fenced'));
    await Promise.all([one.store.reconcile(1, 0, 100), other.store.reconcile(1, 0, 100)]);
  }
  await assertWhole(one.store, 1, 100);
});

test('a server that is killed again and again loses nothing and doubles nothing', async (t) => {
  const server = await startPostgres();
  t.after(() => server.close());
  const url = await server.createDatabase();
  const first = await openStoreAt(url);
  t.after(first.close);
  const { store } = first;
  const [partitions, size, kills] = [2, 200, 3];
  const stop = new AbortController();
  const told: number[] = [];
  const writing = Array.from({ length: partitions }, async (_, partition) => {
    let next = 0;
    while (!stop.signal.aborted) {
      const batch = batchOf(partition, next, size);
      for (let attempt = 0; ; attempt++) {
        try {
          await (attempt === 0 ? store.insert(batch) : again(store, batch));
          break;
        } catch {
          await delay(20);
        }
      }
      next += size;
      told[partition] = next;
    }
  });
  for (let kill = 0; kill < kills; kill++) {
    await delay(100 + 70 * kill);
    await server.kill();
    await server.start();
  }
  await delay(200);
  stop.abort();
  await Promise.all(writing);
  for (let partition = 0; partition < partitions; partition++)
    await assertWhole(store, partition, told[partition]!);
});

test('a server that is killed between the rows and the commit has nothing of the batch', async (t) => {
  const server = await startPostgres();
  t.after(() => server.close());
  const opened = await openStoreAt(await server.createDatabase());
  t.after(opened.close);
  const { store, pools } = opened;
  await store.insert(batchOf(1, 0, 10));
  const batch = batchOf(1, 10, 10);
  // killed when all is done but the commit
  const { transaction } = pools.write;
  pools.write.transaction = (work, options) =>
    transaction.call(
      pools.write,
      async (connection) => {
        const result = await work(connection);
        await server.kill();
        return result;
      },
      options,
    ) as ReturnType<typeof work>;
  await assert.rejects(store.insert(batch), (error) => isFailure(error) && error.retryable);
  pools.write.transaction = transaction.bind(pools.write);
  assert.equal(store.state().status, 'down');
  await server.start();
  await again(store, batch);
  assert.equal(store.state().status, 'ready');
  await assertWhole(store, 1, 20);
});
