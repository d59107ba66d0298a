/** Behind PgBouncer in transaction mode, of before 1.21: each transaction may come to another connection, and none is ours. */
import assert from 'node:assert/strict';
import { after, before, describe, it } from 'node:test';
import { type PgBouncerServer, startPgBouncer } from '../../scripts/services/pgbouncer.ts';
import { type PostgresServer, startPostgres, withClient } from '../../scripts/services/postgres.ts';
import { migrate } from '../../src/postgres/migrate.ts';
import { eventually, fails, isStopped, openTestPools } from './support.ts';

describe('behind PgBouncer in transaction mode', () => {
  let server: PostgresServer;
  let bouncer: PgBouncerServer;
  before(async () => {
    server = await startPostgres({ fsync: false });
    bouncer = await startPgBouncer(server, { poolSize: 2 });
  });
  after(async () => {
    await bouncer.close();
    await server.close();
  });

  it('many connections of ours share a few of the server, with values and without', async (context) => {
    const { pools } = openTestPools(context, bouncer.url());
    const answers = await Promise.all(
      Array.from({ length: 40 }, async (_, n) => {
        const text = 'SELECT $1::int + 1 AS n, pg_backend_pid() AS pid, pg_sleep(0.01)';
        return (await pools.read.query<{ n: number; pid: number }>(text, [n])).rows[0]!;
      }),
    );
    assert.deepEqual(
      answers.map(({ n }) => n),
      Array.from({ length: 40 }, (_, n) => n + 1),
    );
    assert.ok(pools.figures().read.size > 2);
    assert.ok(new Set(answers.map(({ pid }) => pid)).size <= 2);
  });

  it('every bound holds, and none of it stays on the connection', async (context) => {
    const { pools } = openTestPools(context, bouncer.url());
    const long = pools.write.query('SELECT pg_sleep(30)', [], { timeoutMs: 50 });
    await assert.rejects(long, fails('timeout'));
    const left = await withClient(bouncer.url(), (client) =>
      client.query(
        `SELECT current_setting('statement_timeout') AS bound, current_setting('search_path') AS path`,
      ),
    );
    assert.deepEqual(left.rows, [{ bound: '0', path: '"$user", public' }]);
  });

  it('a question is stopped through it', async (context) => {
    const { pools } = openTestPools(context, bouncer.url());
    const asker = new AbortController();
    const question = pools.read.query('SELECT pg_sleep(30), 815', [], { signal: asker.signal });
    const running = () =>
      withClient(server.url(), async (client) => {
        const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE query = 'SELECT pg_sleep(30), 815'`;
        return (await client.query(`${text} AND state = 'active'`)).rows[0].n as number;
      });
    await eventually(async () => assert.equal(await running(), 1));
    asker.abort();
    await assert.rejects(question, isStopped);
    await eventually(async () => assert.equal(await running(), 0));
  });

  it('migrations run, and their lock ends with their transaction', async (context) => {
    const { pools } = openTestPools(context, bouncer.url());
    await migrate(pools, 'test', [{ version: 1, take: ['CREATE TABLE made (n int)'] }]);
    await pools.write.query('INSERT INTO made VALUES (1)');
    const { rows } = await withClient(server.url(), (client) =>
      client.query(`SELECT count(*)::int AS n FROM pg_locks WHERE locktype = 'advisory'`),
    );
    assert.equal(rows[0].n, 0);
  });

  it('its own refusals are told with the setting', async (context) => {
    const at = (change: object) => Object.assign(new URL(bouncer.url()), change).href;
    const wrong = openTestPools(context, at({ password: 'wrong' })).pools;
    await assert.rejects(wrong.check(), fails('login', /user "postgres" .* MILLRACE_STORE/));
    const unknown = openTestPools(context, at({ username: 'nobody' })).pools;
    await assert.rejects(unknown.check(), fails('login', /user "nobody" .* MILLRACE_STORE/));
    const missing = openTestPools(context, at({ pathname: '/nothing' })).pools;
    await assert.rejects(missing.check(), fails('database', /"nothing" .* MILLRACE_STORE/));
  });

  it('goes on when it, or the server behind it, was restarted', async (context) => {
    const { pools } = openTestPools(context, bouncer.url());
    await pools.write.query('SELECT 1');
    await bouncer.stop();
    await assert.rejects(pools.write.query('SELECT 1'), fails('unreachable'));
    await bouncer.start();
    await pools.write.query('SELECT 1');
    await server.kill();
    await server.start();
    await eventually(() => pools.write.query('SELECT 1'));
  });
});
