/** Questions at sizes that the generated ones do not reach, and their budgets, on a real engine. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { setTimeout as sleep } from 'node:timers/promises';
import { isFailure } from '../../../src/errors.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import type { ClickHouseClient } from '../../../src/store/clickhouse/clickhouse-client.ts';
import { evaluate } from '../../../src/store/memory/evaluate.ts';
import type { Budget, Question, Rows, Store } from '../../../src/store/store.ts';
import { checkAgainstEvaluator, wideBudget } from '../../../src/testing/agreement.ts';
import { questionOf } from '../../../src/testing/generators.ts';
import { batchesOf, eventRow } from '../../../src/testing/rows.ts';
import { Closing } from '../embedded/engine-helpers.ts';
import { openStore } from './store-helpers.ts';

const hour = 3_600_000;
const start = Date.UTC(2025, 0, 1);
const persons = 20_000;

/** Two events of each of many persons in January, a few of few persons in other months, of every hour. */
const rows = [
  ...Array.from({ length: 2 * persons }, (_, i) =>
    eventRow({
      project: 'many',
      offset: i,
      timestamp: start + ((i * 7_919) % (31 * 24)) * hour + (i % 3_600_000),
      // an integer of the person that is spread as a hash is
      personKey: BigInt.asUintN(64, BigInt(1 + (i % persons)) * 0x9e3779b97f4a7c15n),
      type: i < 1_500 ? 'rare' : 'often',
      country: `c${i % 50}`,
      properties: { n: i % 100 },
    }),
  ),
  ...Array.from({ length: 2_000 }, (_, i) =>
    eventRow({
      project: 'many',
      offset: 2 * persons + i,
      timestamp: start + 31 * 24 * hour + i * 7 * hour,
      personKey: BigInt(1 + (i % 9)),
    }),
  ),
];

