/** Questions about people at sizes that the generated ones do not reach, their budgets and their ends, on a real server. */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import { withClient } from '../../../scripts/services/postgres.ts';
import { isFailure } from '../../../src/errors.ts';
import type { EventRow } from '../../../src/event/event-row.ts';
import { openHasher } from '../../../src/event/hasher.ts';
import type { Scope } from '../../../src/plan/plan.ts';
import type { Analyses } from '../../../src/store/analyses.ts';
import { MemoryAnalyses } from '../../../src/store/memory/memory-analyses.ts';
import type { SequenceBlock, SequenceQuestion } from '../../../src/store/sequences.ts';
import type { Budget } from '../../../src/store/store.ts';
import { wideBudget } from '../../../src/testing/agreement.ts';
import { batchesOf, eventRow } from '../../../src/testing/rows.ts';
import { eventually } from '../../postgres/support.ts';
import { type OpenStore, openStore } from './open-store.ts';

const start = Date.UTC(2025, 0, 1);
const day = 86_400_000;
const persons = 4_000;
/** More than one block has. */
const eventsOfOne = 70_000;
const never = new AbortController().signal;
const { hash64 } = await openHasher();
const busy = hash64('busy');

const scopeOf = (project: string): Scope => ({
  version: 1,
  project,
  from: start,
  to: start + 10 * day,
  timeZone: 'UTC',
  bots: 'include',
});
const scope = scopeOf('many');
const everything: SequenceQuestion = { scope, tags: [{ and: [] }], taggedOnly: true, per: 'user' };

const rows: readonly EventRow[] = Array.from({ length: 30_000 + eventsOfOne }, (_, i) =>
  eventRow({
    project: 'many',
    offset: i,
    // not in the order of time; the same millisecond for some
    timestamp: start + ((i * 7_919) % 100_000) * 8_000,
    personKey: i < eventsOfOne ? busy : hash64(`u${i % persons}`),
    sessionId: i % 3 === 0 ? `s${i % 5_000}` : '',
    type: i % 5 === 0 ? 'buy' : 'pageview',
  }),
);

