/** Questions through PgBouncer in transaction mode, which lends two connections of the server to all of ours. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { type PgBouncerServer, startPgBouncer } from '../../../scripts/services/pgbouncer.ts';
import { type PostgresServer, startPostgres, withClient } from '../../../scripts/services/postgres.ts';
import { isFailure } from '../../../src/errors.ts';
import { evaluateEvents } from '../../../src/store/memory/evaluate.ts';
import { checkAgainstEvaluator, checkPlan, wideBudget } from '../../../src/testing/agreement.ts';
import { checkAnalyses } from '../../../src/testing/analyses-agreement.ts';
import { plansAbout, questionOf, worlds } from '../../../src/testing/generators.ts';
import { eventRow, insertRows } from '../../../src/testing/rows.ts';
import { eventually } from '../../postgres/support.ts';
import { type OpenStore, openStoreAt } from './open-store.ts';

describe('questions through PgBouncer in transaction mode', () => {
  let server: PostgresServer;
  let bouncer: PgBouncerServer;
  let opened: OpenStore;
  before(async () => {
    server = await startPostgres({ fsync: false });
    bouncer = await startPgBouncer(server, { poolSize: 2 });
    opened = await openStoreAt(bouncer.url());
  });
  after(async () => {
    await opened.close();
    await bouncer.close();
    await server.close();
  });

  test('agree with the evaluator', async () => {
    await checkAgainstEvaluator(opened.store, { worlds: 4, plansPerWorld: 20, partition: 0 });
  });

  test('about people agree with it too', async () => {
    await checkAnalyses(opened.store, { worlds: 3, plansPerWorld: 12, partition: 30 });
  });

  test('agree with it many at once', async () => {
    const [world] = fc.sample(worlds(80), { numRuns: 1, seed: 3 });
    const rows = world!.rows.map((row, offset) => ({ ...row, project: 'once', partition: 1, offset }));
    await insertRows(opened.store, 1, rows);
    const plans = fc.sample(plansAbout(world!, 'once'), { numRuns: 60, seed: 4 });
    await Promise.all(plans.map((plan) => checkPlan(opened.store, plan, rows)));
  });

  test('read events page by page, each perhaps on another connection', async () => {
    const rows = Array.from({ length: 6_000 }, (_, offset) =>
      eventRow({ project: 'pages', partition: 2, offset, timestamp: Date.UTC(2025, 5, 15) + (offset % 7) }),
    );
    await insertRows(opened.store, 2, rows);
    const { plan } = questionOf(planOf('pages'));
    const question = { scope: plan, order: 'asc' } as const;
    const found = [];
    for await (const some of opened.store.events(question, wideBudget, new AbortController().signal))
      found.push(...some);
    assert.deepEqual(
      found.map(({ offset }) => offset),
      evaluateEvents(question, rows).map(({ offset }) => offset),
    );
  });

  test('are stopped at the server when their asker goes away', async () => {
    // on a connection of its own: within a transaction the server tells the same all the time
    const running = () =>
      withClient(server.url(), async (client) => {
        const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query ~ 'FROM events'`;
        return (await client.query<{ n: number }>(text)).rows[0]!.n;
      });
    await withClient(server.url(), async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE millrace.events IN ACCESS EXCLUSIVE MODE');
      const asker = new AbortController();
      const plan = { ...planOf('pages'), filter: { field: 'path', op: 'exists' } } as const;
      const question = opened.store.run(questionOf(plan), wideBudget, asker.signal);
      await eventually(async () => assert.equal(await running(), 1));
      asker.abort();
      await assert.rejects(question, (error) => isFailure(error, 'question_cancelled'));
      await eventually(async () => assert.equal(await running(), 0));
      await client.query('ROLLBACK');
    });
  });
});

const planOf = (project: string) =>
  ({
    version: 1,
    kind: 'summary',
    project,
    from: Date.UTC(2025, 5, 1),
    to: Date.UTC(2025, 6, 1),
    timeZone: 'UTC',
    bots: 'include',
    metrics: ['events'],
    exact: false,
  }) as const;
