/**
 * The contract of store.ts as tests: each promise by its number. Every store runs it, and so does every wrapper of one.
 * One store serves the whole suite; each test keeps to a project and a partition of its own.
 */
import assert from 'node:assert/strict';
import { after, before, describe, test } from 'node:test';
import fc from 'fast-check';
import { millisecondsPerDay } from '../clock.ts';
import { isFailure } from '../errors.ts';
import type { JsonObject } from '../event/event.ts';
import type { EventRow } from '../event/event-row.ts';
import { canonicalProperties } from '../plan/field.ts';
import type { Plan, SummaryPlan } from '../plan/plan.ts';
import { comparePositions } from '../plan/position.ts';
import { evaluateEvents } from '../store/memory/evaluate.ts';
import type { Budget, EventKey, EventsQuestion, Progress, Quarantined, Rows, Store } from '../store/store.ts';
import { type AgreementOptions, checkAgainstEvaluator, wideBudget } from './agreement.ts';
import { analysesSuite } from './analyses-suite.ts';
import { plansAbout, questionOf, worlds } from './generators.ts';
import { batchesOf, eventRow, insertRows } from './rows.ts';

export interface OpenedStore {
  readonly store: Store;
  /** Ends it as a crash would, as far as that can be had, and opens the same data again; for durable stores. */
  readonly reopen?: () => Promise<Store>;
  /** Closes it and removes its data. */
  close(): Promise<void>;
}

export interface StoreSuiteOptions {
  /** How much of promise 5 is tried here; an adapter's own tests may try more. */
  readonly agreement?: AgreementOptions;
  /** And of promises 11 and 12. */
  readonly analyses?: AgreementOptions;
}

const noon = Date.UTC(2025, 5, 15, 12);
const never = new AbortController().signal;