describe('questions about people to PostgreSQL', () => {
  let opened: OpenStore & { readonly url: string };
  let analyses: Analyses;
  before(async () => {
    opened = await openStore();
    analyses = opened.store.analyses;
    for (const batch of batchesOf(0, rows)) await opened.store.insert(batch);
  });
  after(() => opened.close());

  test('give every sequence whole and in order, however long it is', async () => {
    const blocks = await blocksOf(everything);
    assert.ok(blocks.length > 1, 'some thousand events at a time');
    const found = new Map<bigint, readonly number[]>();
    for (const { keys, ends, times } of blocks)
      for (const [i, end] of ends.entries()) {
        assert.ok(!found.has(keys[i]!), `${keys[i]} is in one block`);
        found.set(keys[i]!, [...times.subarray(ends[i - 1] ?? 0, end)]);
      }
    const wanted = Map.groupBy(rows, (row) => row.personKey);
    assert.equal(found.size, persons + 1);
    for (const [key, own] of wanted)
      assert.deepEqual(
        found.get(key),
        own.map((row) => row.timestamp).sort((a, b) => a - b),
      );
  });

  test('give as many events of sessions as there are, each once', async () => {
    const blocks = await blocksOf({ ...everything, per: 'session' });
    assert.equal(
      blocks.reduce((sum, { times }) => sum + times.length, 0),
      rows.length,
    );
  });

  test('write values into COPY as what they are', async () => {
    const odd = `o'neil \\ "$1" E'\\' -- {,} \\x27`;
    const values = [odd, "'); DROP TABLE events; --", '\\', "'", 'a\0', '{"a"}', 'NULL', '', null];
    const some = ['', ...values.filter((one) => typeof one === 'string' && !one.includes('\0'))].map(
      (path, offset) =>
        eventRow({
          project: odd,
          partition: 1,
          offset,
          path: path as string,
          personKey: 9n,
          properties: { path },
        }),
    );
    for (const batch of batchesOf(1, some)) await opened.store.insert(batch);
    const evaluator = new MemoryAnalyses(() => some, hash64);
    const range = { from: some[0]!.timestamp, to: some[0]!.timestamp + 1 };
    for (const name of ['path', 'properties.path']) {
      const tags = values.flatMap((value) =>
        value === null ? [] : [{ field: name, op: 'eq', value } as const],
      );
      const field = { name, values };
      const question = {
        scope: { ...scopeOf(odd), ...range },
        tags,
        taggedOnly: false,
        per: 'user',
        field,
      } as const;
      const [got] = await blocksOf(question);
      for await (const wanted of evaluator.sequences(question, wideBudget, never))
        assert.deepEqual(got, wanted);
    }
  });

  test('have periods of up to 91, each a bit', async () => {
    const edges = Array.from({ length: 92 }, (_, i) => start + i * day);
    const some = edges
      .slice(0, -1)
      .map((timestamp, offset) =>
        eventRow({ project: 'bits', partition: 2, offset, timestamp, personKey: 7n }),
      );
    for (const batch of batchesOf(2, some)) await opened.store.insert(batch);
    const all = { and: [] };
    const asked = {
      scope: { ...scopeOf('bits'), to: edges.at(-1)! },
      edges,
      start: all,
      return: all,
      first: 'ever',
    } as const;
    const found = [];
    for await (const block of analyses.retention(asked, wideBudget, never)) found.push(block);
    assert.deepEqual(found, [
      {
        starts: Uint8Array.of(0),
        low: BigUint64Array.of(2n ** 64n - 1n),
        high: BigUint64Array.of(2n ** 27n - 1n),
      },
    ]);
  });

  test('about a time before anything can be stored find nobody', async () => {
    const before1900 = { ...scope, from: Date.UTC(1865, 6, 9), to: Date.UTC(1865, 6, 11) };
    const any = { field: 'type', op: 'exists' } as const;
    const edges = [before1900.from, before1900.to];
    const question = { scope: before1900, edges, start: any, return: any, first: 'ever' } as const;
    for await (const { starts } of analyses.retention(question, wideBudget, never))
      assert.equal(starts.length, 0);
  });

  test('are those of the evaluator where few generated ones tell', async () => {
    const half = 30 * 60_000;
    const some = ['/b', '/a', '', '/c', '/a'].flatMap((path, i) =>
      ['', 's'].map((sessionId, k) =>
        eventRow({
          project: 'paths',
          partition: 3,
          offset: 2 * i + k,
          // all but the last within one session, which the filter leaves half of
          timestamp: start + i * (half - 1),
          personKey: BigInt(3 + k),
          path,
          sessionId,
          type: i === 3 ? 'click' : 'pageview',
        }),
      ),
    );
    for (const batch of batchesOf(3, some)) await opened.store.insert(batch);
    const evaluator = new MemoryAnalyses(() => some, hash64);
    const paths = { ...scopeOf('paths'), filter: { field: 'path', op: 'eq', value: '/a' } } as const;
    for (const dimension of ['entryPath', 'exitPath', 'path', 'type'])
      for (const asked of [paths, scopeOf('paths')]) {
        const question = { scope: asked, by: { dimension, limit: 5 } };
        assert.deepEqual(
          await analyses.sessions(question, wideBudget, never),
          await evaluator.sessions(question, wideBudget, never),
        );
      }
    const sequences = { ...everything, scope: paths, per: 'session' } as const;
    assert.deepEqual(
      (await blocksOf(sequences)).flatMap(({ ends }) => [...ends]),
      [2, 2],
      'what the filter leaves out still holds a session together',
    );
    const later = { ...scopeOf('paths'), from: start + half };
    for (const first of ['ever', 'range'] as const) {
      const click = { field: 'type', op: 'eq', value: 'click' } as const;
      const question = {
        scope: later,
        edges: [later.from, later.to],
        start: click,
        return: { and: [] },
        first,
      };
      const lists = [];
      for (const each of [analyses, evaluator]) {
        const found = [];
        for await (const { starts, low } of each.retention(question, wideBudget, never))
          found.push(...[...starts].map((one, i) => [one, low[i]]));
        lists.push(found);
      }
      assert.deepEqual([lists[0], lists[0]!.length], [lists[1], 2]);
    }
  });

  test('over their budget of time are stopped and say so', async () => {
    await whileLocked(async () => {
      for (const ask of asks({ ...wideBudget, timeMs: 100 }))
        await assert.rejects(ask(), (error) => isFailure(error, 'over_time'));
      await eventually(async () => assert.equal(await running(), 0));
    });
  });

  test('keep their time with what the asker does meanwhile', async () => {
    const slow = async (): Promise<void> => {
      for await (const _ of analyses.sequences(everything, { ...wideBudget, timeMs: 300 }, never))
        await new Promise((done) => setTimeout(done, 400));
    };
    await assert.rejects(slow(), (error) => isFailure(error, 'over_time'));
    await eventually(async () => assert.equal(await running(), 0));
  });

  test('over their budget of memory and its files say so', async () => {
    await assert.rejects(blocksOf(everything, { ...wideBudget, memoryBytes: 50_000 }), (error) =>
      isFailure(error, 'over_memory'),
    );
  });

  test('over their budget of rows are refused before they read them', async () => {
    for (const ask of asks({ ...wideBudget, rowsMax: 1_000 }))
      await assert.rejects(ask(), (error) => isFailure(error, 'over_rows'));
    const tags = ['buy', 'sell'].map((value) => ({ field: 'type', op: 'eq', value }) as const);
    const narrow = { ...wideBudget, rowsMax: rows.length / 2 };
    assert.ok(
      (await blocksOf({ ...everything, tags }, narrow)).length > 0,
      'an index leads to those of some types',
    );
  });

  test('are stopped at the server when their asker goes away', async () => {
    await whileLocked(async () => {
      for (const one of [0, 1, 2, 3]) {
        const asker = new AbortController();
        const question = asks(wideBudget, asker.signal)[one]!();
        await eventually(async () => assert.equal(await running(), 1));
        asker.abort();
        await assert.rejects(question, (error) => isFailure(error, 'question_cancelled'));
        await eventually(async () => assert.equal(await running(), 0));
      }
    });
  });

  test('hold nothing once nobody takes more', async () => {
    for (let i = 0; i < 4; i++)
      for await (const _ of analyses.sequences(everything, wideBudget, never)) break;
    assert.equal(await running(), 0);
    const { idle, size, waiting } = opened.pools.read.figures();
    assert.deepEqual([idle, waiting], [size, 0]);
    assert.equal((await blocksOf(everything)).length > 1, true);
  });

  const blocksOf = async (
    question: SequenceQuestion,
    budget = wideBudget,
  ): Promise<readonly SequenceBlock[]> => {
    const blocks: SequenceBlock[] = [];
    for await (const block of analyses.sequences(question, budget, never)) blocks.push(block);
    return blocks;
  };

  const asks = (budget: Budget, signal = never): readonly (() => Promise<unknown>)[] => {
    const drained = async (blocks: AsyncIterable<unknown>): Promise<void> => {
      for await (const _ of blocks);
    };
    const all = { and: [] };
    const edges = [scope.from, scope.to];
    return [
      () => drained(analyses.sequences(everything, budget, signal)),
      () =>
        drained(
          analyses.retention({ scope, edges, start: all, return: all, first: 'range' }, budget, signal),
        ),
      () => analyses.sessions({ scope }, budget, signal),
      () => analyses.people({ scope, order: 'events', limit: 3 }, budget, signal),
    ];
  };

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
});
