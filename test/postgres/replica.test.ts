/** Questions on a replica: one that is there, goes, comes back, falls behind, or is no replica at all. */
import assert from 'node:assert/strict';
import { after, before, describe, it, type TestContext } from 'node:test';
import { type PostgresServer, startPostgres, withClient } from '../../scripts/services/postgres.ts';
import type { PostgresConfig } from '../../src/postgres/postgres-config.ts';
import { eventually, fails, openTestPools } from './support.ts';

describe('questions with a replica', () => {
  let primary: PostgresServer;
  let replica: PostgresServer;
  before(async () => {
    primary = await startPostgres({ fsync: false, settings: { max_connections: '60' } });
    await onPrimary('CREATE SCHEMA millrace; CREATE TABLE millrace.numbers (n int)');
    replica = await primary.startReplica();
  });
  after(async () => {
    await replica.close();
    await primary.close();
  });

  const onPrimary = (text: string) => withClient(primary.url(), (client) => client.query(text));
  const onReplica = (text: string) => withClient(replica.url(), (client) => client.query(text));
  const openBoth = (context: TestContext, change: Partial<PostgresConfig> = {}) => {
    const environment = { DB_READ_HOST: replica.host, DB_READ_PORT: String(replica.port) };
    return openTestPools(context, primary.url(), environment, change);
  };
  type Pools = ReturnType<typeof openBoth>['pools'];
  const askedReplica = async (pools: Pools) =>
    (await pools.read.query('SELECT pg_is_in_recovery() AS standby')).rows[0]?.standby as boolean;
  const goesTo = (pools: Pools, standby: boolean) =>
    eventually(async () => assert.equal(await askedReplica(pools), standby));

  it('go to it, and writes to the primary', async (context) => {
    const { pools, said } = openBoth(context);
    assert.equal(await askedReplica(pools), true);
    await pools.write.query('INSERT INTO numbers VALUES (1)');
    assert.equal(pools.figures().replica?.state, 'used');
    assert.ok(pools.figures().replica!.lagMs! < 5_000);
    assert.deepEqual(
      said['postgres.replica']?.map(({ state }) => state),
      ['used'],
    );
  });

  it('hold each pool to what its own server gives', async (context) => {
    const { pools, said } = openBoth(context);
    await pools.check();
    await pools.read.query('SELECT 1');
    // 60 less 3, less a tenth, is 51: all for questions on the replica, shared with writes on the primary
    assert.equal(pools.figures().read.max, 51);
    assert.equal(pools.figures().write.max, 17);
    assert.equal(said.note?.length, 1);
  });

  it('go to the primary while it is down, without an error, and come back', async (context) => {
    const { pools, said } = openBoth(context);
    assert.equal(await askedReplica(pools), true);
    for (const end of ['stop', 'kill'] as const) {
      await replica[end]();
      assert.equal(await askedReplica(pools), false);
      assert.equal(pools.figures().replica?.state, 'down');
      await replica.start();
      await goesTo(pools, true);
    }
    assert.deepEqual(
      said['postgres.replica']?.map(({ state }) => state),
      ['used', 'down', 'used', 'down', 'used'],
    );
    assert.match(said['postgres.replica'][1]!.reason, /PostgreSQL at/);
  });

  it('are asked again of the primary when it breaks in their middle', async (context) => {
    const { pools } = openBoth(context);
    assert.equal(await askedReplica(pools), true);
    const question = pools.read.transaction(async (connection) => {
      const { rows } = await connection.query('SELECT pg_is_in_recovery() AS standby');
      if (rows[0].standby) await replica.kill();
      await connection.query('SELECT 1');
      return rows[0].standby as boolean;
    });
    assert.equal(await question, false);
    await replica.start();
    await goesTo(pools, true);
  });

  it('go to the primary while it is too far behind, and come back', async (context) => {
    const { pools, said } = openBoth(context, { replicaLagMs: 300 });
    assert.equal(await askedReplica(pools), true);
    await onReplica('SELECT pg_wal_replay_pause()');
    await onPrimary('INSERT INTO millrace.numbers VALUES (2)');
    await goesTo(pools, false);
    const { state, lagMs } = pools.figures().replica!;
    assert.equal(state, 'behind');
    assert.ok(lagMs! > 300, `${lagMs} ms`);
    assert.match(said['postgres.replica']![1]!.reason, /MILLRACE_POSTGRES_REPLICA_LAG_MS is 300/);
    await onReplica('SELECT pg_wal_replay_resume()');
    await goesTo(pools, true);
    assert.deepEqual(
      said['postgres.replica']?.map((each) => each.state),
      ['used', 'behind', 'used'],
    );
  });

  it('do not take it for late when nothing happens, or nobody asked for a while', async (context) => {
    const { pools } = openBoth(context, { replicaLagMs: 300 });
    assert.equal(await askedReplica(pools), true);
    // the quiet while is longer than the bound, with a change at its end
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    await onPrimary('INSERT INTO millrace.numbers VALUES (3)');
    assert.equal(await askedReplica(pools), true);
    assert.ok(pools.figures().replica!.lagMs! <= 300);
  });

  it('stay on it while the primary is down', async (context) => {
    const { pools } = openBoth(context);
    assert.equal(await askedReplica(pools), true);
    await primary.kill();
    assert.equal(await askedReplica(pools), true);
    await assert.rejects(pools.write.query('SELECT 1'), fails('unreachable'));
    await primary.start();
    await pools.write.query('SELECT 1');
  });

  it('never go to a server that holds other data', async (context) => {
    const other = await startPostgres({ fsync: false });
    context.after(() => other.close());
    const environment = { DB_READ_HOST: other.host, DB_READ_PORT: String(other.port) };
    const { pools, said } = openTestPools(context, primary.url(), environment);
    // the same password would be needed to be let in at all
    await withClient(other.url(), (client) =>
      client.query(`ALTER ROLE postgres PASSWORD '${primary.password}'`),
    );
    const { rows } = await pools.read.query('SELECT inet_server_port() AS port');
    assert.equal(rows[0]?.port, primary.port);
    assert.match(said['postgres.replica']![0]!.reason, /no replica of the primary .*: correct DB_READ_HOST/);
  });
});