export function storeSuite(
  name: string,
  open: () => Promise<OpenedStore>,
  options: StoreSuiteOptions = {},
): void {
  describe(`the contract of a store, kept by ${name}`, () => {
    let opened: OpenedStore;
    let store: Store;
    before(async () => {
      opened = await open();
      store = opened.store;
    });
    after(() => opened.close());

    test('1. after an insert every row is in every answer, once', async () => {
      const rows = rowsOf('one', 1, 5);
      await insertRows(store, 1, rows.slice(0, 3));
      await insertRows(store, 1, rows.slice(3));
      assert.equal(await count(store, 'one'), 5);
      const trend = await ask(store, { ...summary('one'), kind: 'trend', interval: '15m' });
      assert.equal(
        trend.cells.reduce((sum, cell) => sum + cell.events, 0),
        5,
      );
    });

    test('1. what was inserted survives a crash, when the store is durable', async (t) => {
      if (opened.reopen === undefined) {
        assert.equal(store.supports.durable, false, 'a durable store gives the suite a way to reopen it');
        return t.skip('not durable');
      }
      await insertRows(store, 2, rowsOf('crash', 2, 3));
      store = await opened.reopen();
      assert.equal(await count(store, 'crash'), 3);
    });

    test('3. reconcile gives the offsets of the window that are stored as rows, not those in quarantine', async () => {
      const rows = rowsOf('window', 3, 10).filter((row) => row.offset !== 4 && row.offset !== 5);
      const [batch] = batchesOf(3, rows);
      await store.insert({ ...batch!, quarantined: [quarantinedAt('window', 3, 5)] });
      assert.deepEqual(await store.reconcile(3, 0, 100), [
        [0, 4],
        [6, 10],
      ]);
      assert.deepEqual(await store.reconcile(3, 2, 7), [
        [2, 4],
        [6, 7],
      ]);
      assert.deepEqual(await store.reconcile(3, 4, 6), []);
      assert.deepEqual(await store.reconcile(99, 0, 100), []);
    });

    test('3. a quarantined place that is given again is kept once', async () => {
      const again = quarantinedAt('again', 3, 1000);
      for (let attempt = 0; attempt < 2; attempt++) {
        await store.insert({ partition: 3, rows: [], quarantined: [again] });
      }
      assert.equal((await store.quarantined({ project: 'again', limit: 10 })).total, 1);
      assert.equal((await store.quarantined({ project: 'again', limit: 10 })).items.length, 1);
    });

    test('3. rollups and rows agree once reconcile has resolved', async () => {
      await insertRows(store, 4, rowsOf('rollups', 4, 20));
      await store.reconcile(4, 0, 20);
      assert.deepEqual(await store.verifyRollups(), []);
    });

    test('4. progress never claims more than what is stored', async () => {
      const nothing: Progress = { next: 0, stored: 0, duplicates: 0, quarantined: 0 };
      assert.deepEqual(await store.progress(5), nothing);
      const [batch] = batchesOf(5, rowsOf('progress', 5, 3));
      const first: Progress = { next: 5, stored: 3, duplicates: 2, quarantined: 0 };
      await store.insert({ ...batch!, progress: first });
      assert.ok((await store.progress(5)).next <= first.next);
      const second: Progress = { next: 9, stored: 3, duplicates: 5, quarantined: 1 };
      await store.insert({
        partition: 5,
        rows: [],
        quarantined: [quarantinedAt('progress', 5, 8)],
        progress: second,
      });
      const progress = await store.progress(5);
      assert.ok(
        [nothing, first, second].some((one) => one.next === progress.next && one.stored === progress.stored),
      );
      if (store.supports.atomicProgress) assert.deepEqual(progress, second);
    });

    test('4. an insert without progress leaves it where it was', async () => {
      const [batch] = batchesOf(6, rowsOf('part', 6, 3));
      await store.insert(batch!);
      assert.equal((await store.progress(6)).next, 0);
    });

    test('5. answers are those of the evaluator, on generated rows and plans', async () => {
      await checkAgainstEvaluator(store, {
        worlds: 8,
        plansPerWorld: 12,
        partition: 7,
        ...options.agreement,
      });
    });

    test('6. a question that reads more rows than its budget is refused', async () => {
      await insertRows(store, 8, rowsOf('budget', 8, 50));
      const plan: Plan = { ...summary('budget'), filter: { field: 'properties.n', op: 'gte', value: 0 } };
      const run = store.run(questionOf(plan), { ...wideBudget, rowsMax: 1 }, never);
      await assert.rejects(run, (error) => isFailure(error, 'over_rows'));
      assert.equal(await count(store, 'budget'), 50, 'the next question is answered');
    });

    test('6. a question whose asker is gone is not answered', async () => {
      const run = store.run(questionOf(summary('budget')), wideBudget, AbortSignal.abort());
      await assert.rejects(run, (error) => isFailure(error, 'question_cancelled'));
    });

    test('7. known tells stored and quarantined event ids from new ones', async () => {
      const [batch] = batchesOf(9, rowsOf('known', 9, 2));
      await store.insert({ ...batch!, quarantined: [quarantinedAt('known', 9, 2)] });
      const ids = ['e-9-1', 'new', 'e-9-2', 'e-9-0', "e-9-0' OR 1=1 --"];
      const keys = ids.map((eventId) => ({ project: 'known', eventId }));
      assert.deepEqual(await store.known(keys), [true, false, true, true, false]);
      assert.deepEqual(await store.known([{ project: 'other', eventId: 'e-9-1' }]), [false]);
      assert.deepEqual(await store.known([]), []);
    });

    test('7. recent gives the ids that were received since, stored or quarantined', async () => {
      const rows = rowsOf('recent', 10, 3).map((row) => ({ ...row, receivedAt: noon + row.offset }));
      const [batch] = batchesOf(10, rows);
      await store.insert({
        ...batch!,
        quarantined: [{ ...quarantinedAt('recent', 10, 3), receivedAt: noon + 3 }],
      });
      const recent: (EventKey & { readonly receivedAt: number })[] = [];
      for await (const some of store.recent(10, noon + 1)) recent.push(...some);
      const seen = recent.map(
        ({ project, eventId, receivedAt }) => `${project} ${eventId} ${receivedAt - noon}`,
      );
      assert.deepEqual(seen.sort(), ['recent e-10-1 1', 'recent e-10-2 2', 'recent e-10-3 3']);
    });

    test('8. the version of a range changes with its rows and stays while nothing does', async () => {
      const range = ['version', noon - 1000, noon + 1000] as const;
      const rows = rowsOf('version', 11, 2);
      const empty = await store.version(...range);
      await insertRows(store, 11, rows.slice(0, 1));
      const one = await store.version(...range);
      await insertRows(store, 11, rows.slice(1));
      const two = await store.version(...range);
      assert.equal(new Set([empty, one, two]).size, 3);
      assert.equal(await store.version(...range), two);
    });

    test('8. the version of a range changes when its project is deleted', async () => {
      const range = ['version-deleted', noon - 1000, noon + 1000] as const;
      await insertRows(store, 12, rowsOf('version-deleted', 12, 2));
      const before = await store.version(...range);
      await store.deleteProject('version-deleted');
      assert.notEqual(await store.version(...range), before);
    });

    test('9. nothing of one project is in the answer of another', async () => {
      const mine = rowsOf('mine', 13, 3);
      const yours = rowsOf('yours', 13, 4).map((row) => ({ ...row, offset: row.offset + 3, type: 'secret' }));
      await store.insert({
        partition: 13,
        rows: [...mine, ...yours],
        quarantined: [quarantinedAt('yours', 13, 7)],
      });
      const answer = await ask(store, { ...summary('mine'), by: { field: 'type', limit: 10 } });
      assert.deepEqual(
        answer.cells.map((cell) => cell.events),
        [3, 3],
      );
      const or = {
        or: [
          { field: 'type', op: 'eq', value: 'secret' },
          { field: 'type', op: 'exists' },
        ],
      } as const;
      assert.equal((await ask(store, { ...summary('mine'), filter: or })).cells[0]?.events, 3);
      assert.equal((await ask(store, summary("mine' OR '1'='1"))).cells.length, 0);
      assert.equal((await store.quarantined({ project: 'mine', limit: 10 })).total, 0);
    });

    test('9. deleting a project removes all of it and nothing else', async () => {
      const gone = { ...quarantinedAt('gone', 14, 2), eventId: 'q' };
      const [batch] = batchesOf(14, rowsOf('gone', 14, 2));
      await store.insert({ ...batch!, quarantined: [gone] });
      await insertRows(store, 15, rowsOf('kept', 15, 2));
      await store.deleteProject('gone');
      assert.equal(await count(store, 'gone'), 0);
      assert.equal(await count(store, 'kept'), 2);
      assert.equal((await store.quarantined({ project: 'gone', limit: 10 })).total, 0);
      assert.deepEqual(await store.known([{ project: 'gone', eventId: 'e-14-0' }]), [false]);
      assert.deepEqual(await store.verifyRollups(), []);
    });

    test('9. deleting an experiment removes its stored events, rows and rollups, and nothing else', async () => {
      const own = rowsOf('tested', 24, 9).map((row, i) => ({
        ...row,
        timestamp: row.timestamp + (i % 3) * millisecondsPerDay,
        experimentId: ['gate', 'other', ''][Math.floor(i / 3)]!,
      }));
      await insertRows(store, 24, own);
      await insertRows(
        store,
        25,
        rowsOf('untested', 25, 2).map((row) => ({ ...row, experimentId: 'gate' })),
      );
      const before = await store.version('tested', 0, Date.UTC(2100, 0, 1));
      assert.equal(await store.deleteExperiment('tested', 'gate'), 3);
      assert.equal(await store.deleteExperiment('tested', 'gate'), 0);
      assert.equal(await store.deleteExperiment('tested', ''), 0);
      const left = await eventsOf(store, {
        scope: { ...summary('tested'), to: noon + 5 * millisecondsPerDay },
        order: 'asc',
      });
      assert.equal(left.length, 6);
      assert.deepEqual(new Set(left.map(({ experimentId }) => experimentId)), new Set(['other', '']));
      assert.equal(await count(store, 'untested'), 2);
      assert.deepEqual(await store.known([{ project: 'tested', eventId: own[0]!.eventId }], 'rows'), [false]);
      assert.equal((await store.corrections(24)).deleted, 3);
      assert.notEqual(await store.version('tested', 0, Date.UTC(2100, 0, 1)), before);
      assert.deepEqual(await store.verifyRollups(), []);
    });

    test('10. events come in the order of their time, and a position continues it exactly while others arrive', async () => {
      const rows = rowsOf('events', 18, 9).map((row) => ({ ...row, receivedAt: noon + row.offset }));
      await insertRows(store, 18, rows);
      const question: EventsQuestion = { scope: summary('events'), order: 'desc' };
      const all = await eventsOf(store, question);
      const places = [...rows].sort(comparePositions).reverse();
      assert.deepEqual(all, places);
      const first = await eventsOf(store, { ...question, limit: 4 });
      assert.deepEqual(first, places.slice(0, 4));
      // one newer, one older, one at the very time of the position
      const late = [noon + 5, noon - 5, first.at(-1)!.timestamp].map((timestamp, i) =>
        eventRow({ project: 'events', partition: 18, offset: 9 + i, timestamp }),
      );
      await insertRows(store, 18, late);
      const rest = await eventsOf(store, { ...question, after: first.at(-1)! });
      const known = rest.filter((row) => row.offset < 9);
      assert.deepEqual(known, places.slice(4), 'each of the first ones once');
      const oldestFirst = await eventsOf(store, { ...question, order: 'asc' });
      assert.deepEqual(oldestFirst, [...rows, ...late].sort(comparePositions));
    });

    test('10. rows come back as they were stored, properties in their canonical form', async () => {
      const worldOf = fc.sample(worlds(80), { numRuns: 4, seed: 7 });
      const rows = worldOf
        .flatMap((world) => world.rows)
        .map(
          (row, offset): EventRow => ({
            ...row,
            project: 'whole',
            partition: 19,
            offset,
            eventId: `w-${offset}`,
          }),
        );
      const odd: JsonObject[] = [
        {
          a: 1,
          'a.b': { c: [1, 'x', null, { 'd.e': 1, d: { f: null } }, [true]] },
          'z.': 1,
          '.z': 2,
          'y..x': 3,
        },
        { list: [{ a: 1, 'a.b': 2 }], empty: [], '%25': '%0`', __proto__x: -0, n: 1e300 },
      ];
      const last = rows.length;
      rows.push(
        ...odd.map((properties, i) =>
          eventRow({
            project: 'whole',
            partition: 19,
            offset: last + i,
            eventId: `w-${last + i}`,
            properties,
          }),
        ),
      );
      await insertRows(store, 19, rows);
      const scope = { ...summary('whole'), from: Date.UTC(1900, 0, 1), to: Date.UTC(2200, 0, 1) };
      const got = await eventsOf(store, { scope, order: 'asc' });
      const wanted = [...rows]
        .sort(comparePositions)
        .map((row) => ({ ...row, properties: canonicalProperties(row.properties) }));
      assert.deepEqual(got, wanted.map(plain));
    });

    test('10. the events asked for are those of the evaluator, on generated rows, filters and positions', async () => {
      const rows = fc
        .sample(worlds(60), { numRuns: 3, seed: 11 })
        .flatMap((world) => world.rows)
        .map((row, offset) => ({
          ...row,
          project: `${row.project}-ev`,
          partition: 20,
          offset,
          eventId: `v-${offset}`,
        }));
      await insertRows(store, 20, rows);
      const times = rows.map((row) => row.timestamp);
      const range = { from: Math.min(...times) + 1, to: Math.max(...times) };
      for (const plan of fc.sample(plansAbout({ anchors: times }, 'p-ev'), { numRuns: 25, seed: 13 })) {
        const question: EventsQuestion = {
          scope: { ...plan, ...(plan.from % 2 === 0 ? range : {}) },
          order: plan.exact ? 'asc' : 'desc',
          ...(plan.metrics.length > 1 && { after: rows[plan.metrics.length * 7]! }),
          ...(plan.metrics.includes('users') && { limit: 5 }),
        };
        const got = await eventsOf(store, question);
        assert.deepEqual(got, evaluateEvents(question, rows).map(plain));
      }
    });

    test('10. reading events keeps its budget and stops when the asker is gone', async () => {
      await insertRows(store, 21, rowsOf('reading', 21, 50));
      const question: EventsQuestion = { scope: summary('reading'), order: 'asc' };
      const read = (budget: Budget, signal: AbortSignal) => gather(store.events(question, budget, signal));
      await assert.rejects(read({ ...wideBudget, rowsMax: 1 }, never), (error) =>
        isFailure(error, 'over_rows'),
      );
      await assert.rejects(read(wideBudget, AbortSignal.abort()), (error) =>
        isFailure(error, 'question_cancelled'),
      );
      for await (const some of store.events(question, wideBudget, never)) {
        assert.ok(some.length > 0);
        break; // leaving early is no error
      }
      assert.equal(await count(store, 'reading'), 50);
    });

    test('quarantined events are listed page by page until they are released', async () => {
      const items = [0, 1, 2].map((offset) => quarantinedAt('pages', 16, offset));
      await store.insert({ partition: 16, rows: [], quarantined: items });
      const first = await store.quarantined({ project: 'pages', limit: 2 });
      assert.equal(first.total, 3);
      assert.equal(first.items.length, 2);
      const rest = await store.quarantined({ project: 'pages', limit: 2, after: first.next! });
      assert.equal(rest.next, undefined);
      const listed = [...first.items, ...rest.items].sort((a, b) => a.offset - b.offset);
      assert.deepEqual(listed, items);
      await store.release([
        { partition: 16, offset: 0 },
        { partition: 16, offset: 2 },
      ]);
      const left = await store.quarantined({ project: 'pages', limit: 10 });
      assert.deepEqual([left.total, left.items.map((item) => item.offset)], [1, [1]]);
    });

    analysesSuite(() => store, options.analyses);

    // The last one: the store is closed after it.
    test('2. a failed insert says whether the same may be tried again', async () => {
      await store.close();
      const insert = store.insert({ partition: 17, rows: rowsOf('closed', 17, 1), quarantined: [] });
      await assert.rejects(
        insert,
        (error) => isFailure(error) && error.retryable && error.code !== 'store_refused',
      );
      assert.equal(store.state().status, 'down');
    });
  });
}

