/** Rollups follow the rows: whatever a batch holds of a window, however many rows of a key there are, whoever folds or rebuilds them meanwhile. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { withClient } from '../../../scripts/services/postgres.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { foldRollups } from '../../../src/store/postgres/fold.ts';
import { locks } from '../../../src/store/postgres/locks.ts';
import { rebuildStretch } from '../../../src/store/postgres/rebuild.ts';
import { checkAgainstEvaluator } from '../../../src/testing/agreement.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';
import { openDatabase, serverUrl } from '../../support/postgres.ts';
import { openStore, openStoreAt } from './open-store.ts';

const noon = Date.UTC(2025, 5, 15, 12);
const modes = [
  { extensions: true, users: 'hll', pieces: 'partitions' },
  { extensions: false, users: 'list', pieces: 'partitions' },
] as const;

const rowAt = (offset: number, partition = 1, given: Partial<EventRow> = {}): EventRow =>
  eventRow({
    partition,
    offset,
    project: 'r',
    timestamp: noon + offset * 60_000,
    type: offset % 3 === 0 ? 'click' : 'pageview',
    personKey: BigInt((offset % 10) + 1),
    amount: offset % 4 === 0 ? BigInt(offset) : null,
    currency: 'EUR',
    ...given,
  });

async function opened(t: TestContext, extensions: boolean) {
  const store = await openStore({ extensions });
  t.after(store.close);
  const ask = <T>(sql: string): Promise<T[]> =>
    withClient(store.url, async (client) => {
      await client.query('SET search_path = millrace, public');
      return (await client.query(sql)).rows as T[];
    });
  return { ...store, ask };
}

for (const { extensions, ...features } of modes) {
  const named = (name: string) => `${name} (${features.users})`;

  test(named('a batch counts what is its own of a window, also where others lie between'), async (t) => {
    const { store } = await opened(t, extensions);
    const rows = Array.from({ length: 100 }, (_, i) => rowAt(i));
    const part = (take: (offset: number) => boolean) => ({
      partition: 1,
      rows: rows.filter(({ offset }) => take(offset)),
      quarantined: [],
    });
    await store.insert(part((offset) => offset % 2 === 0 && offset < 50));
    await store.insert(part((offset) => offset % 2 === 1));
    await store.insert(part((offset) => offset % 2 === 0 && offset >= 50));
    assert.deepEqual(await store.verifyRollups(), []);
    assert.deepEqual(await store.reconcile(1, 0, 200), [[0, 100]]);
  });

  test(
    named('folding leaves one row of a key and changes no answer, beside writers and other folds'),
    async (t) => {
      const { store, pools, ask } = await opened(t, extensions);
      const write = async (partition: number) => {
        for (let offset = 0; offset < 60; offset += 3)
          await insertRows(
            store,
            partition,
            [0, 1, 2].map((i) => rowAt(offset + i, partition)),
          );
      };
      const fold = async () => {
        for (let i = 0; i < 10; i++) await foldRollups(pools.write, features);
      };
      const before = await store.version('r', noon, noon + 86_400_000);
      await Promise.all([write(1), write(2), write(3), fold(), fold()]);
      assert.deepEqual(await store.verifyRollups(), []);
      const version = await store.version('r', noon, noon + 86_400_000);
      assert.notEqual(version, before);
      await foldRollups(pools.write, features);
      assert.equal(await store.version('r', noon, noon + 86_400_000), version, 'folding changes no answer');
      assert.deepEqual(await store.verifyRollups(), []);
      const left =
        await ask(`SELECT project, tier, start, type, bot, currency FROM rollup_counts GROUP BY 1, 2, 3, 4, 5, 6
      HAVING count(*) > 1 OR bool_or(is_delta)`);
      assert.deepEqual(left, []);
      if (features.users === 'list') return;
      const persons =
        await ask(`SELECT project, tier, start, type, bot FROM rollup_users GROUP BY 1, 2, 3, 4, 5
      HAVING count(*) > 1 OR bool_or(is_delta)`);
      assert.deepEqual(persons, []);
    },
  );

  test(named('rebuilding beside writers and folds loses nothing and doubles nothing'), async (t) => {
    const { store, pools } = await opened(t, extensions);
    const day = Date.UTC(2025, 5, 15);
    let isWriting = true;
    const writing = Promise.all(
      [1, 2].map(async (partition) => {
        for (let offset = 0; offset < 90; offset++)
          await insertRows(store, partition, [rowAt(offset, partition)]);
      }),
    ).then(() => {
      isWriting = false;
    });
    const during = async (work: () => Promise<void>) => {
      while (isWriting) await work();
    };
    await Promise.all([
      writing,
      during(() => rebuildStretch(pools.write, features, { from: day, to: day + 86_400_000 })),
      during(() => foldRollups(pools.write, features)),
    ]);
    assert.deepEqual(await store.verifyRollups(), []);
  });

  test(named('a wrong rollup is found, told, and made right'), async (t) => {
    const { store, ask } = await opened(t, extensions);
    await insertRows(
      store,
      1,
      Array.from({ length: 50 }, (_, i) => rowAt(i)),
    );
    await insertRows(store, 2, [rowAt(0, 2, { timestamp: Date.UTC(1999, 0, 1) })]);
    await ask(
      `UPDATE rollup_counts SET events = events + 1 WHERE tier = 3600 AND type = 'click' AND start > '2025-01-01'`,
    );
    await ask(`DELETE FROM rollup_users WHERE type = 'pageview' AND start > '2025-01-01'`);
    await ask(`UPDATE rollup_counts SET start = '2031-01-01' WHERE start < '2000-01-01' AND tier = 86400`);
    const found = await store.verifyRollups();
    assert.deepEqual([...new Set(found.map(({ day }) => day))].sort(), [
      '1999-01-01',
      '2025-06-15',
      '2031-01-01',
    ]);
    assert.match(
      found.map(({ detail }) => detail).join('\n'),
      /click.*the rollup has \d+ events.*the rows \d+ events/,
    );
    assert.deepEqual(await store.verifyRollups(['2025-06-14']), []);
    assert.equal(await store.rebuildRollups(['2025-06-15']), 1);
    assert.deepEqual(await store.verifyRollups(['2025-06-15']), []);
    assert.equal(await store.rebuildRollups(), 3);
    assert.deepEqual(await store.verifyRollups(), []);
  });

  test(named('the view for people who come with SQL says what is stored, without bots'), async (t) => {
    const { store, ask } = await opened(t, extensions);
    await insertRows(
      store,
      1,
      Array.from({ length: 30 }, (_, i) => rowAt(i)),
    );
    await insertRows(store, 2, [rowAt(0, 2, { bot: true })]);
    const rows = await ask<Record<string, unknown>>(
      'SELECT day::text, project, type, events, unique_users FROM daily_analytics_summary ORDER BY type',
    );
    assert.deepEqual(rows, [
      { day: '2025-06-15', project: 'r', type: 'click', events: '10', unique_users: '10' },
      { day: '2025-06-15', project: 'r', type: 'pageview', events: '20', unique_users: '10' },
    ]);
  });

  test(named('more answers are those of the evaluator, rollups folded and not'), async (t) => {
    const { store, pools } = await opened(t, extensions);
    await checkAgainstEvaluator(store, {
      worlds: 6,
      plansPerWorld: 10,
      shrink: false,
      afterInsert: () => foldRollups(pools.write, features),
    });
    assert.deepEqual(await store.verifyRollups(), []);
  });
}

test('a fold leaves rollups alone while somebody else changes them', async (t) => {
  const { store, pools, url, ask } = await opened(t, true);
  await insertRows(store, 1, [rowAt(0)]);
  await insertRows(store, 1, [rowAt(1)]);
  const deltas = () => ask('SELECT FROM rollup_counts WHERE is_delta');
  const before = (await deltas()).length;
  await withClient(url, async (client) => {
    await client.query(`BEGIN; SET LOCAL search_path = millrace; ${locks.rollups}`);
    await foldRollups(pools.write, modes[0]);
    assert.equal((await deltas()).length, before);
    await client.query('COMMIT');
  });
  await foldRollups(pools.write, modes[0]);
  assert.equal((await deltas()).length, 0);
});

test('without the right to make extensions persons are listed, and counted exactly', async (t) => {
  const database = await openDatabase();
  const role = `plain_${process.pid}`;
  await withClient(database.url, (client) =>
    client.query(
      `CREATE ROLE ${role} LOGIN PASSWORD 'secret'; GRANT CREATE ON DATABASE ${new URL(database.url).pathname.slice(1)} TO ${role}`,
    ),
  );
  const url = Object.assign(new URL(database.url), { username: role, password: 'secret' }).href;
  const { store, close } = await openStoreAt(url);
  t.after(async () => {
    await close();
    await database.close();
    await withClient(await serverUrl(), (client) => client.query(`DROP ROLE ${role}`));
  });
  assert.equal(store.supports.exactUsersMax, Number.POSITIVE_INFINITY);
  assert.equal(store.supports.usersError, 0);
  await insertRows(store, 1, [rowAt(0), rowAt(1)]);
  assert.deepEqual(await store.verifyRollups(), []);
});
