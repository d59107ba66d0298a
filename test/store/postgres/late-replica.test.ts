/** Answers of a replica that is late: never taken for answers of now, whoever told the version. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { type PostgresServer, startPostgres, withClient } from '../../../scripts/services/postgres.ts';
import { MemoryCache } from '../../../src/cache/memory/memory-cache.ts';
import { Query } from '../../../src/query/query.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { questionOf } from '../../../src/testing/generators.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';
import { TestClock } from '../../../src/testing/test-clock.ts';
import { eventually } from '../../postgres/support.ts';
import { type OpenStore, openStoreAt } from './open-store.ts';

const noon = Date.UTC(2025, 5, 15, 12);
const never = new AbortController().signal;
/** Of a day that is long over. */
const plan = {
  version: 1,
  kind: 'summary',
  project: 'p',
  from: Date.UTC(2025, 5, 15),
  to: Date.UTC(2025, 5, 16),
  timeZone: 'UTC',
  bots: 'include',
  metrics: ['events'],
  exact: false,
} as const;

describe('a replica that is late', () => {
  let primary: PostgresServer;
  let replica: PostgresServer;
  let here: OpenStore;
  let there: OpenStore;
  let url: string;
  let offset = 0;
  before(async () => {
    primary = await startPostgres({ fsync: false });
    url = await primary.createDatabase();
    here = await openStoreAt(url);
    replica = await primary.startReplica();
    const environment = {
      DB_READ_HOST: replica.host,
      DB_READ_PORT: String(replica.port),
      MILLRACE_POSTGRES_REPLICA_LAG_MS: '3600000',
    };
    there = await openStoreAt(url, { environment });
  });
  after(async () => {
    await there.close();
    await here.close();
    await replica.close();
    await primary.close();
  });

  const add = async () => {
    await insertRows(here.store, 0, [eventRow({ offset, timestamp: noon + offset })]);
    offset += 1;
  };
  const run = async ({ store }: OpenStore) => {
    const { cells, version } = await store.run(questionOf(plan), wideBudget, never);
    return { events: cells[0]?.events ?? 0, version };
  };
  const delay = (time: string) =>
    withClient(replica.url(), async (client) => {
      await client.query(`ALTER SYSTEM SET recovery_min_apply_delay = '${time}'`);
      await client.query('SELECT pg_reload_conf()');
    });
  /** Asks of the versions of `versions` and the rows of `rows`, as when the one server falls away between the two. */
  const queryOf = (versions: OpenStore, rows: OpenStore, cache: MemoryCache) =>
    new Query({
      store: {
        state: () => rows.store.state(),
        version: (...range) => versions.store.version(...range),
        run: (...asked) => rows.store.run(...asked),
        events: (...asked) => rows.store.events(...asked),
      },
      cache,
      clock: new TestClock(Date.UTC(2025, 8, 1)),
      telemetry: new Telemetry(),
    });
  const count = async (query: Query) => {
    const { data, meta } = await query.ask(plan, { project: plan.project });
    return { events: data.kind === 'summary' ? data.total.events : undefined, cached: meta.cached };
  };

  test('tells the version of what it gives, not of what there is', async () => {
    await add();
    await eventually(async () => assert.deepEqual(await run(there), await run(here)));
    const first = await run(there);
    assert.equal(first.events, 1);
    await delay('1h');
    await add();
    const [late, now] = [await run(there), await run(here)];
    assert.deepEqual(late, first, 'it has not seen the second event');
    assert.equal(now.events, 2);
    assert.notEqual(now.version, late.version);
    assert.equal(await there.store.version('p', plan.from, plan.to), late.version);
    assert.equal(await here.store.version('p', plan.from, plan.to), now.version);
  });

  test('leaves no old answer in the cache under a new version, and no new one under an old', async () => {
    const cache = new MemoryCache({ clock: new TestClock(noon), bytesMax: 1_000_000 });
    const [mixed, right] = [queryOf(here, there, cache), queryOf(here, here, cache)];
    assert.deepEqual(await count(mixed), { events: 1, cached: false }, 'the rows of the replica are late');
    assert.deepEqual(
      await count(right),
      { events: 2, cached: false },
      'which the version of the primary tells',
    );
    assert.deepEqual(await count(right), { events: 2, cached: true });
    const back = queryOf(there, here, new MemoryCache({ clock: new TestClock(noon), bytesMax: 1_000_000 }));
    assert.deepEqual(await count(back), { events: 2, cached: false }, 'an old version, and new rows');
    await delay('0');
    await eventually(async () => assert.deepEqual(await run(there), await run(here)));
    assert.deepEqual(await count(back), { events: 2, cached: true }, 'once the version has come too');
  });

  test('is asked for questions, and never for what the writer must know', async () => {
    await delay('1h');
    await add();
    assert.equal((await run(there)).events, 2);
    const key = { project: 'p', eventId: `e-0-${offset - 1}` };
    assert.deepEqual(await there.store.known([key]), [true]);
    assert.equal((await there.store.progress(0)).next, offset);
    assert.deepEqual(await there.store.reconcile(0, 0, 10), [[0, offset]]);
  });

  test('gives way to the primary when it is too late', async () => {
    const environment = {
      DB_READ_HOST: replica.host,
      DB_READ_PORT: String(replica.port),
      MILLRACE_POSTGRES_REPLICA_LAG_MS: '100',
    };
    const strict = await openStoreAt(url, { environment });
    try {
      await eventually(async () => assert.equal((await run(strict)).events, offset));
    } finally {
      await strict.close();
    }
  });
});
