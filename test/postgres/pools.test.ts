/** The pools on a real server: transactions and their bounds, what the server gives, what is said when it is too little. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PostgresServer, startPostgres, withClient } from '../../scripts/services/postgres.ts';
import { heldShares } from '../../src/postgres/server-check.ts';
import { openDatabase } from '../support/postgres.ts';
import { eventually, fails, isStopped, openTestPools } from './support.ts';

const count = 'SELECT count(*)::int AS n FROM numbers';

describe('a pool', () => {
  let database: { url: string; close(): Promise<void> };
  before(async () => {
    database = await openDatabase();
    await withClient(database.url, (client) =>
      client.query('CREATE SCHEMA millrace; CREATE TABLE millrace.numbers (n int PRIMARY KEY)'),
    );
  });
  after(() => database.close());

  it('opens no connection before one is needed', async (context) => {
    const { pools } = openTestPools(context, database.url);
    assert.equal(pools.figures().write.size, 0);
    await pools.read.query('SELECT 1');
    const { write, read } = pools.figures();
    assert.deepEqual([write.size, read.size, read.idle, read.uses], [0, 1, 1, 1]);
  });

  it('commits what resolves, rolls back what rejects, and lets the error through', async (context) => {
    const { pools } = openTestPools(context, database.url);
    await pools.write.query('DELETE FROM numbers');
    await pools.write.transaction((connection) => connection.query('INSERT INTO numbers VALUES ($1)', [1]));
    const own = new Error('no');
    const rejected = pools.write.transaction(async (connection) => {
      await connection.query('INSERT INTO numbers VALUES (2)');
      throw own;
    });
    await assert.rejects(rejected, (error) => error === own);
    assert.equal((await pools.read.query(count)).rows[0]?.n, 1);
    assert.equal(pools.figures().write.idle, 1, 'its connection is still good');
  });

  it('does not take a transaction for committed in which a failure was swallowed', async (context) => {
    const { pools } = openTestPools(context, database.url);
    await pools.write.query('DELETE FROM numbers');
    const swallowed = pools.write.transaction(async (connection) => {
      await connection.query('INSERT INTO numbers VALUES (1)');
      await connection.query('INSERT INTO numbers VALUES (1)').catch(() => {});
    });
    await assert.rejects(swallowed, fails('other', /rolled back/));
    assert.equal((await pools.read.query(count)).rows[0]?.n, 0);
  });

  it('tells what is wrong with the values from what is wrong with the statement', async (context) => {
    const { pools } = openTestPools(context, database.url);
    await assert.rejects(pools.write.query('INSERT INTO numbers VALUES ($1)', [1e12]), fails('data'));
    await assert.rejects(pools.write.query('INSERT INTO numbers VALUES (NULL)'), fails('data'));
    await assert.rejects(pools.write.query('SELECT * FROM nothing'), fails('other', /nothing/));
    await assert.rejects(pools.read.query('INSERT INTO numbers VALUES (9)'), fails('unsuitable'));
  });

  it('ends a statement that takes too long, and its connection goes on', async (context) => {
    const { pools } = openTestPools(context, database.url);
    await assert.rejects(pools.read.query('SELECT pg_sleep(30)', [], { timeoutMs: 50 }), fails('timeout'));
    assert.equal((await pools.read.query('SELECT 1 AS one')).rows[0]?.one, 1);
    assert.equal(pools.figures().read.size, 1);
  });

  it('stops a question at the server when its asker goes', async (context) => {
    const { pools } = openTestPools(context, database.url);
    const asker = new AbortController();
    const sleeping = 'SELECT pg_sleep(30), 4711';
    const question = pools.read.query(sleeping, [], { signal: asker.signal });
    const running = async () => {
      const text = 'SELECT count(*)::int AS n FROM pg_stat_activity WHERE query = $1';
      return (await pools.write.query(text, [sleeping])).rows[0]?.n;
    };
    await eventually(async () => assert.equal(await running(), 1));
    asker.abort();
    await assert.rejects(question, isStopped);
    await eventually(async () => assert.equal(await running(), 0));
    const late = pools.read.query('SELECT 1', [], { signal: asker.signal });
    await assert.rejects(late, fails('cancelled'));
  });

  it('runs a statement outside of a transaction, and stops it when its time is over', async (context) => {
    const { pools } = openTestPools(context, database.url);
    await pools.write.alone('VACUUM millrace.numbers');
    await assert.rejects(pools.write.query('VACUUM millrace.numbers'), fails('other'));
    await assert.rejects(pools.write.alone('SELECT pg_sleep(30)', { timeoutMs: 50 }), fails('timeout'));
  });

  it('says which kind of question was slow', async (context) => {
    const environment = { MILLRACE_POSTGRES_SLOW_MS: '50' };
    const { pools, said } = openTestPools(context, database.url, environment);
    await pools.read.query('SELECT pg_sleep(0.1)', [], { kind: 'funnel' });
    await pools.read.query('SELECT 1', [], { kind: 'trend' });
    assert.deepEqual(
      said['store.slow']?.map(({ kind }) => kind),
      ['funnel'],
    );
    assert.ok(said['store.slow']![0]!.durationMs >= 100);
  });

  it('makes who finds no free connection wait, and says which setting to raise when that is too long', async (context) => {
    const environment = { MILLRACE_POSTGRES_CONNECT_MS: '150' };
    const { pools, said } = openTestPools(context, database.url, environment, { poolMax: 1, poolMin: 1 });
    const held = Promise.withResolvers<void>();
    const holder = pools.write.transaction(() => held.promise);
    await eventually(() => assert.equal(pools.figures().write.size - pools.figures().write.idle, 1));
    const waiter = pools.write.query('SELECT 1');
    await eventually(() => assert.equal(pools.figures().write.waiting, 1));
    await assert.rejects(waiter, fails('crowded', /all 1 connections .* raise DB_POOL_MAX/));
    held.resolve();
    await holder;
    await pools.write.query('SELECT 1');
    assert.equal(said['postgres.busy']?.length, 1, 'once a minute');
    assert.deepEqual(said['postgres.busy'][0], { pool: 'write', used: 1, waiting: 0, max: 1 });
  });

  it('gives up a connection that is too old', async (context) => {
    const { pools } = openTestPools(context, database.url, {}, { lifetimeMs: 100 });
    const pid = async () => (await pools.write.query('SELECT pg_backend_pid() AS pid')).rows[0]?.pid;
    const first = await pid();
    assert.equal(await pid(), first);
    await eventually(() => assert.equal(pools.figures().write.size, 0));
    assert.notEqual(await pid(), first);
  });

  it('closes while something is under way, and then refuses', async (context) => {
    const { pools } = openTestPools(context, database.url);
    const working = pools.write.query('SELECT pg_sleep(0.2)');
    await eventually(() => assert.equal(pools.figures().write.uses, 1));
    await pools.close();
    await working;
    await assert.rejects(pools.write.query('SELECT 1'), fails('unreachable', /closed/));
  });
});

describe('what the server gives', () => {
  let server: PostgresServer;
  before(async () => {
    server = await startPostgres({ fsync: false, settings: { max_connections: '15' } });
  });
  after(() => server.close());

  it('is shared between the pools, each keeping its part, with some left over', () => {
    assert.deepEqual(heldShares([50, 100], 200), [50, 100]);
    assert.deepEqual(heldShares([50, 100], 97), [29, 58]);
    assert.deepEqual(heldShares([50, 1], 10), [8, 1]);
    assert.deepEqual(heldShares([50, 100], 5), [2, 2]);
  });

  it('holds the pools, and is said once', async (context) => {
    const { pools, said } = openTestPools(context, server.url());
    await pools.check();
    await pools.read.query('SELECT 1');
    // 15, less 3 for superusers, less a tenth
    assert.deepEqual([pools.figures().write.max, pools.figures().read.max], [3, 6]);
    assert.equal(said.note?.length, 1);
    assert.match(said.note[0]!.message, /DB_POOL_MAX and DB_READ_POOL_MAX ask for 50 and 100 .* gives .* 12/);
    const answers = await Promise.all(
      Array.from({ length: 40 }, () => pools.read.query('SELECT pg_sleep(0.02), 1 AS one')),
    );
    assert.ok(answers.every(({ rows }) => rows[0]?.one === 1));
    assert.equal(pools.figures().read.size, 6);
  });

  it('is waited for when other processes have taken it', async (context) => {
    const { pools, said } = openTestPools(context, server.url(), { MILLRACE_POSTGRES_CONNECT_MS: '3000' });
    await pools.check();
    await takeAll(server, async (free) => {
      const waiting = pools.read.query('SELECT 1 AS one');
      await eventually(() => assert.ok(said.note?.some(({ message }) => /gives no further/.test(message))));
      await free();
      assert.equal((await waiting).rows[0]?.one, 1);
    });
  });

  it('is said with the settings when nobody gives any back', async (context) => {
    const { pools } = openTestPools(context, server.url(), { MILLRACE_POSTGRES_CONNECT_MS: '200' });
    await takeAll(server, async () => {
      const line = /gives no further connection .*: lower DB_POOL_MAX and DB_READ_POOL_MAX/;
      await assert.rejects(pools.write.query('SELECT 1'), fails('crowded', line));
    });
  });
});

/** Holds connections until the server gives no more, not even to a superuser. */
async function takeAll(
  server: PostgresServer,
  work: (free: () => Promise<void>) => Promise<void>,
): Promise<void> {
  const holders: { free(): void; ended: Promise<unknown> }[] = [];
  const take = () => {
    const held = Promise.withResolvers<void>();
    const taken = Promise.withResolvers<boolean>();
    const ended = withClient(server.url(), async () => {
      taken.resolve(true);
      await held.promise;
    }).catch(() => taken.resolve(false));
    holders.push({ free: held.resolve, ended });
    return taken.promise;
  };
  while (await take());
  const free = async () => {
    for (const holder of holders) holder.free();
    await Promise.all(holders.map(({ ended }) => ended));
  };
  try {
    await work(free);
  } finally {
    await free();
  }
}
