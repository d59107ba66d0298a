/** Promises 11 and 12 of store.ts as tests, for stores that answer questions about people over time. */
import assert from 'node:assert/strict';
import { type TestContext, test } from 'node:test';
import { isFailure } from '../errors.ts';
import type { EventRow } from '../event/event-row.ts';
import { type Hasher, openHasher } from '../event/hasher.ts';
import type { Filter, Plan, Scope } from '../plan/plan.ts';
import type { SequenceQuestion } from '../store/sequences.ts';
import type { Budget, Store } from '../store/store.ts';
import { type AgreementOptions, wideBudget } from './agreement.ts';
import { checkAnalyses, checkExperiments } from './analyses-agreement.ts';
import { questionOf } from './generators.ts';
import { eventRow, insertRows } from './rows.ts';

const noon = Date.UTC(2025, 5, 15, 12);
const day = 86_400_000;
const never = new AbortController().signal;
const everything: Filter = { and: [] };

/** `storeOf`: the store of the suite at the time of a test. Partitions from 30 on are theirs. */
export function analysesSuite(storeOf: () => Store, options: AgreementOptions = {}): void {
  const testOf = (
    name: string,
    work: (store: Store, analyses: NonNullable<Store['analyses']>) => Promise<void>,
  ) =>
    test(name, async (t: TestContext) => {
      const store = storeOf();
      if (store.analyses === undefined) return t.skip('it answers no such questions yet');
      await work(store, store.analyses);
    });

  testOf(
    '11. sequences, retention, sessions and people are those of the evaluator, on generated rows',
    (store) => checkAnalyses(store, { worlds: 12, plansPerWorld: 15, partition: 30, ...options }),
  );

  testOf('13. the numbers of experiments are those of the evaluator, on generated rows', (store) =>
    checkExperiments(store, { worlds: 6, plansPerWorld: 12, partition: 36, ...options }),
  );

  testOf(
    '11. a question about people keeps its budget and stops when the asker is gone',
    async (store, analyses) => {
      const { hash64 } = await openHasher();
      const rows = Array.from({ length: 40 }, (_, i) =>
        eventOf(hash64, 'people-budget', 32, i, { userId: `u${i}` }),
      );
      await insertRows(store, 32, rows);
      const asked: SequenceQuestion = {
        scope: scopeOf('people-budget'),
        tags: [everything],
        taggedOnly: true,
        per: 'user',
      };
      const read = async (budget: Budget, signal: AbortSignal): Promise<number> => {
        let sequences = 0;
        for await (const { keys } of analyses.sequences(asked, budget, signal)) sequences += keys.length;
        return sequences;
      };
      await assert.rejects(read(wideBudget, AbortSignal.abort()), (error) =>
        isFailure(error, 'question_cancelled'),
      );
      await assert.rejects(read({ ...wideBudget, rowsMax: 1 }, never), (error) =>
        isFailure(error, 'over_rows'),
      );
      for await (const _ of analyses.sequences(asked, wideBudget, never)) break; // leaving early is no error
      assert.equal(await read(wideBudget, never), 40);
    },
  );

  testOf('12. a later sign-in counts for the past, until it is undone', async (store, analyses) => {
    const project = 'linked';
    const { hash64 } = await openHasher();
    const past = noon - 3 * day;
    const scope = scopeOf(project);
    const users = async (): Promise<number | undefined> =>
      (await store.run(questionOf(usersOf(project)), wideBudget, never)).cells[0]?.users;
    const versions = new Set<string>();
    const note = async (): Promise<void> =>
      void versions.add(await store.version(project, past - day, past + day));
    const at = (offset: number, given: Partial<EventRow>): EventRow =>
      eventOf(hash64, project, 33, offset, given);

    await insertRows(store, 33, [
      at(0, { timestamp: past, anonymousId: 'phone' }),
      at(1, { timestamp: past + 1, anonymousId: 'laptop' }),
      at(2, { timestamp: past + 2, userId: 'ada' }),
    ]);
    await note();
    assert.equal(await users(), 3);
    await insertRows(store, 33, [at(3, { type: 'identify', userId: 'ada', anonymousId: 'phone' })]);
    await note();
    assert.equal(await users(), 2, 'the phone was hers before she said so');
    await insertRows(store, 33, [
      at(4, { type: 'alias', userId: 'ada', previousId: 'laptop', timestamp: noon + 1 }),
    ]);
    await note();
    assert.equal(await users(), 1);
    const ada = await analyses.person(project, 'ada');
    assert.deepEqual(
      [await analyses.person(project, 'phone'), await analyses.person(project, 'laptop')],
      [ada, ada],
    );
    const [person] = await analyses.people({ scope, order: 'events', limit: 2 }, wideBudget, never);
    assert.deepEqual([person?.key, person?.events, person?.firstSeen], [ada, 5, past]);
    const own: EventRow[] = [];
    for await (const rows of store.events({ scope, order: 'asc', person: ada }, wideBudget, never))
      own.push(...rows);
    assert.deepEqual(
      own.map((row) => row.offset),
      [0, 1, 2, 3, 4],
    );
    const written = own.map((row) => hash64(row.userId || row.anonymousId));
    assert.deepEqual(
      own.map((row) => row.personKey),
      written,
      'rows are given as they were stored',
    );

    const undo = { type: 'identify', userId: 'ada', anonymousId: 'phone', properties: { undo: true } };
    await insertRows(store, 33, [at(5, { ...undo, timestamp: noon + 2 })]);
    await note();
    assert.equal(await users(), 2, 'the phone is somebody else again');
    assert.equal(await analyses.person(project, 'phone'), hash64('phone'));
    assert.equal(versions.size, 4, 'answers about the past are not kept');
    assert.equal(await analyses.person('another', 'laptop'), hash64('laptop'), 'links are of one project');
  });
}

function eventOf(
  hash64: Hasher['hash64'],
  project: string,
  partition: number,
  offset: number,
  given: Partial<EventRow>,
): EventRow {
  const id = given.userId || given.anonymousId;
  return eventRow({ project, partition, offset, timestamp: noon, personKey: id ? hash64(id) : 0n, ...given });
}

const scopeOf = (project: string): Scope => ({
  version: 1,
  project,
  from: noon - 10 * day,
  to: noon + day,
  timeZone: 'UTC',
  bots: 'include',
});

const usersOf = (project: string): Plan => ({
  ...scopeOf(project),
  kind: 'summary',
  metrics: ['users'],
  exact: false,
});