describe('questions to ClickHouse', () => {
  const closing = new Closing();
  let store: Store;
  let client: ClickHouseClient;
  before(async () => {
    ({ store, client } = await openStore(closing));
    for (const batch of batchesOf(0, rows)) await store.insert(batch);
  });
  after(() => closing.close());

  test('are told apart: what came from sketches is marked once it may be off, and is within its error', async () => {
    const { cells, approximate, error } = await ask({});
    assert.deepEqual([approximate, error], [true, store.supports.usersError]);
    const users = cells[0]!.users!;
    assert.ok(Math.abs(users / persons - 1) < 4 * store.supports.usersError, `${users} of ${persons}`);
    const exact = await ask({ exact: true });
    assert.deepEqual([exact.approximate, exact.error, exact.cells[0]!.users], [false, 0, persons]);
  });

  test('of few persons are exact from sketches too', async () => {
    const few = await ask({ from: start + 31 * 24 * hour, to: start + 400 * 24 * hour });
    assert.deepEqual([few.approximate, few.cells[0]!.users, few.explain.source], [false, 9, 'rollup']);
  });

  test('of as many persons as are promised are exact over any number of pieces', async () => {
    const project = 'bound';
    const many = store.supports.exactUsersMax;
    const some = Array.from({ length: 3 * many }, (_, i) =>
      eventRow({
        project,
        partition: 1,
        offset: i,
        timestamp: start + (i % 700) * hour,
        personKey: BigInt(1 + (i % many)) << 40n,
      }),
    );
    for (const batch of batchesOf(1, some)) await store.insert(batch);
    const answer = await ask({ project });
    assert.deepEqual(
      [answer.approximate, answer.cells[0]!.users, answer.explain.source],
      [false, many, 'rollup'],
    );
  });

  test('may have ten thousand buckets', async () => {
    const buckets = 9_999;
    const edges = Array.from({ length: buckets + 1 }, (_, i) => start - 10 * hour + i * hour);
    const plan = planOf({ kind: 'trend', interval: 'hour', from: edges[0]!, to: edges.at(-1)! });
    await agrees({ plan, edges });
    await agrees({ plan: { ...plan, filter: { field: 'properties.n', op: 'lt', value: 50 } }, edges });
  });

  test('may have every day of years in a zone of half hours', async () => {
    const edges = Array.from(
      { length: 1_500 },
      (_, i) => start - 100.5 * 24 * hour + i * 24 * hour + hour / 2,
    );
    const plan = planOf({ kind: 'trend', interval: 'day', from: edges[0]!, to: edges.at(-1)! });
    // of few persons a day, so that sketches are exact
    const answer = await agrees({
      plan: { ...plan, filter: { field: 'type', op: 'eq', value: 'rare' } },
      edges,
    });
    assert.equal(answer.explain.source, 'rollup');
  });

  test('by a field with more values than the limit count the rest as one', async () => {
    await agrees(questionOf(planOf({ by: { field: 'country', limit: 7 }, exact: true })));
    await agrees(questionOf(planOf({ by: { field: 'properties.n', limit: 99 }, exact: true })));
    await agrees(questionOf(planOf({ by: { field: 'type', limit: 1 }, exact: true })));
  });

  test('keep their budget of time, memory and rows, each with its name', async () => {
    const filter = { field: 'properties.n', op: 'gte', value: 0 } as const;
    for (const [budget, code] of [
      [{ ...wideBudget, timeMs: 1 }, 'over_time'],
      [{ ...wideBudget, memoryBytes: 1_000_000 }, 'over_memory'],
      [{ ...wideBudget, rowsMax: 1_000 }, 'over_rows'],
    ] as const) {
      await assert.rejects(
        ask({ filter, by: { field: 'eventId', limit: 1000 }, exact: true }, budget),
        (error) => isFailure(error, code),
        code,
      );
    }
    assert.equal(
      (await ask({ metrics: ['events'] })).cells[0]!.events,
      40_000,
      'the next question is answered',
    );
  });

  test('are stopped in the engine when their asker goes away, and the engine goes on', async () => {
    const running = async (): Promise<number> => {
      const others =
        "SELECT count() FROM system.processes WHERE query LIKE '%FROM events%' AND query NOT LIKE '%system.processes%'";
      return Number((await client.rows<[string]>(others))[0]![0]);
    };
    const asker = new AbortController();
    // work for a good deal longer than what follows waits
    const or = Array.from(
      { length: 1_000 },
      (_, i) => ({ field: `properties.p${i}`, op: 'matches', value: '(a|b)+$' }) as const,
    );
    const { plan, edges } = questionOf(
      planOf({ filter: { or }, by: { field: 'eventId', limit: 10_000 }, exact: true }),
    );
    let ended = false;
    const run = store.run({ plan, edges }, wideBudget, asker.signal).finally(() => {
      ended = true;
    });
    run.catch(() => {});
    while (!ended && (await running()) === 0);
    asker.abort();
    await assert.rejects(run, (error) => isFailure(error, 'question_cancelled'));
    for (let left = 200; left > 0 && (await running()) > 0; left--) await sleep(10);
    assert.equal(await running(), 0);
    assert.equal((await ask({ metrics: ['events'] })).cells[0]!.events, 40_000);
  });

  test('find their days by the table’s order', async () => {
    const plan = planOf({
      filter: { field: 'country', op: 'eq', value: 'c1' },
      from: start,
      to: start + hour,
    });
    const { explain } = await store.run(questionOf(plan), wideBudget, new AbortController().signal);
    const [[all]] = (await client.rows("SELECT count() FROM events WHERE project = 'many'")) as [[string]];
    assert.ok(explain.rowsRead < Number(all) / 2, `${explain.rowsRead} of ${all}`);
  });

  test('agree with the evaluator on many generated ones', async () => {
    await checkAgainstEvaluator(store, { worlds: 6, plansPerWorld: 60, partition: 2, rowsMax: 200 });
    assert.deepEqual(await store.verifyRollups(), []);
  });

  const ask = (given: Partial<Plan>, budget: Budget = wideBudget): Promise<Rows> =>
    store.run(questionOf(planOf(given)), budget, new AbortController().signal);

  async function agrees(question: Question): Promise<Rows> {
    const answer = await store.run(question, wideBudget, new AbortController().signal);
    assert.deepEqual(answer.cells, evaluate(question, rows).cells);
    return answer;
  }
});

const planOf = (given: object): Plan =>
  ({
    version: 1,
    kind: 'summary',
    project: 'many',
    from: start,
    to: start + 31 * 24 * hour,
    timeZone: 'UTC',
    bots: 'include',
    metrics: ['events', 'users'],
    exact: false,
    ...given,
  }) as Plan;
