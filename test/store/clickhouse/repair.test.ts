/** What may go wrong between rows and rollups, and how it is made right again: on a real engine, with real damage. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import type { JsonValue } from '../../../src/event/event.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import type { EmbeddedEngine } from '../../../src/store/embedded/embedded-engine.ts';
import type { Store } from '../../../src/store/store.ts';
import { checkAgainstEvaluator, wideBudget } from '../../../src/testing/agreement.ts';
import { questionOf } from '../../../src/testing/generators.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';
import { Closing } from '../embedded/engine-helpers.ts';
import { killEngine, openStore, storeOn } from './store-helpers.ts';

const day = Date.UTC(2025, 5, 15);
const hour = 3_600_000;

describe('rollups and rows', () => {
  const closing = new Closing();
  let store: Store;
  let client: ClickHouseClient;
  let engine: EmbeddedEngine;
  before(async () => {
    ({ store, client, engine } = await openStore(closing));
  });
  after(() => closing.close());

  test('are compared: a rollup that was tampered with is found', async () => {
    await insertRows(store, 1, rowsOf('tampered', 1, 30));
    assert.deepEqual(await store.verifyRollups(), []);
    await client.command(
      "INSERT INTO rollup_counts SELECT * FROM rollup_counts WHERE project = 'tampered' LIMIT 1",
    );
    const [difference] = await store.verifyRollups(['2025-06-15']);
    assert.equal(difference?.project, 'tampered');
    assert.equal(difference?.day, '2025-06-15');
    assert.deepEqual(await store.verifyRollups(['2025-06-14']), []);
    await client.command("INSERT INTO rollup_users SELECT * FROM rollup_users WHERE project = 'tampered'");
    assert.equal((await store.verifyRollups()).length, 1, 'the same persons twice are the same persons');
    await client.command("ALTER TABLE rollup_counts DROP PARTITION ID '202506'");
    await client.command("ALTER TABLE rollup_users DROP PARTITION ID '202506'");
    assert.ok((await store.verifyRollups()).length > 1);
    await rebuildThroughReconcile('tampered', 1);
    assert.deepEqual(await store.verifyRollups(), []);
  });

  test('an insert whose view fails leaves rows, dirty days and right answers; reconcile rebuilds', async () => {
    const rows = rowsOf('half', 2, 40);
    await insertRows(store, 2, rows.slice(0, 10));
    const version = await store.version('half', day, day + 24 * hour);
    await client.command("ALTER TABLE rollup_users ADD CONSTRAINT never CHECK project != 'half'");
    const insert = store.insert({ partition: 2, rows: rows.slice(10), quarantined: [] });
    await assert.rejects(insert, (error) => isFailure(error) && error.code !== 'store_unavailable');
    assert.notEqual(await store.version('half', day, day + 24 * hour), version);
    await client.command('ALTER TABLE rollup_users DROP CONSTRAINT never');
    const stored = await store.reconcile(2, 0, 100);
    assert.ok(
      stored.every(([from, to]) => from === 0 && (to === 10 || to === 40)),
      JSON.stringify(stored),
    );
    const present = stored[0]![1];
    assert.deepEqual(await store.verifyRollups(), []);
    if (present === 10) await store.insert({ partition: 2, rows: rows.slice(10), quarantined: [] });
    const answer = await ask(summary('half'));
    assert.equal(answer.events, 40);
    assert.equal(answer.users, 20);
    assert.equal(answer.source, 'rollup');
  });

  test('rows that are at fault are refused as such, and their neighbors are taken', async () => {
    let v: JsonValue = 1;
    for (let depth = 0; depth < 3_000; depth++) v = [v];
    const bad = [{ properties: { v } }, { timestamp: 8.64e15 }, { amount: 10n ** 18n }];
    for (const [offset, given] of bad.entries()) {
      const insert = store.insert({
        partition: 10,
        rows: [eventRow({ project: 'bad', partition: 10, offset, ...given })],
        quarantined: [],
      });
      await assert.rejects(insert, (error) => isFailure(error, 'store_refused'));
      assert.deepEqual(await store.reconcile(10, 0, 100), []);
    }
    await store.insert({
      partition: 10,
      rows: [eventRow({ project: 'bad', partition: 10, offset: 9, timestamp: day })],
      quarantined: [],
    });
    assert.equal((await ask(summary('bad'))).events, 1);
  });

  test('questions about a dirty day are answered from its rows alone', async () => {
    const rows = rowsOf('dirty', 3, 40);
    await insertRows(store, 3, rows);
    assert.equal((await ask(summary('dirty'))).source, 'rollup');
    await assert.rejects(breakInsert(3, 'dirty'));
    await client.command("ALTER TABLE rollup_counts DROP PARTITION ID '202506'");
    const answer = await ask(summary('dirty'));
    assert.deepEqual([answer.events, answer.users, answer.source], [40, 20, 'rollup+rows']);
    await store.reconcile(3, 0, 100);
    assert.deepEqual(await store.verifyRollups(['2025-06-15']), []);
    assert.equal((await ask(summary('dirty'))).source, 'rollup');
  });

  test('a day that two partitions have made dirty stays so until both are reconciled', async () => {
    await insertRows(store, 4, rowsOf('two', 4, 10));
    await assert.rejects(breakInsert(4, 'two'));
    await assert.rejects(breakInsert(5, 'two'));
    await store.reconcile(4, 0, 100);
    assert.equal((await ask(summary('two'))).source, 'rollup+rows');
    await store.reconcile(5, 0, 100);
    assert.equal((await ask(summary('two'))).source, 'rollup');
  });

  test('what a process left in the middle is rebuilt when the store opens', async () => {
    await insertRows(store, 6, rowsOf('left', 6, 20));
    // rows past the progress whose rollups never came
    await client.command(`CREATE TABLE kept AS events ENGINE = Memory`);
    await client.command("INSERT INTO kept SELECT * FROM events WHERE project = 'left'");
    await client.command('DROP TABLE rollup_counts_view');
    await client.command('INSERT INTO events SELECT * REPLACE(_offset + 1000 AS _offset) FROM kept');
    await client.command('DELETE FROM migrations WHERE version > 0');
    await store.close();
    client = new ClickHouseClient(() => engine.target());
    closing.after(() => client.close());
    store = await storeOn(engine, new ClickHouseClient(() => engine.target()));
    closing.after(() => store.close());
    assert.deepEqual(await store.verifyRollups(), []);
    assert.equal((await ask(summary('left'))).events, 40);
  });

  test('answers stay those of the evaluator while days are dirty and after they were rebuilt', async () => {
    await checkAgainstEvaluator(store, {
      worlds: 2,
      plansPerWorld: 25,
      partition: 7,
      shrink: false,
      afterInsert: async (world) => {
        const rows = world.rows.slice(0, 10).map((row) => ({ ...row, project: 'elsewhere' }));
        if (rows.length > 0) await assert.rejects(breakInsert(7, 'elsewhere', rows));
      },
    });
    await store.reconcile(7, 0, 1_000_000);
    assert.deepEqual(await store.verifyRollups(), []);
    await checkAgainstEvaluator(store, {
      worlds: 2,
      plansPerWorld: 25,
      partition: 9,
      shrink: false,
    });
  });

  test('an engine that dies during a repair leaves the days dirty, and the next reconcile ends it', async () => {
    await insertRows(store, 8, rowsOf('repair', 8, 200));
    await assert.rejects(breakInsert(8, 'repair'));
    const repair = store.reconcile(8, 0, 1000);
    const [outcome] = await Promise.allSettled([repair, killEngine(engine)]);
    if (outcome.status === 'rejected') {
      assert.ok(isFailure(outcome.reason));
      assert.equal((await ask(summary('repair'))).events, 200);
      await store.reconcile(8, 0, 1000);
    }
    assert.deepEqual(await store.verifyRollups(), []);
    assert.deepEqual(await ask(summary('repair')), { events: 200, users: 20, source: 'rollup' });
  });

  /** An insert that the engine fails, because a rollup is not there for a moment: it says so before it stores a row. */
  async function breakInsert(
    partition: number,
    project: string,
    rows = rowsOf(project, partition, 1),
  ): Promise<void> {
    await client.command('RENAME TABLE rollup_users TO rollup_users_away');
    try {
      await store.insert({
        partition,
        rows: rows.map((row) => ({ ...row, partition, offset: 50_000 + row.offset })),
        quarantined: [],
      });
    } finally {
      await client.command('RENAME TABLE rollup_users_away TO rollup_users');
    }
  }

  async function rebuildThroughReconcile(project: string, partition: number): Promise<void> {
    await assert.rejects(breakInsert(partition, project));
    await store.reconcile(partition, 0, 100_000);
  }

  async function ask(plan: Plan): Promise<{ events: number; users: number; source: string }> {
    const { cells, explain } = await store.run(questionOf(plan), wideBudget, new AbortController().signal);
    return { events: cells[0]?.events ?? 0, users: cells[0]?.users ?? 0, source: explain.source };
  }
});

/** Over the hours of one day and the next, of 20 persons. */
function rowsOf(project: string, partition: number, many: number): readonly EventRow[] {
  return Array.from({ length: many }, (_, offset) =>
    eventRow({
      project,
      partition,
      offset,
      timestamp: day + offset * 7 * 60_000,
      personKey: BigInt(1 + (offset % 20)),
      type: offset % 3 === 0 ? 'click' : 'pageview',
      amount: offset % 5 === 0 ? 12_500n : null,
    }),
  );
}

const summary = (project: string): Plan => ({
  version: 1,
  kind: 'summary',
  project,
  from: day - 24 * hour,
  to: day + 48 * hour,
  timeZone: 'UTC',
  bots: 'include',
  metrics: ['events', 'users'],
  exact: false,
});
