/** Work that one process does at a time, whichever machine it is on. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { exclusively } from '../../src/postgres/exclusively.ts';
import { openDatabase } from '../support/postgres.ts';
import { openTestPools } from './support.ts';

async function openTwo(context: TestContext, environment = {}) {
  const { url, close } = await openDatabase();
  const [one, two] = [openTestPools(context, url).pools, openTestPools(context, url, environment).pools];
  context.after(async () => {
    await Promise.all([one.close(), two.close()]);
    await close();
  });
  return { one, two };
}

describe('work that one process does at a time', () => {
  it('is left alone by who comes while it is done, and can be done afterwards', async (context) => {
    const { one, two } = await openTwo(context);
    const done = await exclusively(one.write, 'sweeping', async () => {
      assert.equal(await exclusively(two.write, 'sweeping', async () => assert.fail()), undefined);
      assert.deepEqual(await exclusively(two.write, 'cooking', async () => 2), { result: 2 });
      return 1;
    });
    assert.deepEqual(done, { result: 1 });
    assert.deepEqual(await exclusively(two.write, 'sweeping', async () => 3), { result: 3 });
  });

  it('bars nobody when it fails, or its process is gone', async (context) => {
    const { one, two } = await openTwo(context);
    const own = new Error('broken broom');
    await assert.rejects(
      exclusively(one.write, 'sweeping', async () => {
        throw own;
      }),
      own,
    );
    const dying = exclusively(one.write, 'sweeping', async () => {
      await two.write.query(
        `SELECT pg_terminate_backend(pid) FROM pg_locks WHERE locktype = 'advisory'
         AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
      );
      assert.deepEqual(await exclusively(two.write, 'sweeping', async () => 2), { result: 2 });
      return 1;
    });
    assert.deepEqual(await dying, { result: 1 }, 'what was done is done');
  });

  it('is not for two schemas of one database together', async (context) => {
    const { one, two } = await openTwo(context, { MILLRACE_POSTGRES_SCHEMA: 'another' });
    for (const pools of [one, two]) await pools.write.query(`CREATE SCHEMA ${pools.config.schema}`);
    await exclusively(one.write, 'sweeping', async () => {
      assert.deepEqual(await exclusively(two.write, 'sweeping', async () => 2), { result: 2 });
    });
  });
});
