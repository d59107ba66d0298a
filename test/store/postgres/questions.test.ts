/** Questions at sizes that the generated ones do not reach, their budgets and their ends, on a real server. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withClient } from '../../../scripts/services/postgres.ts';
import { systemClock } from '../../../src/clock.ts';
import { isFailure } from '../../../src/errors.ts';
import { openHasher } from '../../../src/event/hasher.ts';
import type { Plan } from '../../../src/plan/plan.ts';
import { postgresConfig } from '../../../src/postgres/postgres-config.ts';
import { openPools } from '../../../src/postgres/postgres-pools.ts';
import { evaluate } from '../../../src/store/memory/evaluate.ts';
import { readSetUp } from '../../../src/store/postgres/features.ts';
import { Identity } from '../../../src/store/postgres/identity.ts';
import { rollupsOf } from '../../../src/store/postgres/persons.ts';
import { PostgresCompiler } from '../../../src/store/postgres/postgres-compiler.ts';
import { PostgresReader } from '../../../src/store/postgres/postgres-reader.ts';
import { chooseSource } from '../../../src/store/sql/choose-source.ts';
import type { Budget, Question, Rows } from '../../../src/store/store.ts';
import { Telemetry } from '../../../src/telemetry/telemetry.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { questionOf } from '../../../src/testing/generators.ts';
import { batchesOf, eventRow } from '../../../src/testing/rows.ts';
import { eventually } from '../../postgres/support.ts';
import { type OpenStore, openStore } from './open-store.ts';

const hour = 3_600_000;
const start = Date.UTC(2025, 0, 1);
const persons = 6_000;
const never = new AbortController().signal;

const hasher = await openHasher();

/** Two events of each of many persons in January, a few of few persons in later months, of every seventh hour. */
const rows = [
  ...Array.from({ length: 2 * persons }, (_, i) =>
    eventRow({
      project: 'many',
      offset: i,
      timestamp: start + ((i * 7_919) % (31 * 24)) * hour + (i % hour),
      personKey: hasher.hash64(`u${i % persons}`),
      type: i < 900 ? 'rare' : 'often',
      country: `c${i % 50}`,
      properties: { n: i % 100 },
    }),
  ),
  ...Array.from({ length: 1_000 }, (_, i) =>
    eventRow({
      project: 'many',
      offset: 2 * persons + i,
      timestamp: start + 31 * 24 * hour + i * 7 * hour,
      personKey: BigInt(1 + (i % 9)),
    }),
  ),
];