/** `many` rows of one project a second apart, in offset order from 0, of one person each. */
function rowsOf(project: string, partition: number, many: number): readonly EventRow[] {
  return Array.from({ length: many }, (_, offset) =>
    eventRow({
      project,
      partition,
      offset,
      timestamp: noon + (offset % 2),
      userId: `u${offset}`,
      personKey: BigInt(offset + 1),
      properties: { n: offset },
    }),
  );
}

function quarantinedAt(project: string, partition: number, offset: number): Quarantined {
  return {
    partition,
    offset,
    project,
    eventId: `e-${partition}-${offset}`,
    receivedAt: noon,
    reason: 'store_refused',
    detail: "a row it's not able to take",
    body: '{"type":"x\\n"}',
  };
}

const summary = (project: string): SummaryPlan => ({
  version: 1,
  kind: 'summary',
  project,
  from: noon - 3_600_000,
  to: noon + 3_600_000,
  timeZone: 'UTC',
  bots: 'include',
  metrics: ['events'],
  exact: true,
});

async function gather(pieces: AsyncIterable<readonly EventRow[]>): Promise<EventRow[]> {
  const rows: EventRow[] = [];
  for await (const some of pieces) rows.push(...some);
  return rows.map(plain);
}

async function eventsOf(store: Store, question: EventsQuestion): Promise<EventRow[]> {
  return gather(store.events(question, wideBudget, never));
}

/** For comparing: objects with a prototype or without are the same, and so is any order of keys. */
const plain = (row: EventRow): EventRow => ({
  ...row,
  properties: JSON.parse(JSON.stringify(row.properties)),
});

const ask = (store: Store, plan: Plan): Promise<Rows> => store.run(questionOf(plan), wideBudget, never);

async function count(store: Store, project: string): Promise<number> {
  return (await ask(store, summary(project))).cells.reduce((sum, cell) => sum + cell.events, 0);
}
