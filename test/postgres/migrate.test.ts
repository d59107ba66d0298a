/** Migrations: each step once, all or nothing, whoever starts at the same time. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { withClient } from '../../scripts/services/postgres.ts';
import { isFailure } from '../../src/errors.ts';
import { type MigrationStep, migrate } from '../../src/postgres/migrate.ts';
import { openDatabase } from '../support/postgres.ts';
import { fails, openTestPools } from './support.ts';

const steps: readonly MigrationStep[] = [
  { version: 1, take: ['CREATE TABLE things (n int)', 'INSERT INTO things VALUES (1)'] },
  {
    version: 2,
    take: async (connection) => {
      await connection.query('INSERT INTO things VALUES ($1)', [2]);
    },
  },
];

async function openEmpty(context: TestContext, environment = {}) {
  const database = await openDatabase();
  const opened = openTestPools(context, database.url, environment);
  context.after(async () => {
    await opened.pools.close();
    await database.close();
  });
  return { ...opened, url: database.url };
}

describe('migrations', () => {
  it('take each step once, in order, in a schema of our own', async (context) => {
    const { pools, url } = await openEmpty(context);
    await migrate(pools, 'test', steps.slice(0, 1));
    await migrate(pools, 'test', steps);
    await migrate(pools, 'test', steps);
    const { rows } = await withClient(url, (client) =>
      client.query('SELECT n FROM millrace.things ORDER BY n'),
    );
    assert.deepEqual(rows, [{ n: 1 }, { n: 2 }]);
  });

  it('take each step once when eight processes start at the same time', async (context) => {
    const { url } = await openEmpty(context);
    const others = Array.from({ length: 8 }, () => openTestPools(context, url).pools);
    await Promise.all(others.map((pools) => migrate(pools, 'test', steps)));
    const { rows } = await others[0]!.write.query('SELECT n FROM things ORDER BY n');
    assert.deepEqual(rows, [{ n: 1 }, { n: 2 }]);
    await Promise.all(others.map((pools) => pools.close()));
  });

  it('leave nothing of a step that failed', async (context) => {
    const { pools } = await openEmpty(context);
    const broken = { version: 2, take: ['CREATE TABLE half (n int)', 'SELECT nonsense'] };
    await assert.rejects(migrate(pools, 'test', [steps[0]!, broken]), fails('other', /nonsense/));
    const half = await pools.write.query(
      `SELECT to_regclass('half') AS half, count(*)::int AS n FROM things`,
    );
    assert.deepEqual(half.rows, [{ half: null, n: 1 }]);
    await migrate(pools, 'test', steps);
  });

  it('count for each part by itself', async (context) => {
    const { pools } = await openEmpty(context);
    await migrate(pools, 'one', steps);
    await migrate(pools, 'two', [{ version: 1, take: ['CREATE TABLE others ()'] }]);
    const { rows } = await pools.write.query(
      'SELECT part, max(version) AS version FROM migrations GROUP BY part',
    );
    assert.deepEqual(
      new Map(rows.map((row) => [row.part, row.version])),
      new Map([
        ['one', 2],
        ['two', 1],
      ]),
    );
  });

  it('leave a database alone that a newer version has been in', async (context) => {
    const { pools } = await openEmpty(context);
    await migrate(pools, 'test', steps);
    await assert.rejects(migrate(pools, 'test', steps.slice(0, 1)), (error) => {
      assert.ok(isFailure(error, 'schema_newer'), String(error));
      assert.match(
        error.message,
        /the test in schema millrace of database test_.* version 2, and .* knows 1/,
      );
      return true;
    });
  });

  it('need no right to create when everything is there', async (context) => {
    const { pools, url } = await openEmpty(context);
    await migrate(pools, 'test', steps);
    const role = `guest_${Date.now()}`;
    await withClient(url, (client) =>
      client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'guest';
                    GRANT USAGE ON SCHEMA millrace TO ${role};
                    GRANT SELECT ON millrace.migrations TO ${role}`),
    );
    const at = Object.assign(new URL(url), { username: role, password: 'guest' }).href;
    const guest = openTestPools(context, at).pools;
    await migrate(guest, 'test', steps);
    await assert.rejects(migrate(guest, 'other', steps), fails('rights', /GRANT/));
    await guest.close();
    await withClient(url, (client) => client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
  });
});