describe('questions to PostgreSQL', () => {
  let opened: OpenStore & { readonly url: string };
  before(async () => {
    opened = await openStore({ environment: { MILLRACE_POSTGRES_SLOW_MS: '1' } });
    for (const batch of batchesOf(0, rows)) await opened.store.insert(batch);
  });
  after(() => opened.close());

  test('are told apart: what came from sketches is marked once it may be off, and is within its error', async () => {
    const { supports } = opened.store;
    const { cells, approximate, error } = await ask({});
    assert.deepEqual([approximate, error], [true, supports.usersError]);
    const users = cells[0]!.users!;
    assert.ok(Math.abs(users / persons - 1) < 4 * supports.usersError, `${users} of ${persons}`);
    const exact = await ask({ exact: true });
    assert.deepEqual([exact.approximate, exact.error, exact.cells[0]!.users], [false, 0, persons]);
  });

  test('of few persons are exact from sketches too', async () => {
    const few = await ask({ from: start + 31 * 24 * hour, to: start + 400 * 24 * hour });
    assert.deepEqual([few.approximate, few.cells[0]!.users, few.explain.source], [false, 9, 'rollup']);
  });

  test('of as many persons as are promised are exact over any number of pieces and raw edges', async () => {
    const project = 'bound';
    const many = opened.store.supports.exactUsersMax;
    const some = Array.from({ length: 3 * many }, (_, i) =>
      eventRow({
        project,
        partition: 1,
        offset: i,
        timestamp: start + (i % 700) * hour,
        personKey: BigInt(1 + (i % many)) << 40n,
      }),
    );
    for (const batch of batchesOf(1, some)) await opened.store.insert(batch);
    const whole = await ask({ project });
    assert.deepEqual(
      [whole.approximate, whole.cells[0]!.users, whole.explain.source],
      [false, many, 'rollup'],
    );
    const cut = await ask({ project, from: start - 1, to: start + 31 * 24 * hour - 1 });
    assert.deepEqual(
      [cut.approximate, cut.cells[0]!.users, cut.explain.source],
      [false, many, 'rollup+rows'],
    );
  });

  test('may have five thousand buckets', async () => {
    const edges = Array.from({ length: 5_000 }, (_, i) => start - 10 * hour + i * hour);
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
    const filter = { field: 'type', op: 'eq', value: 'rare' } as const;
    const answer = await agrees({ plan: { ...plan, filter }, edges });
    assert.equal(answer.explain.source, 'rollup');
  });

  test('by a field with more values than the limit count the rest as one', async () => {
    await agrees(questionOf(planOf({ by: { field: 'country', limit: 7 }, exact: true })));
    await agrees(questionOf(planOf({ by: { field: 'properties.n', limit: 99 }, exact: true })));
    await agrees(questionOf(planOf({ by: { field: 'type', limit: 1 }, exact: true })));
    await agrees(questionOf(planOf({ by: { field: 'eventId', limit: 1_000 }, exact: true })));
  });

  test('about all of time ask for no instant that there is not', async () => {
    const all = { from: Date.UTC(0, 0, 1) - 1_900 * 365 * 24 * hour, to: Date.parse('9999-12-31') };
    assert.equal((await ask({ ...all, metrics: ['events'] })).cells[0]!.events, rows.length);
    assert.equal((await ask({ ...all, exact: true })).cells[0]!.users, persons + 9);
  });

  test('over their budget of time are stopped and say so', async () => {
    await whileLocked(async () => {
      const question = ask({ exact: true }, { ...wideBudget, timeMs: 100 });
      await assert.rejects(question, (error) => isFailure(error, 'over_time'));
      assert.equal(await running(), 0);
    });
    assert.equal((await ask({ exact: true })).cells[0]!.users, persons, 'the next question is answered');
  });

  test('over their budget of memory and its files say so', async () => {
    const by = { field: 'eventId', limit: 1_000 };
    const question = ask({ by, exact: true }, { ...wideBudget, memoryBytes: 100_000 });
    await assert.rejects(question, (error) => isFailure(error, 'over_memory'));
    assert.equal((await ask({ by, exact: true })).cells[0]!.users, persons);
  });

  test('keep to less memory where there is less', async () => {
    const { cells } = await ask({ exact: true }, { ...wideBudget, memoryBytes: 1_000_000 });
    assert.equal(cells[0]!.users, persons);
  });

  test('are answered for a user who may only read, and bound no temporary files', async () => {
    const role = `reader_${new URL(opened.url).pathname.slice(1)}`;
    await withClient(opened.url, (client) =>
      client.query(`CREATE ROLE ${role} LOGIN PASSWORD 'reads';
        GRANT USAGE ON SCHEMA millrace TO ${role};
        GRANT SELECT ON ALL TABLES IN SCHEMA millrace TO ${role}`),
    );
    const url = new URL(opened.url);
    Object.assign(url, { username: role, password: 'reads' });
    const pools = openPools(postgresConfig({ DATABASE_URL: url.href }), systemClock, new Telemetry());
    try {
      const features = await readSetUp(pools.read);
      const reader = new PostgresReader({
        pool: pools.read,
        features,
        clock: systemClock,
        identity: new Identity(hasher.hash64),
      });
      const question = questionOf(planOf({ exact: true }));
      const { cells } = await reader.run(question, { ...wideBudget, memoryBytes: 100_000 }, never);
      assert.equal(cells[0]!.users, persons);
    } finally {
      await pools.close();
      await withClient(opened.url, (client) => client.query(`DROP OWNED BY ${role}; DROP ROLE ${role}`));
    }
  });

  test('over their budget of rows are refused before they read them', async () => {
    const filter = { field: 'properties.n', op: 'gte', value: 0 } as const;
    const [first, ...rest] = ['rare', 'often'].map((value) => ({ field: 'type', op: 'eq', value }) as const);
    const narrow = { ...wideBudget, rowsMax: 1_000 };
    const over = (error: unknown) => isFailure(error, 'over_rows');
    await assert.rejects(ask({ filter, metrics: ['events'] }, narrow), over);
    await assert.rejects(ask({ filter: { and: [filter, ...rest] }, metrics: ['events'] }, narrow), over);
    const { cells, explain } = await ask({ filter: { and: [filter, first!] }, metrics: ['events'] }, narrow);
    assert.deepEqual([cells[0]!.events, explain.rowsRead], [900, 900], 'an index leads to those of one type');
    const wide = { kind: 'trend', interval: '15m', metrics: ['events'] } as const;
    await assert.rejects(ask(wide, { ...narrow, rowsMax: 100 }), over, 'rows of rollups are rows');
  });

  test('say how many rows of rollups they read', async () => {
    const day = await ask({ metrics: ['events'], to: start + 24 * hour });
    assert.equal(day.explain.source, 'rollup');
    assert.ok(day.explain.rowsRead > 0 && day.explain.rowsRead < 10, `${day.explain.rowsRead}`);
  });

  test('are stopped at the server when their asker goes away', async () => {
    await whileLocked(async () => {
      const asker = new AbortController();
      const question = opened.store.run(questionOf(planOf({ exact: true })), wideBudget, asker.signal);
      await eventually(async () => assert.equal(await running(), 1));
      asker.abort();
      await assert.rejects(question, (error) => isFailure(error, 'question_cancelled'));
      await eventually(async () => assert.equal(await running(), 0));
    });
    assert.equal((await ask({ exact: true })).cells[0]!.users, persons);
  });

  test('look only into partitions that can hold what they ask for', async () => {
    const plan = planOf({ exact: true, by: { field: 'country', limit: 3 } });
    const partitions = await partitionsOf(plan);
    const ranged = await partitionsOf({ ...plan, to: start + 80 * 24 * hour });
    assert.deepEqual([partitions.length, ranged.length], [1, 3], `${partitions} ${ranged}`);
  });

  test('that are slow are reported with their kind', async () => {
    const slow: string[] = [];
    const end = opened.telemetry.subscribe('store.slow', ({ kind }) => slow.push(kind));
    await ask({ kind: 'trend', interval: 'day', exact: true });
    const { plan } = questionOf(planOf({}));
    for await (const _ of opened.store.events({ scope: plan, order: 'asc' }, wideBudget, never)) break;
    end();
    assert.deepEqual([...new Set(slow)], ['trend', 'events']);
  });

  test('tell the version of the moment that their rows are of, while events come in', async () => {
    const { from, to } = planOf({});
    const many = 100;
    let stored = 0;
    const inserts = (async () => {
      for (let offset = 0; offset < many; offset++) {
        const row = eventRow({ project: 'moment', partition: 2, offset, timestamp: start + offset });
        await opened.store.insert({ partition: 2, rows: [row], quarantined: [] });
        stored += 1;
      }
    })();
    while (stored < many) {
      // each of these inserts makes the day's version one more
      const { cells, version } = await ask({ project: 'moment', metrics: ['events'] });
      assert.equal(version, String(cells[0]?.events ?? 0));
    }
    await inserts;
    const { version } = await ask({ project: 'moment' });
    assert.equal(version, await opened.store.version('moment', from, to));
  });

  const ask = (given: object, budget: Budget = wideBudget): Promise<Rows> =>
    opened.store.run(questionOf(planOf(given)), budget, never);

  async function agrees(question: Question): Promise<Rows> {
    const answer = await opened.store.run(question, wideBudget, never);
    assert.deepEqual(answer.cells, evaluate(question, rows).cells);
    return answer;
  }

  /** Nobody else can read events meanwhile, so that a question takes as long as we like. */
  const whileLocked = (work: () => Promise<void>): Promise<void> =>
    withClient(opened.url, async (client) => {
      await client.query('BEGIN');
      await client.query('LOCK TABLE millrace.events IN ACCESS EXCLUSIVE MODE');
      await work();
      await client.query('ROLLBACK');
    });

  /** Statements on `events` that the server works on or that wait there. */
  const running = (): Promise<number> =>
    withClient(opened.url, async (client) => {
      const text = `SELECT count(*)::int AS n FROM pg_stat_activity WHERE datname = current_database() AND state = 'active' AND pid <> pg_backend_pid() AND query ~ 'FROM events'`;
      return (await client.query<{ n: number }>(text)).rows[0]!.n;
    });

  async function partitionsOf(plan: Plan): Promise<readonly string[]> {
    const features = { users: 'hll', pieces: 'partitions' } as const;
    const question = questionOf(plan);
    const { sql, values } = new PostgresCompiler(features).compile(
      question,
      chooseSource(question, rollupsOf(features)),
    );
    const { rows: lines } = await opened.pools.read.query<Record<string, string>>(`EXPLAIN ${sql}`, values);
    const named = lines.flatMap((line) => Object.values(line)[0]!.match(/ on (events_\w+)/)?.[1] ?? []);
    return [...new Set(named)].sort();
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
