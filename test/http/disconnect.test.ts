/** A client that goes away takes its question along: out of the queue, and out of PostgreSQL where it runs. Bounds are by key. */
import assert from 'node:assert/strict';
import { describe, it, type TestContext } from 'node:test';
import { withClient } from '../../scripts/services/postgres.ts';
import { MemoryCache } from '../../src/cache/memory/memory-cache.ts';
import { systemClock } from '../../src/clock.ts';
import { Query } from '../../src/query/query.ts';
import { Telemetry } from '../../src/telemetry/telemetry.ts';
import { eventRow, insertRows } from '../../src/testing/rows.ts';
import { eventually } from '../postgres/support.ts';
import { openStore } from '../store/postgres/open-store.ts';
import { openServer, problemOf } from './open-server.ts';

/** A server over PostgreSQL, one question of each key at work and one waiting. */
async function open(context: TestContext) {
  const opened = await openStore();
  context.after(opened.close);
  const server = await openServer(context);
  const timestamp = Date.UTC(2026, 2, 1, 12);
  await insertRows(opened.store, 0, [eventRow({ project: 'default', timestamp, personKey: 1n })]);
  const query = new Query({
    store: opened.store,
    cache: new MemoryCache({ clock: systemClock, bytesMax: 0 }),
    clock: systemClock,
    telemetry: new Telemetry(),
    settings: { keyConcurrencyMax: 1, keyWaitingMax: 1 },
  });
  server.stages.ask = (plan, options) => query.ask(plan, options);
  const ask = (key: string, n: number, signal?: AbortSignal) =>
    server.call('/api/v1/query', {
      method: 'POST',
      key,
      body: {
        kind: 'summary',
        range: 'all',
        exact: true,
        filter: { field: 'properties.n', op: 'eq', value: n },
      },
      ...(signal && { signal }),
    });
  return { ...server, query, ask, databaseUrl: opened.url };
}

/** Runs `work` while no question can read events; gives how many statements on them the server has. */
function whileLocked(url: string, work: (running: () => Promise<number>) => Promise<void>): Promise<void> {
  const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database()
    AND state = 'active' AND pid <> pg_backend_pid() AND query ~ 'FROM events'`;
  return withClient(url, async (client) => {
    await client.query('BEGIN');
    await client.query('LOCK TABLE millrace.events IN ACCESS EXCLUSIVE MODE');
    await work(() => withClient(url, async (other) => (await other.query(text)).rows[0].n));
    await client.query('ROLLBACK');
  });
}

describe('a client that goes away', () => {
  it('stops its question in PostgreSQL, and gives its place in the queue back while it waits', async (context) => {
    const { ask, query, keys, databaseUrl } = await open(context);
    await whileLocked(databaseUrl, async (running) => {
      const [first, second] = [new AbortController(), new AbortController()];
      const runs = ask(keys.read, 1, first.signal);
      await eventually(async () => assert.equal(await running(), 1));
      const waits = ask(keys.read, 2, second.signal);
      await eventually(async () => assert.deepEqual(query.usage(), { inside: 1, waiting: 1 }));
      second.abort();
      await assert.rejects(waits);
      await eventually(async () => assert.deepEqual(query.usage(), { inside: 1, waiting: 0 }));
      first.abort();
      await assert.rejects(runs);
      await eventually(async () => assert.equal(await running(), 0));
      await eventually(async () => assert.deepEqual(query.usage(), { inside: 0, waiting: 0 }));
    });
    assert.equal((await ask(keys.read, 1)).status, 200);
  });

  it('is not needed by the others: a key that is full is told so, and another key is asked for', async (context) => {
    const { ask, query, keys, databaseUrl } = await open(context);
    const asked: Promise<Response>[] = [];
    await whileLocked(databaseUrl, async () => {
      asked.push(ask(keys.read, 1));
      await eventually(async () => assert.deepEqual(query.usage(), { inside: 1, waiting: 0 }));
      asked.push(ask(keys.read, 2));
      await eventually(async () => assert.deepEqual(query.usage(), { inside: 1, waiting: 1 }));
      const refused = await ask(keys.read, 3);
      const problem = await problemOf(refused);
      assert.deepEqual([refused.status, problem.code, problem.waitingMax], [429, 'questions_too_many', 1]);
      assert.equal(problem.setting, 'MILLRACE_QUESTION_WAITING_PER_KEY');
      assert.ok(refused.headers.has('retry-after'));
      asked.push(ask(keys.admin, 4));
      await eventually(async () => assert.deepEqual(query.usage(), { inside: 2, waiting: 1 }));
    });
    for (const one of await Promise.all(asked)) assert.equal(one.status, 200);
  });
});
