/** Attempts that somebody gave up while they waited or had statements left to send: nothing of them may land later. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isFailure } from '../../../src/errors.ts';
import type { CallOptions } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { ClickHouseClient, ClickHouseError } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { eventRow } from '../../../src/testing/rows.ts';
import { openEngine } from '../embedded/engine-helpers.ts';
import { storeOn } from './store-helpers.ts';

/** Holds back statements that begin with a text until it is told to let go. */
class HoldingClient extends ClickHouseClient {
  held: string | undefined;
  readonly #reached = Promise.withResolvers<void>();
  readonly #free = Promise.withResolvers<void>();

  get reached(): Promise<void> {
    return this.#reached.promise;
  }

  letGo(): void {
    this.held = undefined;
    this.#free.resolve();
  }

  override async command(sql: string, options?: CallOptions): Promise<void> {
    await this.#hold(sql);
    return super.command(sql, options);
  }

  override async insertNative(
    table: string,
    columns: readonly string[],
    block: Uint8Array,
    options?: CallOptions,
  ): Promise<void> {
    await super.insertNative(table, columns, block, options);
    await this.#hold(`after ${table}`);
  }

  async #hold(what: string): Promise<void> {
    if (this.held === undefined || !what.startsWith(this.held)) return;
    this.#reached.resolve();
    await this.#free.promise;
  }
}

/** Fails to hear of one statement, which arrives later: as when a connection breaks with the statement on its way. */
class LateClient extends ClickHouseClient {
  late: string | undefined;
  /** Lets it arrive; resolves when it was answered, with whether it was taken. */
  arrive: () => Promise<boolean> = () => Promise.resolve(false);

  override async command(sql: string, options?: CallOptions): Promise<void> {
    if (this.late === undefined || !sql.startsWith(this.late)) return super.command(sql, options);
    this.late = undefined;
    this.arrive = () =>
      super.command(sql, options).then(
        () => true,
        () => false,
      );
    throw new ClickHouseError('the connection broke', 0, 'unclear');
  }
}

const rowAt = (partition: number, offset: number) =>
  eventRow({ project: 'p', partition, offset, timestamp: Date.UTC(2025, 5, 15) + offset * 1000 });

test('an insert that waits for the end of a repair while it is reconciled does not land after it', async (t) => {
  const { engine, client: look } = await openEngine(t);
  const client = new HoldingClient(() => engine.target());
  const store = await storeOn(engine, client);
  t.after(() => store.close());
  // a dirty day of partition 0, and a repair of it that takes its time
  await look.command('RENAME TABLE rollup_users TO rollup_users_away');
  await assert.rejects(store.insert({ partition: 0, rows: [rowAt(0, 0)], quarantined: [] }));
  await look.command('RENAME TABLE rollup_users_away TO rollup_users');
  client.held = 'TRUNCATE TABLE rollup_counts_stage';
  const repairing = store.reconcile(0, 0, 10);
  await client.reached;

  const batch = { partition: 1, rows: [rowAt(1, 0), rowAt(1, 1)], quarantined: [] };
  const waiting = store.insert(batch);
  const refused = assert.rejects(waiting, (error) => isFailure(error, 'store_unavailable'));
  // the writer's patience ends before the repair does: it reconciles and gives the rows again
  assert.deepEqual(await store.reconcile(1, 0, 10), []);
  const again = store.insert(batch);
  client.letGo();
  await repairing;
  await refused;
  await again;
  assert.deepEqual(await look.rows('SELECT _offset, count() FROM events WHERE _partition = 1 GROUP BY 1'), [
    ['0', '1'],
    ['1', '1'],
  ]);
  assert.deepEqual(await store.verifyRollups(), []);
});

test('an insert of several statements sends none of the later ones once it was reconciled', async (t) => {
  const { engine, client: look } = await openEngine(t);
  const client = new HoldingClient(() => engine.target());
  const store = await storeOn(engine, client);
  t.after(() => store.close());
  client.held = 'after events';
  const item = { partition: 0, offset: 1, project: 'p', eventId: 'e', receivedAt: 0 };
  const quarantined = [{ ...item, reason: 'refused', detail: '', body: '{}' }];
  const insert = store.insert({ partition: 0, rows: [rowAt(0, 0)], quarantined });
  const refused = assert.rejects(insert, (error) => isFailure(error, 'store_unavailable'));
  await client.reached;
  const reconciling = store.reconcile(0, 0, 10);
  client.letGo();
  assert.deepEqual(await reconciling, [[0, 1]]);
  await refused;
  assert.deepEqual(await look.rows('SELECT count() FROM quarantine'), [['0']]);
  assert.deepEqual(await store.verifyRollups(), []);
});

test('a swap of rollups that nobody heard of takes nothing away that was inserted since', async (t) => {
  const { engine } = await openEngine(t);
  const client = new LateClient(() => engine.target());
  const store = await storeOn(engine, client);
  t.after(() => store.close());
  await store.insert({ partition: 0, rows: [rowAt(0, 0)], quarantined: [] });
  client.late = 'ALTER TABLE rollup_counts REPLACE PARTITION';
  const rebuilding = assert.rejects(store.rebuildRollups(), (error) => isFailure(error, 'store_unavailable'));
  const inserting = store.insert({ partition: 1, rows: [rowAt(1, 0)], quarantined: [] });
  await Promise.all([rebuilding, inserting]);
  assert.equal(await client.arrive(), false, 'it was fenced before the insert was let in');
  assert.deepEqual(await store.verifyRollups(), []);
});
